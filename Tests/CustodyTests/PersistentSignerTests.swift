import Custody
import DurableFiles
import Evidence
import EvidenceTestKit
import Fixity
import Foundation
import Glibc
import Synchronization
import Testing
import TransparencyLog

@Suite("The log's key signs only what extends the last thing it signed")
struct PersistentSignerTests {
    private let memory = "keys/log.signed"

    private func bytes(_ path: String) -> [UInt8]? {
        FileManager.default.contents(atPath: path).map { [UInt8]($0) }
    }

    private func reason(_ error: any Error) -> CustodyFailure.Code? {
        (error as? CustodyFailure)?.reason
    }

    private func filled(_ sizes: [Int]) async throws -> LedgerStore {
        let store = try LedgerStore()
        let ledger = try store.open()
        var size = 0
        for next in sizes {
            try await ledger.enter(events(size..<next))
            size = next
        }
        try await ledger.close()
        return store
    }

    private final class Switch: Sendable {
        private let state = Mutex(true)

        var isSet: Bool {
            get { state.withLock { $0 } }
            set { state.withLock { $0 = newValue } }
        }
    }

    /// A disk without room for checkpoints while the switch is set: nothing gets published.
    private func fullForCheckpoints(of store: LedgerStore) -> (DiskCalls, Switch) {
        let isFull = Switch()
        let origin = Array(store.station.origin.utf8)
        var calls = DiskCalls.kernel
        calls.write = { file, bytes, offset in
            isFull.isSet && bytes.starts(with: origin)
                ? -Int(ENOSPC) : DiskCalls.kernel.write(file, bytes, offset)
        }
        return (calls, isFull)
    }

    private func replaceLog(of store: LedgerStore, by copy: String) throws {
        try FileManager.default.removeItem(atPath: store.path + "/log")
        try FileManager.default.copyItem(atPath: copy + "/log", toPath: store.path + "/log")
    }

    // MARK: - Killed

    /// What a kill at the given call leaves: the root as it is before that call is made.
    private func killed(at call: Int, from: Int, to: Int) async throws -> (LedgerStore, String)? {
        let store = try await filled([from])
        let copy = Mutex<String?>(nil)
        let count = Mutex(0)
        @Sendable func strike() {
            let number = count.withLock { count in
                count += 1
                return count
            }
            if number == call {
                let made = try? store.crashed()
                copy.withLock { $0 = made }
            }
        }
        var calls = DiskCalls.kernel
        calls.write = {
            strike()
            return DiskCalls.kernel.write($0, $1, $2)
        }
        calls.sync = {
            strike()
            return DiskCalls.kernel.sync($0)
        }
        calls.syncFileSystem = {
            strike()
            return DiskCalls.kernel.syncFileSystem($0)
        }
        let ledger = try store.open(calls: calls)
        try await ledger.enter(events(from..<to))
        try await ledger.close()
        return copy.withLock { $0 }.map { (store, $0) }
    }

    @Test(
        "Killed before any call, it goes on from what it remembers",
        arguments: [(3, 5, 1), (250, 260, 4)])
    func killedAnywhere(from: Int, to: Int, step: Int) async throws {
        var completed = 0
        var call = 0
        while let (store, path) = try await killed(at: call + 1, from: from, to: to) {
            call += step
            let remembered = try Checkpoint(parsing: #require(bytes(path + "/" + memory)))
            let shown = try LedgerReader(rootPath: path).size()
            // No signature is on the disk of which the memory does not know.
            for name in ["checkpoint", "checkpoint.next"] {
                guard let note = bytes(path + "/log/" + name) else { continue }
                let signed = try Checkpoint(parsing: SignedNote(parsing: note).text)
                #expect(signed.size <= remembered.size)
            }
            _ = try DurableRoot(path: path).sweepStaging()
            let ledger = try store.open(in: path)
            let reader = try LedgerReader(rootPath: path)
            #expect(try reader.size() >= remembered.size)
            if try reader.size() > shown { completed += 1 }
            let head = try reader.checkpoint()
            #expect(
                try Checkpoint.open(
                    head.note, by: VerifierKey(name: head.checkpoint.origin, of: store.key))
                    == head.checkpoint)
            try await ledger.enter(events(to..<to + 2))
            try await ledger.close()
            let entries = try (0..<reader.size()).map { try reader.entry($0) }
            let tree = PlainTree(entries: entries)
            #expect(try reader.checkpoint().checkpoint.root == tree.root(0, entries.count))
            // Whatever may have been signed is a beginning of what is signed now.
            #expect(remembered.root == tree.root(0, Int(remembered.size)))
        }
        // Records, entries, tiles, memory, checkpoint and their directories.
        #expect(call > 20)
        #expect(completed > 0)
    }

    // MARK: - Put back

    @Test(
        "A log put back to yesterday while the key's memory stays is refused, and nothing touched")
    func rolledBackLog() async throws {
        let store = try await filled([10])
        let yesterday = try store.crashed()
        let ledger = try store.open()
        try await ledger.enter(events(10..<300))
        try await ledger.enter(events(300..<310))
        try await ledger.close()
        try replaceLog(of: store, by: yesterday)
        let before = LedgerStore.files(store.path, ".")
        #expect { try store.open() } throws: { reason($0) == .checkpointRolledBack }
        #expect(LedgerStore.files(store.path, ".") == before)
    }

    @Test("A log that is gone is not begun anew with a key that has signed")
    func emptiedLog() async throws {
        let store = try await filled([10])
        try FileManager.default.removeItem(atPath: store.path + "/log")
        mkdir(store.path + "/log", 0o755)
        #expect {
            try CustodyLedger.initialise(
                root: store.root(), station: store.station, key: store.key)
        } throws: { reason($0) == .checkpointMissing }
    }

    @Test("Only the newest checkpoint put back, its tiles there: it is signed again, byte for byte")
    func lastStep() async throws {
        let store = try await filled([10])
        let before = try store.reader().checkpoint().note
        let ledger = try store.open()
        try await ledger.enter(events(10..<20))
        try await ledger.close()
        let newest = try store.reader().checkpoint().note
        for name in ["checkpoint", "checkpoint.next"] {
            store.directory.write(before, at: "log/" + name)
        }
        try await store.open().close()
        #expect(try store.reader().checkpoint().note == newest)
    }

    // MARK: - Memory

    @Test("A root without the memory, or with an older one, is taken over")
    func adoption() async throws {
        let store = try await filled([4, 9])
        let newest = try #require(bytes(store.path + "/" + memory))
        let older = try Checkpoint(
            origin: store.station.origin, size: 4, root: store.reader().root(ofSize: 4))
        unlink(store.path + "/" + memory)
        try await store.open().close()
        #expect(bytes(store.path + "/" + memory) == newest)
        store.directory.write(older.text, at: memory)
        try await store.open().close()
        #expect(bytes(store.path + "/" + memory) == newest)
    }

    @Test("A memory of another history refuses everything", arguments: [0, 4, 9, 10, 400])
    func otherHistory(size: Int64) async throws {
        let store = try await filled([4, 9])
        let other = try Checkpoint(
            origin: store.station.origin, size: size, root: SHA256Digest.of([UInt8(7)]))
        store.directory.write(other.text, at: memory)
        let before = LedgerStore.files(store.path, ".")
        #expect { try store.open() } throws: {
            reason($0) == (size > 9 ? .checkpointRolledBack : .notAnExtension)
        }
        #expect(LedgerStore.files(store.path, ".") == before)
    }

    @Test("A damaged memory is never taken for none", arguments: ["", "x", "other\n1\n"])
    func damagedMemory(text: String) async throws {
        let store = try await filled([4])
        let root = Base64.encode(MerkleTree.emptyRoot.bytes) + "\n"
        let text = text == "other\n1\n" ? text + root : text
        store.directory.write(Array(text.utf8), at: memory)
        #expect { try store.open() } throws: { reason($0) == .signerMemoryDamaged }
        #expect(bytes(store.path + "/" + memory) == Array(text.utf8))
    }

    @Test("What a making that was cut off signed, of another name and empty, is in nobody's way")
    func cutOffMaking() async throws {
        let store = try LedgerStore()
        let other = try Checkpoint(origin: "other.example", size: 0, root: MerkleTree.emptyRoot)
        store.directory.write(other.text, at: memory)
        unlink(store.path + "/log/checkpoint")
        try CustodyLedger.initialise(root: store.root(), station: store.station, key: store.key)
        let ledger = try store.open()
        try await ledger.enter(events(0..<2))
        try await ledger.close()
        // One with entries is another log's memory.
        let full = try Checkpoint(origin: "other.example", size: 1, root: MerkleTree.emptyRoot)
        store.directory.write(full.text, at: memory)
        #expect {
            try store.open()
        } throws: { reason($0) == .signerMemoryDamaged }
    }

    @Test("Tiles that changed under the running ledger are not signed")
    func spoiledTiles() async throws {
        let store = try await filled([300])
        let (calls, isFull) = fullForCheckpoints(of: store)
        let ledger = try store.open(calls: calls)
        try await ledger.integrate(events(300..<310))
        // Nothing is under way any more when the tile is spoiled.
        _ = try? await ledger.publish(isLast: true)
        let place = "log/tile/0/001.p/54"
        var tile = try #require(bytes(store.path + "/" + place))
        tile[3] ^= 1
        chmod(store.path + "/" + place, 0o644)
        store.directory.write(tile, at: place)
        isFull.isSet = false
        await #expect { try await ledger.publish(isLast: true) } throws: {
            reason($0) == .notAnExtension || reason($0) == .stopped
        }
        #expect(await !ledger.isWorking())
        #expect(try store.reader().size() == 300)
    }

    // MARK: - Held

    @Test("While it is held nothing is entered or signed, also after a restart")
    func held() async throws {
        let store = try await filled([3])
        let ledger = try store.open()
        let hold = SigningHold(.claimed, witness: "N", claimedSize: 9, ownSize: 3)
        try await ledger.hold(hold)
        #expect(await ledger.signingHold() == hold)
        await #expect { try await ledger.enter(events(3..<4)) } throws: {
            reason($0) == .signingHeld
        }
        #expect(await ledger.isWorking())
        try await ledger.close()
        let next = try store.open()
        #expect(await next.signingHold() == hold)
        await #expect { try await next.enter(events(3..<4)) } throws: {
            reason($0) == .signingHeld
        }
        #expect(try store.reader().size() == 3)
        try await next.release()
        #expect(try await next.enter(events(3..<4)).map(\.index) == [3])
        try await next.close()
        #expect(await (try store.open()).signingHold() == nil)
    }

    @Test("What was integrated before stays, and is published once it is released")
    func heldBetween() async throws {
        let store = try await filled([3])
        let (calls, isFull) = fullForCheckpoints(of: store)
        let ledger = try store.open(calls: calls)
        try await ledger.integrate(events(3..<6))
        try await ledger.hold(SigningHold(.claimed, witness: "N", claimedSize: 9, ownSize: 3))
        isFull.isSet = false
        await #expect {
            try await ledger.publish(isLast: true)
        } throws: {
            reason($0) == .signingHeld
        }
        try await ledger.release()
        #expect(try await ledger.publish(isLast: true) == 6)
        try await ledger.close()
    }

    @Test("A hold whose file cannot be read holds; what is proven is not replaced by a claim")
    func heldHard() async throws {
        let store = try await filled([3])
        store.directory.write([0xff, 0x00], at: "keys/log.held")
        let ledger = try store.open()
        #expect(await ledger.signingHold()?.reason == .unreadable)
        let proven = SigningHold(
            .proven, witness: "N", claimedSize: 9, ownSize: 3, evidence: Array("a\nb\n".utf8))
        try await ledger.hold(proven)
        try await ledger.hold(SigningHold(.claimed, witness: "M", claimedSize: 9, ownSize: 3))
        #expect(await ledger.signingHold() == proven)
        try await ledger.close()
        #expect(await (try store.open()).signingHold() == proven)
    }
}
