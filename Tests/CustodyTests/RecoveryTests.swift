import Custody
import DurableFiles
import Evidence
import EvidenceTestKit
import Fixity
import Foundation
import Glibc
import Testing
import TransparencyLog

struct RecoveryTests {
    /// A root as a crash leaves it: `published` leaves under the checkpoint, `more` beyond it.
    private func crash(
        published: Int, more: [Int]
    ) async throws -> (store: LedgerStore, path: String, before: [String: [UInt8]]) {
        let store = try LedgerStore()
        let ledger = try store.open()
        if published > 0 { try await ledger.enter(events(0..<published)) }
        try await ledger.close()
        let before = LedgerStore.files(store.path, ".")
        let origin = Array(store.station.origin.utf8)
        var calls = DiskCalls.kernel
        calls.write = { file, bytes, offset in
            bytes.starts(with: origin) ? -Int(ENOSPC) : DiskCalls.kernel.write(file, bytes, offset)
        }
        let unpublishing = try CustodyLedger.open(
            root: try store.root(calls), station: store.station,
            keys: LogKeys(origin: store.station.origin, key: store.key),
            settings: CustodySettings(integrateEvery: .zero, publishEvery: .seconds(86_400)),
            now: { Timestamp(milliseconds: 1_790_000_000_000) }, uptime: { .zero })
        var size = published
        for count in more {
            try await unpublishing.integrate(events(size..<size + count))
            size += count
        }
        _ = try? await unpublishing.publish(isLast: true)
        let path = try store.crashed()
        _ = try? await unpublishing.close()
        return (store, path, before)
    }

    /// Files of the log and records, without those that recovery may drop or add.
    private func evidence(_ root: String) -> [String: [UInt8]] {
        LedgerStore.files(root, ".").filter {
            $0.key.hasPrefix("log/tile") || $0.key.hasPrefix("vault")
        }
    }

    @Test(arguments: [
        (0, [1]), (0, [300]), (1, [1]), (255, [1]), (255, [1, 1]), (256, [1]), (250, [700]),
        (511, [513, 2]), (3, [2, 2, 600, 10]),
    ])
    func whatACrashLeftBeyondTheCheckpointIsGone(published: Int, more: [Int]) async throws {
        let (store, path, before) = try await crash(published: published, more: more)
        let ledger = try store.open(in: path)
        #expect(
            evidence(path)
                == before.filter { $0.key.hasPrefix("log/tile") || $0.key.hasPrefix("vault") })
        // And the log goes on in the same places.
        let receipts = try await ledger.enter(events(published..<published + 1000))
        #expect(receipts.first?.index == Int64(published))
        try await ledger.close()
        let reader = try LedgerReader(rootPath: path)
        let entries = try (0..<reader.size()).map { try reader.entry($0) }
        let tree = PlainTree(entries: entries)
        #expect(try reader.checkpoint().checkpoint.root == tree.root(0, entries.count))
    }

    @Test func aRemovalThatWasItselfCutOffIsFinished() async throws {
        let (store, path, before) = try await crash(published: 100, more: [2000])
        // As if a file in the middle had gone already, and with it the sight of those behind it.
        for place in ["log/tile/entries/001", "log/tile/0/001", "log/tile/0/002", "log/tile/1"] {
            try FileManager.default.removeItem(atPath: path + "/" + place)
        }
        try await store.open(in: path).close()
        let left = evidence(path).filter { $0.key.hasPrefix("log/tile") }
        #expect(left == before.filter { $0.key.hasPrefix("log/tile") })
    }

    @Test func partialTilesBesideAFullOneGoAtTheNextStart() async throws {
        let store = try LedgerStore()
        let ledger = try store.open()
        try await ledger.enter(events(0..<100))
        let partial = LedgerStore.files(store.path, "log/tile")
        try await ledger.enter(events(100..<300))
        try await ledger.close()
        for (name, bytes) in partial where name.contains(".p/") {
            store.directory.write(bytes, at: "log/tile/" + name)
        }
        #expect(store.names("log/tile/0").contains("000.p"))
        try await store.open().close()
        #expect(store.names("log/tile/0") == ["000", "001.p"])
        #expect(store.names("log/tile/entries") == ["000", "001.p"])
    }

    @Test func aCheckpointThatWasSignedAndNotShownStands() async throws {
        let store = try LedgerStore()
        let ledger = try store.open()
        try await ledger.enter(events(0..<10))
        let old = try store.reader().checkpoint().note
        try await ledger.enter(events(10..<300))
        try await ledger.close()
        let new = try store.reader().checkpoint().note
        store.directory.write(old, at: "log/checkpoint")
        try await store.open().close()
        #expect(try store.reader().checkpoint().note == new)
        #expect(try store.reader().size() == 300)
    }

    @Test func anOlderCheckpointPutBackIsRefusedAndNothingTouched() async throws {
        let store = try LedgerStore()
        let ledger = try store.open()
        try await ledger.enter(events(0..<10))
        let old = try store.reader().checkpoint().note
        for start in stride(from: 10, to: 50, by: 10) {
            try await ledger.enter(events(start..<start + 10))
        }
        try await ledger.close()
        for name in ["checkpoint", "checkpoint.next"] {
            store.directory.write(old, at: "log/" + name)
        }
        let before = LedgerStore.files(store.path, ".")
        #expect {
            try store.open()
        } throws: { ($0 as? CustodyFailure)?.reason == .checkpointRolledBack }
        #expect(LedgerStore.files(store.path, ".") == before)
    }

    @Test(arguments: ["", "not a note", "origin\n1\n"])
    func aDamagedCheckpointIsRefused(text: String) async throws {
        let store = try LedgerStore()
        store.directory.write(Array(text.utf8), at: "log/checkpoint")
        #expect {
            try store.open()
        } throws: { ($0 as? CustodyFailure)?.reason == .checkpointDamaged }
    }

    @Test func aChangedCheckpointAndAnotherKeyAreRefused() async throws {
        let store = try LedgerStore()
        #expect {
            try store.open(key: .generate())
        } throws: { ($0 as? CustodyFailure)?.reason == .checkpointNotOurs }
        var note = try store.reader().checkpoint().note
        note[store.station.origin.utf8.count + 1] = UInt8(ascii: "7")
        store.directory.write(note, at: "log/checkpoint")
        #expect {
            try store.open()
        } throws: { ($0 as? CustodyFailure)?.reason == .checkpointNotOurs }
    }

    @Test func aMissingCheckpointIsRefusedAndNeverMadeAnew() async throws {
        let store = try LedgerStore()
        let ledger = try store.open()
        try await ledger.enter(events(0..<3))
        try await ledger.close()
        for name in ["checkpoint", "checkpoint.next"] { unlink(store.path + "/log/" + name) }
        let isMissing: (any Error) -> Bool = {
            ($0 as? CustodyFailure)?.reason == .checkpointMissing
        }
        #expect { try store.open() } throws: { isMissing($0) }
        #expect {
            try CustodyLedger.initialise(
                root: try store.root(), station: store.station, key: store.key)
        } throws: { isMissing($0) }
        #expect(!store.names("log").contains("checkpoint"))
    }

    @Test(arguments: ["log/tile/0/001.p/44", "log/tile/0/000", "log/tile/entries/001.p/44"])
    func aDamagedRightEdgeIsRefused(place: String) async throws {
        let store = try LedgerStore()
        let ledger = try store.open()
        try await ledger.enter(events(0..<300))
        try await ledger.close()
        let path = store.path + "/" + place
        chmod(path, 0o644)
        var bytes = [UInt8](FileManager.default.contents(atPath: path) ?? Data())
        bytes[40] ^= 1
        store.directory.write(bytes, at: place)
        if place == "log/tile/0/000" {
            // Its digest stands in level 1, which alone counts at a start; the audit reads it.
            try await store.open().close()
            return
        }
        #expect { try store.open() } throws: { ($0 as? CustodyFailure)?.reason == .logDamaged }
    }

    @Test func aLeftoverThatNamesAPublishedRecordCostsNobodyThatRecord() async throws {
        let store = try LedgerStore()
        let ledger = try store.open()
        try await ledger.enter(events(0..<3))
        try await ledger.close()
        let before = evidence(store.path)
        let entries = try (0..<Int64(3)).map { try store.reader().entry($0) }
        store.directory.write(
            try EntryBundle.encode(entries + [entries[0]]), at: "log/tile/entries/000.p/4")
        try await store.open().close()
        #expect(evidence(store.path) == before)
        #expect(try store.reader().event(0).missingRows.isEmpty)
    }

    @Test func whatCameAfterACheckpointThatWasSignedAndNotShownIsGoneWithItsRecords() async throws {
        let store = try LedgerStore()
        let ledger = try store.open()
        try await ledger.enter(events(0..<3))
        let shown = try store.reader().checkpoint().note
        try await ledger.enter(events(3..<5))
        try await ledger.close()
        let next = try store.reader().checkpoint().note
        let before = evidence(store.path)
        // The next entry still stands on the checkpoint that was shown.
        let head = try Checkpoint(parsing: SignedNote(parsing: shown).text)
        let header = try JSONWriter.canonical(RecordHeader(salt: "00", rows: []).json)
        let record = SHA256Digest.of(header)
        store.directory.write(header, at: "vault/records/\(record.hex.prefix(2))/\(record.hex)")
        let late = try Leaf(
            event: .annotation, time: Timestamp(milliseconds: 0), station: "T1", record: record,
            basis: Leaf.Basis(size: head.size, root: head.root)
        ).encoded()
        let entries = try (0..<Int64(5)).map { try store.reader().entry($0) }
        store.directory.write(
            try EntryBundle.encode(entries + [late]), at: "log/tile/entries/000.p/6")
        store.directory.write(shown, at: "log/checkpoint")
        try await store.open().close()
        #expect(evidence(store.path) == before)
        #expect(try store.reader().checkpoint().note == next)
    }
}
