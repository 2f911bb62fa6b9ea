import DurableFiles
import Evidence
import EvidenceTestKit
import Fixity
import Glibc
import Synchronization
import Testing

@testable import Vault

/// A recorder that goes, stalls, changes its files or cannot read them.
struct SourceFaultTests {
    /// Reads of these pages fail, whole reads up to them succeed: as a bad sector under a page cache.
    private static func bad(
        _ pages: Set<Int64>, errno number: Int32 = EIO
    ) -> @Sendable (CInt, UnsafeMutableRawBufferPointer, Int64) -> Int {
        { descriptor, buffer, offset in
            let first = offset / 4096
            if pages.contains(first) { return -Int(number) }
            let last = (offset + Int64(buffer.count) - 1) / 4096
            let stop = (first...max(first, last)).first { pages.contains($0) }
            let length = stop.map { Int($0 * 4096 - offset) } ?? buffer.count
            let count = pread(descriptor, buffer.baseAddress, length, off_t(offset))
            return count < 0 ? -Int(errno) : count
        }
    }

    @Test(arguments: [300_000, (2 << 20) + 100])
    func badSectorsAreRecordedToFourKibibytes(size: Int) async throws {
        let store = try Store()
        let bytes = footage(size)
        let last = Int64((size - 1) / 4096)
        let item = try await store.take(bytes) { $0.read = Self.bad([0, 3, 4, 40, last]) }.get()
        #expect(
            item.unreadable == [
                0..<4096, 12288..<20480, 163_840..<167_936, last * 4096..<Int64(size),
            ])
        var expected = bytes
        for range in item.unreadable {
            for index in range { expected[Int(index)] = 0 }
        }
        #expect(item.sha256 == SHA256Digest.of(expected))
        #expect(contents(of: store.path(item.sha256, kind: "partial")) == expected)
        #expect(try store.objectCount("footage") == 0)
        #expect(try store.vault.reader.locate(item.sha256).contains("/partial/"))
    }

    @Test func aSectorThatReadsAtTheThirdTryIsWhole() async throws {
        let (store, count) = (try Store(), Counter())
        let bytes = footage(9000)
        let item = try await store.take(bytes) {
            $0.read = { descriptor, buffer, offset in
                if offset == 0, count.next() <= 3 { return -Int(EIO) }
                let read = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
                return read < 0 ? -Int(errno) : read
            }
        }.get()
        #expect(item.isWhole)
        #expect(item.sha256 == SHA256Digest.of(bytes))
    }

    @Test(arguments: [5000, (2 << 20) + 1], [EIO, ENODEV, ENOTCONN, ESTALE])
    func aRecorderPulledOutLeavesNothing(size: Int, number: Int32) async throws {
        let store = try Store()
        let result = try await store.take(footage(size)) { source in
            source = TransferSource(
                descriptor: source.descriptor, size: source.size, isAlive: { false })
            source.read = Self.bad([1], errno: number)
        }
        #expect(failure(result) == .sourceGone)
        #expect(try store.names("staging") == [])
        #expect(try store.objectCount() == 0)
        #expect(try store.objectCount("partial") == 0)
    }

    @Test func aFileThatShrinksIsFound() async throws {
        for size in [5000, (2 << 20) + 1] {
            let store = try Store()
            let result = try await store.take(footage(size)) {
                $0.read = { descriptor, buffer, offset in
                    truncate("/proc/self/fd/\(descriptor)", 100)
                    return pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
                }
            }
            // The second try may take the 100 bytes that are there; never the size that was.
            if case .success(let item) = result { #expect(item.size == 100) }
            #expect(try store.names("staging") == [])
        }
    }

    @Test(arguments: [5000, (2 << 20) + 1])
    func aFileThatGrowsAllTheTimeIsUnstable(size: Int) async throws {
        let store = try Store()
        let result = try await store.take(footage(size)) {
            $0.read = { descriptor, buffer, offset in
                let path = "/proc/self/fd/\(descriptor)"
                let other = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
                write(other, [UInt8](repeating: 1, count: 10), 10)
                close(other)
                return pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
            }
        }
        #expect(failure(result) == .unstable)
        #expect(try store.objectCount() == 0)
    }

    @Test(arguments: [5000, (2 << 20) + 1])
    func aFileThatGrewOnceIsTakenAgain(size: Int) async throws {
        let (store, count) = (try Store(), Counter())
        let result = try await store.take(footage(size)) {
            $0.read = { descriptor, buffer, offset in
                if count.next() == 1 {
                    let other = open(
                        "/proc/self/fd/\(descriptor)", O_WRONLY | O_APPEND | O_CLOEXEC)
                    write(other, [UInt8](repeating: 1, count: 10), 10)
                    close(other)
                }
                return pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
            }
        }
        #expect(try result.get().size == Int64(size + 10))
    }

    @Test(arguments: [5000, (2 << 20) + 1])
    func otherBytesAtTheSecondReadAreFoundInModeBoth(size: Int) async throws {
        let (store, count) = (try Store { $0.mode = .both }, Counter())
        let result = try await store.take(footage(size)) {
            $0.read = { descriptor, buffer, offset in
                let read = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
                if offset == 0, read > 0 { buffer[7] = UInt8(truncatingIfNeeded: count.next()) }
                return read
            }
        }
        #expect(failure(result) == .unstable)
        #expect(try store.objectCount() == 0)
    }

    @Test(arguments: [5000, (2 << 20) + 1], [true, false])
    func aReadThatNeverComesBackIsGivenUpAndSealsNothing(size: Int, isAlive: Bool) async throws {
        let store = try Store {
            // One that is gone is never waited for until the stall limit.
            $0.stallLimit = isAlive ? .milliseconds(30) : .seconds(3600)
            $0.goneLimit = .milliseconds(10)
            $0.stallTick = .milliseconds(5)
        }
        let pipe = Gate()
        let source = try store.source(footage(size), named: "stuck")
        var stuck = TransferSource(
            descriptor: source.descriptor, size: source.size, isAlive: { isAlive })
        stuck.read = { descriptor, buffer, offset in
            pipe.wait()
            return pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
        }
        let result = await store.vault.take([stuck]) { _, _, _ in }[0]
        #expect(failure(result) == (isAlive ? .sourceStalled : .sourceGone))
        // The read comes back at last: it is too late, and the descriptor is closed once.
        pipe.open()
        await store.vault.idle()
        #expect(try store.objectCount() == 0)
        #expect(try store.names("staging") == [])
    }

    @Test func aRecorderThatCannotEvenBeAskedKeepsNoOtherFromBeingGivenUp() async throws {
        let store = try Store {
            $0.stallLimit = .milliseconds(30)
            $0.goneLimit = .milliseconds(10)
            $0.stallTick = .milliseconds(5)
        }
        let gate = Gate()
        let sources = try (0..<3).map { number in
            let source = try store.source(footage(5000, seed: UInt64(number)), named: "\(number)")
            var stuck = TransferSource(
                descriptor: source.descriptor, size: source.size,
                isAlive: {
                    gate.wait()
                    return true
                })
            stuck.read = { _, _, _ in
                gate.wait()
                return -Int(EIO)
            }
            return stuck
        }
        let codes = await withTaskGroup(of: VaultFailure.Code?.self) { tasks in
            for source in sources {
                tasks.addTask { failure(await store.vault.take([source]) { _, _, _ in }[0]) }
            }
            return await tasks.reduce(into: []) { $0.append($1) }
        }
        #expect(codes == [.sourceStalled, .sourceStalled, .sourceStalled])
        gate.open()
        await store.vault.idle()
        #expect(try store.names("staging") == [])
    }

    @Test func aReadErrorOfARecorderThatDoesNotAnswerIsGivenUp() async throws {
        let store = try Store {
            $0.stallLimit = .milliseconds(30)
            $0.goneLimit = .milliseconds(10)
            $0.stallTick = .milliseconds(5)
        }
        let gate = Gate()
        let source = try store.source(footage(5000), named: "dumb")
        var dumb = TransferSource(
            descriptor: source.descriptor, size: source.size,
            isAlive: {
                gate.wait()
                return true
            })
        dumb.read = { _, _, _ in -Int(EIO) }
        #expect(failure(await store.vault.take([dumb]) { _, _, _ in }[0]) == .sourceStalled)
        gate.open()
        await store.vault.idle()
        #expect(try store.objectCount("partial") == 0)
    }

    @Test func aStuckReadOfAConfirmationIsGivenUp() async throws {
        let store = try Store {
            $0.stallLimit = .milliseconds(30)
            $0.goneLimit = .milliseconds(10)
            $0.stallTick = .milliseconds(5)
        }
        let gate = Gate()
        var source = try store.source(footage(5000), named: "stuck")
        source.read = { _, _, _ in
            gate.wait()
            return -Int(EIO)
        }
        #expect(failure(await store.vault.digest(of: source, withMD5: false)) == .sourceStalled)
        gate.open()
        await store.vault.idle()
        close(source.descriptor)
    }

    @Test func aCancelledTransferStopsInTheMiddleOfAFile() async throws {
        let (store, count) = (try Store(), Counter())
        let task = Mutex<Task<Result<VaultedItem, VaultFailure>, any Error>?>(nil)
        let gate = Gate()
        let taking = Task {
            try await store.take(footage(5 << 20)) {
                $0.read = { descriptor, buffer, offset in
                    if count.next() == 2 {
                        gate.wait()
                        task.withLock { $0?.cancel() }
                    }
                    return pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
                }
            }
        }
        task.withLock { $0 = taking }
        gate.open()
        #expect(failure(try await taking.value) == .stopped)
        await store.vault.idle()
        #expect(count.value == 2)
        #expect(try store.names("staging") == [])
    }
}

/// Holds threads until it is opened.
final class Gate: Sendable {
    private let ends: (read: CInt, write: CInt)

    init() {
        var pair: [CInt] = [0, 0]
        precondition(pipe(&pair) == 0)
        ends = (pair[0], pair[1])
    }

    deinit {
        close(ends.read)
    }

    func wait() {
        var byte: UInt8 = 0
        read(ends.read, &byte, 1)
    }

    func open() { close(ends.write) }
}

extension Vault {
    /// No thread of this vault works for a recorder any more when it returns.
    func idle() async {
        while runCount > 0 { await Task.yield() }
    }
}
