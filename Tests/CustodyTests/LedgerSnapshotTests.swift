import Custody
import Evidence
import EvidenceTestKit
import Fixity
import Foundation
import Testing
import TransparencyLog

@Suite("Many proofs under one checkpoint")
struct LedgerSnapshotTests {
    @Test("Under the newest and under an older one, across bundles, each leads to its root")
    func proofs() async throws {
        let store = try LedgerStore()
        let ledger = try store.open()
        try await ledger.enter(events(0..<300))
        let older = try store.reader().checkpoint()
        try await ledger.enter(events(300..<700))
        try await ledger.close()
        let reader = try store.reader()
        let key = try VerifierKey(name: store.station.origin, of: store.key)
        for head in [nil, older] {
            let session = try LedgerSnapshot(reader, at: head?.note)
            #expect(session.checkpoint.size == (head == nil ? 700 : 300))
            for index in stride(from: Int64(0), to: session.checkpoint.size, by: 7) {
                let proven = try session.prove(index)
                #expect(try proven.entry == reader.entry(index))
                let proof = try TlogProof(parsing: proven.proof)
                #expect(proof.index == index && proof.checkpoint == session.note)
                let checkpoint = try proof.verify(entry: proven.entry, by: key)
                #expect(checkpoint == session.checkpoint)
            }
            for index in [-1, session.checkpoint.size] {
                #expect(throws: CustodyFailure.self) { try session.prove(index) }
            }
        }
    }

    @Test("A ledger that grows meanwhile changes nothing, and one that is smaller is refused")
    func others() async throws {
        let store = try LedgerStore()
        let ledger = try store.open()
        try await ledger.enter(events(0..<5))
        let session = try LedgerSnapshot(store.reader())
        try await ledger.enter(events(5..<600))
        try await ledger.close()
        let later = try store.reader().checkpoint()
        for index in Int64(0)..<5 { #expect(try session.prove(index).leaf.event == .annotation) }

        let other = try LedgerStore()
        let small = try other.open()
        try await small.enter(events(0..<5))
        try await small.close()
        #expect(throws: CustodyFailure.self) {
            _ = try LedgerSnapshot(other.reader(), at: later.note)
        }
    }

    @Test("Files that do not lead to the checkpoint's root prove nothing")
    func damaged() async throws {
        let store = try LedgerStore()
        let ledger = try store.open()
        try await ledger.enter(events(0..<300))
        try await ledger.close()
        let path = store.path + "/log/tile/0/000"
        chmod(path, 0o644)
        var tile = try Data(contentsOf: URL(fileURLWithPath: path))
        tile[32 * 9] ^= 1
        try tile.write(to: URL(fileURLWithPath: path))
        let session = try LedgerSnapshot(store.reader())
        for index in [Int64(0), 8, 255] {
            #expect(throws: CustodyFailure.self) { try session.prove(index) }
        }
    }
}
