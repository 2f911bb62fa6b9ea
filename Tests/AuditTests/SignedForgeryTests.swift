import Audit
import Evidence
import EvidenceTestKit
import Fixity
import Testing
import TransparencyLog

/// What only somebody with the station's own key can do: the tree is sound and signed, and what its
/// leaves say is not.
struct SignedForgeryTests {
    private let directory = TemporaryDirectory()
    private let key = SigningKey.generate()
    private let station = StationIdentity(
        name: "Test", code: "T1", court: nil, origin: "station.example/t1",
        created: Timestamp(milliseconds: 0))

    private func put(_ bytes: [UInt8]) -> SHA256Digest {
        let digest = SHA256Digest.of(bytes)
        directory.write(bytes, at: "vault/records/\(digest.hex.prefix(2))/\(digest.hex)")
        return digest
    }

    private func leaf(
        _ kind: CustodyEventKind = .annotation, station: String = "T1", rows: [RecordRow] = [],
        previous: Int64? = nil, basis: Leaf.Basis? = nil
    ) throws -> [UInt8] {
        let digests = try rows.map {
            put(try JSONWriter.canonical($0.json(salt: RecordRow.makeSalt())))
        }
        let header = RecordHeader(salt: RecordRow.makeSalt(), rows: digests)
        return try Leaf(
            event: kind, time: Timestamp(milliseconds: 0), station: station,
            record: rows.isEmpty ? nil : put(try JSONWriter.canonical(header.json)),
            previous: previous, basis: basis
        ).encoded()
    }

    /// Codes of what an audit of a log with these entries finds.
    private func codes(_ entries: [[UInt8]], origin: String? = nil) throws -> [String] {
        var tree = GrowingTree()
        for entry in entries { tree.append(MerkleTree.leafHash(entry)) }
        for (path, bytes) in tree.takeTiles() { directory.write(bytes, at: "log/\(path)") }
        for path in TilePath.all(size: tree.size) where path.content == .entries {
            let start = Int(path.index) * 256
            directory.write(
                try EntryBundle.encode(Array(entries[start..<start + path.width])),
                at: "log/\(path)")
        }
        let checkpoint = try Checkpoint(
            origin: origin ?? station.origin, size: tree.size, root: tree.root)
        directory.write(try checkpoint.signed(with: key).bytes, at: "log/checkpoint")
        directory.write(try JSONWriter.canonical(station.json), at: "station.json")
        var codes: [String] = []
        let vkey = try VerifierKey(name: checkpoint.origin, of: key).description
        let auditor = Auditor(root: directory.path, volumes: [], copies: nil, vkeys: [vkey]) {
            codes.append($0.code)
        }
        _ = auditor.run(isQuick: false, index: { _ in })
        return codes
    }

    @Test func aSoundLogHasNoFindings() throws {
        #expect(try codes([leaf(), leaf()]) == [])
    }

    @Test func anotherStationsLeafIsFound() throws {
        #expect(try codes([leaf(), leaf(station: "T2")]) == ["station-differs"])
    }

    @Test func anotherStationsLogIsFound() throws {
        #expect(try codes([leaf()], origin: "station.example/t2") == ["station-differs"])
    }

    @Test(arguments: [300, 40_000])
    func aRewrittenLeafIsFoundByTheLaterOnesThatStandOnIt(count: Int) throws {
        var entries: [[UInt8]] = []
        var edge = TreeFrontier()
        for number in 0..<count {
            // As batches of a hundred would have it.
            let basis = number % 100 == 0 ? Leaf.Basis(size: edge.size, root: edge.root) : nil
            let entry = try leaf(previous: number > 0 ? Int64(number - 1) : nil, basis: basis)
            edge.append(MerkleTree.leafHash(entry))
            entries.append(entry)
        }
        #expect(try codes(entries) == [])
        entries[count - 150] = try leaf()
        #expect(try codes(entries) == ["basis-differs"])
    }

    @Test func aLeafThatPointsToItselfOrAheadIsFound() throws {
        #expect(try codes([leaf(), leaf(previous: 1)]) == ["leaf-malformed"])
        for size in [Int64(5), -1] {
            let basis = Leaf.Basis(size: size, root: .ofNothing)
            #expect(try codes([leaf(), leaf(basis: basis)]) == ["leaf-malformed"])
        }
    }

    @Test func aLeafThatIsNotCanonicalOrTooLongIsFound() throws {
        #expect(try codes([[0x20] + leaf()]) == ["leaf-not-canonical"])
        let long = String(repeating: "a", count: 5000)
        let text = String(decoding: try leaf(), as: UTF8.self)
            .replacing("\"v\":1", with: "\"v\":1,\"w\":\"\(long)\"")
        #expect(try codes([Array(text.utf8)]) == ["leaf-too-long"])
        #expect(try codes([[]]) == ["leaf-malformed"])
    }

    @Test func anUndockingOfNoDockingIsFound() throws {
        let row = UndockingRow(
            visit: "T1-99", outcome: .complete, ingested: 1, duplicate: 0, quarantined: 0,
            refused: 0, bytes: 1, milliseconds: 1, mayBeRemoved: true, mayBeCleared: true)
        #expect(try codes([leaf(.undocking, rows: [row.row])]) == ["visit-unknown"])
    }

    @Test func aDuplicateOfNoItemIsFound() throws {
        let nothing = SHA256Digest.of([UInt8]())
        directory.write([], at: "vault/footage/\(nothing.hex.prefix(2))/\(nothing.hex)")
        let file = FootageFile(
            path: RecorderPath("a.mp4"), size: 0,
            modified: FileTime(seconds: 0, nanoseconds: 0), role: .video, claims: NameClaims())
        let row = FileRow(
            item: "T1-77", visit: "T1-0", recorder: nil, officer: nil, zone: "+08:00", file: file,
            sha256: nothing, sm3: SM3Digest.of([UInt8]()), blocks: nothing, probe: nothing,
            isNewName: false)
        #expect(try codes([leaf(.duplicate, rows: [row.row])]) == ["item-unknown"])
    }

    @Test func aCheckpointOfOursThatClaimsTooMuchCostsNothing() throws {
        _ = try codes([leaf()])
        let claim = try Checkpoint(origin: station.origin, size: 1 << 62, root: .ofNothing)
        directory.write(try claim.signed(with: key).bytes, at: "log/checkpoint")
        var codes: [String] = []
        let vkey = try VerifierKey(name: station.origin, of: key).description
        _ = Auditor(root: directory.path, volumes: [], copies: nil, vkeys: [vkey]) {
            codes.append($0.code)
        }.run(isQuick: true, index: { _ in })
        #expect(codes == ["bundle-missing", "tile-missing"])
    }
}
