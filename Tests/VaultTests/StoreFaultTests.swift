import DurableFiles
import Evidence
import EvidenceTestKit
import Fixity
import Glibc
import Testing

@testable import Vault

/// A disk under the vault that lies, fails, or is full.
struct StoreFaultTests {
    /// The kernel's calls with faults armed after the vault was made.
    private final class Faults: Sendable {
        let isArmed = Counter()
        let count = Counter()
        /// True for the call that is to fail.
        func strikes(_ numbers: Set<Int>) -> Bool {
            isArmed.value > 0 && numbers.contains(count.next())
        }
    }

    /// What is taken, named by its kind: a run's log shows the arguments, and must stay short.
    enum Load: CaseIterable, Sendable {
        case oneLarge, oneSmall, manySmall

        var contents: [[UInt8]] {
            switch self {
            case .oneLarge: [footage((3 << 20) + 5)]
            case .oneSmall: [footage(5000)]
            case .manySmall: (0..<12).map { footage(3000 + $0, seed: UInt64($0)) }
            }
        }
    }

    /// Takes a group while the given writes, syncs or file system syncs fail.
    private func take(
        _ group: [[UInt8]], writes: Set<Int> = [], syncs: Set<Int> = [],
        _ fault: @escaping @Sendable (CInt, UnsafeRawBufferPointer, Int64) -> Int = { _, _, _ in
            -Int(EIO)
        },
        _ check: (Store, [Result<VaultedItem, VaultFailure>]) throws -> Void
    ) async throws {
        let (write, sync) = (Faults(), Faults())
        var calls = DiskCalls.kernel
        calls.write = {
            write.strikes(writes) ? fault($0, $1, $2) : DiskCalls.kernel.write($0, $1, $2)
        }
        calls.sync = { sync.strikes(syncs) ? -EIO : DiskCalls.kernel.sync($0) }
        calls.syncFileSystem = {
            sync.strikes(syncs) ? -EIO : DiskCalls.kernel.syncFileSystem($0)
        }
        let store = try Store(calls: calls)
        _ = (write.isArmed.next(), sync.isArmed.next())
        try check(store, try await store.take(group))
        #expect(try store.names("staging") == [])
    }

    private func expectSealed(
        _ group: [[UInt8]], _ store: Store, _ results: [Result<VaultedItem, VaultFailure>]
    ) throws {
        for (bytes, result) in zip(group, results) {
            let item = try result.get()
            #expect(item.sha256 == SHA256Digest.of(bytes))
            #expect(!item.wasThere)
            #expect(contents(of: store.path(item.sha256)) == bytes)
        }
    }

    private func expectNothingSealed(_ store: Store) throws {
        #expect(try store.objectCount() == 0)
        #expect(try store.objectCount("partial") == 0)
    }

    @Test(arguments: Load.allCases) func aWriteThatFailsOnceIsTakenAgain(load: Load) async throws {
        let group = load.contents
        try await take(group, writes: [1]) { try expectSealed(group, $0, $1) }
    }

    @Test(arguments: Load.allCases, 1...2)
    func aSyncThatFailedIsNeverTrusted(load: Load, number: Int) async throws {
        let group = load.contents
        // The first sync is that of the bytes, the second that of the name. `wasThere` would show
        // that the second try trusted a name of the first.
        try await take(group, syncs: [number]) { try expectSealed(group, $0, $1) }
    }

    @Test(arguments: Load.allCases) func aDiskThatKeepsFailingStopsTheWork(load: Load) async throws
    {
        let group = load.contents
        try await take(group, syncs: Set(1...100)) { store, results in
            #expect(results.allSatisfy { failure($0) == .storeFailed })
            try expectNothingSealed(store)
        }
    }

    @Test(arguments: Load.allCases) func aShortWriteGoesOn(load: Load) async throws {
        let group = load.contents
        try await take(
            group, writes: [1],
            { DiskCalls.kernel.write($0, UnsafeRawBufferPointer(rebasing: $1[..<1000]), $2) },
            { try expectSealed(group, $0, $1) })
    }

    @Test(arguments: Load.allCases) func anInterruptedWriteGoesOn(load: Load) async throws {
        let group = load.contents
        try await take(
            group, writes: [1, 2], { _, _, _ in -Int(EINTR) }, { try expectSealed(group, $0, $1) })
    }

    @Test(arguments: Load.allCases) func aLyingWriteIsFoundAndTakenAgain(load: Load) async throws {
        let group = load.contents
        try await take(
            group, writes: [1], { _, bytes, _ in bytes.count }, { try expectSealed(group, $0, $1) })
    }

    @Test(arguments: Load.allCases) func otherBytesOnTheDiskAreNeverSealed(load: Load) async throws
    {
        let group = load.contents
        try await take(
            group, writes: Set(1...100),
            { descriptor, bytes, offset in
                var other = Array(bytes)
                other[other.count / 2] ^= 1
                // A second array is not aligned for O_DIRECT.
                _ = fcntl(descriptor, F_SETFL, 0)
                return pwrite(descriptor, other, other.count, off_t(offset))
            }
        ) { store, results in
            #expect(results.allSatisfy { failure($0) == .writeFailed })
            try expectNothingSealed(store)
        }
    }

    @Test(arguments: Load.allCases) func aFullDiskIsNotTriedTwice(load: Load) async throws {
        let group = load.contents
        try await take(group, writes: [1], { _, _, _ in -Int(ENOSPC) }) { store, results in
            #expect(results.allSatisfy { failure($0) == .noRoom })
            try expectNothingSealed(store)
        }
    }

    @Test func theReserveIsKept() async throws {
        let store = try Store { $0.reserveBytes = .max / 2 }
        #expect(failure(try await store.take(footage(10))) == .noRoom)
        #expect(try !store.vault.room(for: 0))
    }

    @Test func aGroupThatDoesNotFitIsTakenAsFarAsItDoes() async throws {
        let probe = try Store()
        let free = try probe.root.freeSpace().free
        // Room for the small ones, whatever others write meanwhile; never for the one that says it
        // is larger than the disk.
        let store = try Store()
        let big = try store.source(footage(10), named: "big")
        let small = try store.source(footage(20), named: "small")
        let results = await store.vault.take([
            TransferSource(descriptor: big.descriptor, size: free * 2, isAlive: { true }), small,
        ]) { _, _, _ in }
        #expect(failure(results[0]) == .noRoom)
        #expect(try results[1].get().size == 20)
    }
}
