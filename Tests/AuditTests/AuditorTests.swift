import Audit
import Custody
import Evidence
import Fixity
import Glibc
import Testing

struct AuditorTests {
    @Test(arguments: [3, 255, 256, 257, 300, 700])
    func aSoundRootHasNoFindings(leaves: Int) async throws {
        let store = try await AuditedStore(leaves: leaves)
        let (codes, _, summary) = try store.audit()
        #expect(codes == [])
        #expect(summary.leaves == Int64(leaves))
        #expect(summary.treeSize == Int64(leaves))
        #expect(summary.objects == 3)
        #expect(try store.audit(quick: true).codes == [])
    }

    @Test func aLedgerWithNoLeavesIsNotSuccess() async throws {
        let store = try await AuditedStore(leaves: 0)
        #expect(try store.audit().codes == ["nothing-to-check"])
    }

    // MARK: - The vault

    @Test(arguments: [0, 1])
    func aByteChangedInFootageIsFoundWithBothDigests(number: Int) async throws {
        let store = try await AuditedStore()
        store.flip(AuditedStore.place(store.items[number].sha256))
        let (codes, findings, _) = try store.audit()
        #expect(codes == ["object-differs"])
        #expect(findings[0].expected == store.items[number].sha256.hex)
        #expect(findings[0].found?.count == 64)
        #expect(try store.audit(quick: true).codes == [])
    }

    @Test func footageThatIsCutOffIsFoundEvenQuickly() async throws {
        let store = try await AuditedStore()
        store.cut(AuditedStore.place(store.items[1].sha256))
        #expect(try store.audit(quick: true).codes == ["object-differs"])
    }

    @Test func footageThatIsGoneIsFound() async throws {
        let store = try await AuditedStore()
        store.remove(AuditedStore.place(store.items[0].sha256))
        #expect(try store.audit().codes == ["object-missing"])
    }

    @Test func footageWhoseDeletionWasEnteredIsNotMissed() async throws {
        let store = try await AuditedStore()
        let sha256 = store.items[0].sha256
        try await store.enter(
            NewCustodyEvent(
                kind: .deletion, time: Timestamp(milliseconds: 0), sha256: sha256, rows: []))
        store.remove(AuditedStore.place(sha256))
        #expect(try store.audit().codes == [])
    }

    @Test func aLinkInFootagesPlaceIsNotFollowed() async throws {
        let store = try await AuditedStore()
        let place = AuditedStore.place(store.items[0].sha256)
        store.write(footage(100, seed: 1), at: "elsewhere")
        store.remove(place)
        symlink(store.path + "/elsewhere", store.path + "/" + place)
        #expect(try store.audit().codes.contains("object-missing"))
    }

    @Test func anObjectAndARecordThatNoLeafNamesAreOrphans() async throws {
        let store = try await AuditedStore()
        let sha256 = SHA256Digest.of([7])
        store.write([7], at: AuditedStore.place(sha256))
        store.write([7], at: "vault/records/\(sha256.hex.prefix(2))/\(sha256.hex)")
        #expect(try store.audit().codes.sorted() == ["orphan-object", "orphan-record"])
    }

    @Test(arguments: [
        "vault/footage/readme", "vault/footage/aa/readme", "vault/other", "vault/records/x",
        "log/note", "log/tile/9/000", "log/tile/0/1", "log/tile/0/x000/000", "log/tile/0/001.p/300",
        "log/tile/entries/abc",
    ])
    func aStrayFileIsFound(place: String) async throws {
        let store = try await AuditedStore()
        store.write([1], at: place)
        #expect(Set(try store.audit().codes) == ["stray-file"])
    }

    @Test func whatACutOffTransferLeftIsFoundWhereNobodyWrites() async throws {
        let store = try await AuditedStore()
        store.write([1], at: "staging/12-1")
        #expect(try store.audit().codes == ["staging-left"])
        store.write([], at: "lock")
        let lock = open(store.path + "/lock", O_RDONLY)
        defer { close(lock) }
        #expect(flock(lock, LOCK_EX) == 0)
        #expect(try store.audit().codes == [])
    }

    // MARK: - Records

    @Test(arguments: [true, false])
    func aByteChangedInAHeaderOrRowIsFound(isHeader: Bool) async throws {
        let store = try await AuditedStore()
        let record = try store.record(ofLeaf: 5)
        store.flip(isHeader ? record.header : record.row)
        let codes = try store.audit().codes
        #expect(codes.first == "record-differs")
        // The rows of a header that cannot be believed are named by nobody.
        #expect(codes.dropFirst() == (isHeader ? ["orphan-record"] : []))
    }

    @Test func aRowThatIsGoneIsFound() async throws {
        let store = try await AuditedStore()
        store.remove(try store.record(ofLeaf: 5).row)
        #expect(try store.audit().codes == ["record-missing"])
    }

    @Test func aListOfBlocksThatIsNotTheFilesIsFound() async throws {
        let store = try await AuditedStore()
        try await store.take(footage(2 << 20, seed: 9)) { _, blocks in blocks.swapAt(0, 1) }
        #expect(try store.audit().codes == ["blocks-differ"])
        try await store.take(footage(50, seed: 10)) { row, _ in row.blocks = .ofNothing }
        #expect(try store.audit().codes == ["blocks-differ", "blocks-differ"])
    }

    @Test func aLeafAndARowThatDisagreeAreFound() async throws {
        let store = try await AuditedStore()
        try await store.take(footage(50, seed: 11)) { row, _ in row.sm3 = SM3Digest.of([1]) }
        #expect(try store.audit().codes == ["leaf-differs", "object-differs"])
    }

    // MARK: - The index

    @Test func anIndexThatDisagreesIsFoundBothWays() async throws {
        let store = try await AuditedStore()
        store.invent()
        #expect(try store.audit().codes == ["index-differs"])
        store.forget()
        store.forget()
        #expect(try store.audit().codes == ["index-differs"])
        store.alter()
        #expect(try store.audit().codes == ["index-differs", "index-differs"])
        store.hasIndex = false
        #expect(try store.audit().codes == ["index-missing"])
    }
}
