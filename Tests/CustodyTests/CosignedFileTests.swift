import Custody
import DurableFiles
import Evidence
import EvidenceTestKit
import Fixity
import Foundation
import Testing
import TransparencyLog

@Suite("Cosignatures below the checkpoints of a ledger")
struct CosignedFileTests {
    private let witness = SigningKey.generate()

    private func cosigned(_ store: LedgerStore, _ size: Int64, at time: Int64 = 5) throws
        -> SignedNote
    {
        let checkpoint = try Checkpoint(
            origin: store.station.origin, size: size, root: store.reader().root(ofSize: size))
        var note = try checkpoint.signed(with: store.key)
        note.append(try Cosignature(over: checkpoint, as: "w", with: witness, at: time).line)
        return note
    }

    @Test("The newest signed and the newest cosigned are kept apart")
    func apart() async throws {
        let store = try LedgerStore()
        let ledger = try store.open()
        try await ledger.enter(events(0..<5))
        #expect(try store.reader().cosignedNote() == nil)
        let five = try cosigned(store, 5)
        try await ledger.keep(five, meetsQuorum: false)
        #expect(try store.reader().cosignedNote() == nil)
        #expect(try store.reader().checkpoint().note == five.bytes)
        try await ledger.keep(five, meetsQuorum: true)
        #expect(try store.reader().cosignedNote() == five.bytes)

        try await ledger.enter(events(5..<9))
        #expect(try store.reader().size() == 9)
        #expect(try store.reader().checkpoint().note.count < five.bytes.count)
        #expect(try store.reader().cosignedNote() == five.bytes)
        // What comes for an older one does not touch the newest.
        let seven = try cosigned(store, 7)
        try await ledger.keep(seven, meetsQuorum: true)
        #expect(try store.reader().size() == 9)
        #expect(try store.reader().cosignedNote() == seven.bytes)
        try await ledger.keep(five, meetsQuorum: true)
        #expect(try store.reader().cosignedNote() == seven.bytes)
        try await ledger.close()

        try await store.open().close()
        #expect(try store.reader().cosignedNote() == seven.bytes)
    }

    @Test("The lines survive a restart, and the next checkpoint goes on")
    func restart() async throws {
        let store = try LedgerStore()
        let ledger = try store.open()
        try await ledger.enter(events(0..<5))
        let five = try cosigned(store, 5)
        try await ledger.keep(five, meetsQuorum: true)
        try await ledger.close()
        let next = try store.open()
        #expect(try store.reader().checkpoint().note == five.bytes)
        try await next.enter(events(5..<6))
        try await next.close()
        #expect(try store.reader().size() == 6)
    }

    @Test("What this log never published is not written, and does not stop it")
    func foreign() async throws {
        let store = try LedgerStore()
        let ledger = try store.open()
        try await ledger.enter(events(0..<5))
        let before = LedgerStore.files(store.path, "log")
        func note(_ origin: String, _ size: Int64, _ root: SHA256Digest, _ key: SigningKey) throws
            -> SignedNote
        {
            try Checkpoint(origin: origin, size: size, root: root).signed(with: key)
        }
        let root = try store.reader().root(ofSize: 5)
        let ours = store.station.origin
        for bad in [
            try note(ours, 5, SHA256Digest.of([UInt8(1)]), store.key),
            try note(ours, 6, root, store.key),
            try note(ours, 5, root, .generate()), try note("other.example", 5, root, store.key),
        ] {
            await #expect(throws: (any Error).self) {
                try await ledger.keep(bad, meetsQuorum: true)
            }
        }
        #expect(LedgerStore.files(store.path, "log") == before)
        #expect(await ledger.isWorking())
        try await ledger.close()
    }

    @Test("Lines that came by another way stay beside the new ones")
    func union() async throws {
        let store = try LedgerStore()
        let ledger = try store.open()
        try await ledger.enter(events(0..<5))
        let five = try cosigned(store, 5)
        let checkpoint = try Checkpoint(parsing: five.text)
        var other = try checkpoint.signed(with: store.key)
        other.append(
            try Cosignature(over: checkpoint, as: "v", with: .generate(), at: 5).line)
        try await ledger.keep(five, meetsQuorum: true)
        try await ledger.keep(other, meetsQuorum: true)
        for bytes in [
            try #require(try store.reader().cosignedNote()), try store.reader().checkpoint().note,
        ] {
            let names = try SignedNote(parsing: bytes).signatures.map(\.name)
            #expect(names == [store.station.origin, "v", "w"])
        }
        try await ledger.close()
    }

    @Test("A damaged cosigned checkpoint gives way to the next good one")
    func damaged() async throws {
        let store = try LedgerStore()
        let ledger = try store.open()
        try await ledger.enter(events(0..<5))
        store.directory.write(Array("gibberish".utf8), at: "log/checkpoint.cosigned")
        let five = try cosigned(store, 5)
        try await ledger.keep(five, meetsQuorum: true)
        #expect(try store.reader().cosignedNote() == five.bytes)
        try await ledger.close()
    }

    @Test("What was carried out is remembered, bounded, and forgotten when its answer came")
    func requests() async throws {
        let store = try LedgerStore()
        let ledger = try store.open()
        try await ledger.enter(events(0..<100))
        for size in Int64(1)...80 {
            let checkpoint = try Checkpoint(
                origin: store.station.origin, size: size, root: store.reader().root(ofSize: size))
            try await ledger.noteRequested(checkpoint.signed(with: store.key))
        }
        let sizes = try store.reader().requestedSizes()
        #expect(sizes.count == 64 && sizes.first == 1 && sizes.last == 80)
        try await ledger.forgetRequested(below: 79)
        #expect(try store.reader().requestedSizes() == [79, 80])
        try await ledger.close()
        try await store.open().close()
        #expect(try store.reader().requestedSizes() == [79, 80])
    }

    @Test(
        "Proofs and roots from tiles are those of the tree; a proof of what is not there is refused"
    )
    func proofs() async throws {
        let store = try LedgerStore()
        let ledger = try store.open()
        try await ledger.enter(events(0..<700))
        try await ledger.close()
        let reader = try store.reader()
        let tree = PlainTree(entries: try (0..<700).map { try reader.entry(Int64($0)) })
        for (old, new) in [
            (0, 700), (1, 700), (255, 256), (256, 700), (300, 512), (699, 700), (5, 5),
        ] {
            let proof = try reader.consistencyProof(from: Int64(old), to: Int64(new))
            #expect(proof.verify(oldRoot: tree.root(0, old), newRoot: tree.root(0, new)))
            #expect(try reader.root(ofSize: Int64(new)) == tree.root(0, new))
        }
        #expect(throws: CustodyFailure.self) { try reader.root(ofSize: 701) }
        #expect(throws: CustodyFailure.self) { try reader.consistencyProof(from: 5, to: 701) }
        #expect(throws: CustodyFailure.self) { try reader.consistencyProof(from: 5, to: 4) }
        for path in TilePath.all(size: 700) {
            let bytes = try reader.tileBytes(path)
            switch path.content {
            case .entries:
                #expect(try EntryBundle.parse(bytes, width: path.width).count == path.width)
            case .hashes: #expect(try HashTile.parse(bytes, width: path.width).count == path.width)
            }
        }
    }
}
