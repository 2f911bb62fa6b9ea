import Custody
import DurableFiles
import Evidence
import EvidenceTestKit
import Glibc
import Synchronization
import Testing

struct DiskFaultTests {
    /// Calls of which those in `range` fail with that error.
    private func calls(
        writes: Range<Int> = 0..<0, syncs: Range<Int> = 0..<0, error: CInt
    ) -> DiskCalls {
        let (written, synced) = (Count(), Count())
        var calls = DiskCalls.kernel
        calls.write = { file, bytes, offset in
            writes.contains(written.next())
                ? -Int(error) : DiskCalls.kernel.write(file, bytes, offset)
        }
        calls.sync = { file in
            syncs.contains(synced.next()) ? -error : DiskCalls.kernel.sync(file)
        }
        calls.syncFileSystem = { file in
            syncs.contains(synced.next()) ? -error : DiskCalls.kernel.syncFileSystem(file)
        }
        return calls
    }

    @Test(arguments: [0, 1, 2, 3, 7, 300, 599, 600, 601, 602])
    func aFullDiskLeavesNothingOfTheBatchAndTheNextOneWorks(at write: Int) async throws {
        let store = try LedgerStore()
        let first = try store.open()
        try await first.enter(events(0..<100))
        try await first.close()
        let before = LedgerStore.files(store.path, "log/tile")
        let records = LedgerStore.files(store.path, "vault")
        // 300 events make 600 records, and 2 bundles and 3 tiles.
        let ledger = try store.open(calls: calls(writes: write..<write + 1, error: ENOSPC))
        await #expect {
            try await ledger.integrate(events(100..<400))
        } throws: { ($0 as? CustodyFailure)?.reason == .noRoom }
        #expect(LedgerStore.files(store.path, "log/tile") == before)
        #expect(LedgerStore.files(store.path, "vault") == records)
        #expect(await ledger.isWorking())
        let receipts = try await ledger.enter(events(100..<400))
        #expect(receipts.map(\.index) == (100..<400).map { $0 })
        try await ledger.close()
        try await store.open().close()
        #expect(try store.reader().size() == 400)
    }

    @Test func aFullDiskAtTheCheckpointKeepsTheEventsForTheNextOne() async throws {
        let store = try LedgerStore()
        let origin = Array(store.station.origin.utf8)
        let isFull = Mutex(true)
        var calls = DiskCalls.kernel
        calls.write = { file, bytes, offset in
            isFull.withLock { $0 } && bytes.starts(with: origin)
                ? -Int(ENOSPC) : DiskCalls.kernel.write(file, bytes, offset)
        }
        let ledger = try store.open(calls: calls)
        try await ledger.integrate(events(0..<1))
        await #expect {
            try await ledger.publish(isLast: true)
        } throws: { ($0 as? CustodyFailure)?.reason == .noRoom }
        #expect(try store.reader().size() == 0)
        isFull.withLock { $0 = false }
        #expect(try await ledger.publish(isLast: true) == 1)
        #expect(try store.reader().size() == 1)
        try await ledger.close()
    }

    @Test(arguments: [EIO, ENOSPC], 0..<14)
    func aFailedSyncStopsTheLedgerForGood(error: CInt, at sync: Int) async throws {
        let store = try LedgerStore()
        let first = try store.open()
        try await first.enter(events(0..<1))
        try await first.close()
        let published = try store.reader().checkpoint().note
        let ledger = try store.open(calls: calls(syncs: sync..<sync + 1, error: error))
        do {
            try await ledger.enter(events(1..<5))
            // So late a sync is the tidying after the checkpoint's.
            try await ledger.close()
            #expect(sync > 6)
            return
        } catch let failure as CustodyFailure {
            #expect(failure.disposition == .stop)
        }
        #expect(await !ledger.isWorking())
        await #expect(throws: CustodyFailure.self) { try await ledger.enter(events(1..<5)) }
        await #expect(throws: CustodyFailure.self) { try await ledger.publish() }
        // The next start finds the old log, or the new one where it was signed already.
        let next = try store.open()
        let size = try store.reader().size()
        #expect(size == 1 || size == 5)
        if size == 1 { #expect(try store.reader().checkpoint().note == published) }
        try await next.enter(events(9..<10))
        try await next.close()
        #expect(try store.reader().size() == size + 1)
    }
}

/// Counts from 0, from any thread.
private final class Count: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock { count in
            count += 1
            return count - 1
        }
    }
}
