import EvidenceTestKit
import Glibc
import Synchronization
import Testing

@testable import DurableFiles

/// A name stands for whole, synced bytes, or does not stand.
struct PublishingTests {
    private let directory = TemporaryDirectory()

    private func root(_ calls: DiskCalls = .kernel) throws -> DurableRoot {
        mkdir(directory.path + "/staging", 0o755)
        mkdir(directory.path + "/log", 0o755)
        return try DurableRoot(path: directory.path, calls: calls)
    }

    /// The kernel's calls, of which the syncs with these numbers fail.
    private func failing(_ numbers: Set<Int>) -> DiskCalls {
        let count = CallCount()
        var calls = DiskCalls.kernel
        calls.sync = { numbers.contains(count.next()) ? -EIO : DiskCalls.kernel.sync($0) }
        calls.syncFileSystem = {
            numbers.contains(count.next()) ? -EIO : DiskCalls.kernel.syncFileSystem($0)
        }
        return calls
    }

    private func code(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch { return (error as? DurableFileFailure)?.code }
    }

    private let group = (0..<9).map { (relative: "log/\($0)", bytes: [UInt8($0), 1, 2]) }

    @Test func theSameBytesAgainAreSuccess() throws {
        let root = try root()
        #expect(try root.publish([1, 2, 3], at: "log/a") == .written)
        #expect(try root.publish([1, 2, 3], at: "log/a") == .wasThere)
        #expect(try root.read("log/a", limit: 10) == [1, 2, 3])
        #expect(try root.names(in: "staging") == [])
    }

    @Test(arguments: [[1, 2, 4], [1, 2], [1, 2, 3, 4], []] as [[UInt8]])
    func otherBytesAreAnAlarmAndChangeNothing(other: [UInt8]) throws {
        let root = try root()
        try root.publish([1, 2, 3], at: "log/a")
        #expect(code { try root.publish(other, at: "log/a") } == "different-bytes")
        #expect(try root.read("log/a", limit: 10) == [1, 2, 3])
        #expect(try root.names(in: "staging") == [])
    }

    @Test(arguments: 1...2) func aFailedSyncLeavesNoName(number: Int) throws {
        let root = try root(failing([number]))
        #expect(code { try root.publish([1, 2, 3], at: "log/a") } == "input-output")
        #expect(try root.names(in: "log") == [])
        #expect(try root.names(in: "staging") == [])
    }

    @Test(arguments: 1...2) func aFailedSyncLeavesNoNameOfAGroup(number: Int) throws {
        let root = try root(failing([number]))
        #expect(code { try root.publishGroup(group) } == "input-output")
        #expect(try root.names(in: "log") == [])
        #expect(try root.names(in: "staging") == [])
    }

    @Test func aGroupIsWhole() throws {
        let root = try root()
        try root.publishGroup(group)
        try root.publishGroup(group)
        for file in group { #expect(try root.read(file.relative, limit: 9) == file.bytes) }
        #expect(try root.names(in: "staging") == [])
    }

    @Test func otherBytesUnderOneNameLeaveNoNameOfTheGroup() throws {
        let root = try root()
        try root.publish([7], at: "log/5")
        #expect(code { try root.publishGroup(group) } == "different-bytes")
        #expect(try root.names(in: "log") == ["5"])
        #expect(try root.read("log/5", limit: 9) == [7])
    }

    @Test func aShortWriteGoesOnAndALyingOneIsFound() throws {
        var calls = DiskCalls.kernel
        calls.write = { DiskCalls.kernel.write($0, UnsafeRawBufferPointer(rebasing: $1[..<1]), $2) }
        try root(calls).publish([1, 2, 3], at: "log/short")
        #expect(try root().read("log/short", limit: 9) == [1, 2, 3])
        calls.write = { $1.count + 0 * Int($0) + 0 * Int($2) }
        let lying = try root(calls)
        #expect(code { try lying.publish([1, 2, 3], at: "log/lie") } == "lying-write")
        #expect(try !lying.exists("log/lie"))
    }

    @Test func aFullDiskIsSaidAndLeavesNothing() throws {
        var calls = DiskCalls.kernel
        calls.write = { _, _, _ in -Int(ENOSPC) }
        let root = try root(calls)
        #expect(code { try root.publish([1], at: "log/a") } == "disk-full")
        #expect(code { try root.publishGroup(group) } == "disk-full")
        #expect(try root.names(in: "log") == [])
        #expect(try root.names(in: "staging") == [])
    }

    @Test func aReplacedFileHoldsTheOldBytesUntilTheNewAreSynced() throws {
        try root().replace([1], at: "checkpoint")
        let failing = try root(failing([1]))
        #expect(code { try failing.replace([2, 2], at: "checkpoint") } == "input-output")
        #expect(try failing.read("checkpoint", limit: 9) == [1])
        try failing.replace([3, 3], at: "checkpoint")
        #expect(try failing.read("checkpoint", limit: 9) == [3, 3])
        #expect(try failing.names(in: "staging") == [])
    }

    @Test func aFileMovedAsideOverwritesNothing() throws {
        let root = try root()
        try root.publish([1], at: "log/a")
        try root.publish([2], at: "log/b")
        #expect(code { try root.moveAside("log/a", to: "log/b") } == "exists")
        try root.moveAside("log/a", to: "log/c")
        #expect(try root.names(in: "log").sorted() == ["b", "c"])
    }

    @Test func onlyStagingIsSwept() throws {
        let root = try root()
        try root.publish([1], at: "log/a")
        directory.write([1], at: "staging/1-1")
        #expect(try root.sweepStaging() == 1)
        #expect(try root.names(in: "log") == ["a"])
    }

    @Test func aFolderLeftInStagingIsSweptWithItsFiles() throws {
        let root = try root()
        directory.write([1], at: "staging/attestation-1.evidock-7/certificate-A.pdf")
        directory.write([1], at: "staging/1-1")
        #expect(try root.sweepStaging() == 2)
        #expect(try root.names(in: "staging").isEmpty)
    }

    @Test func manyFilesNeedFewDescriptors() throws {
        let root = try root()
        let before = openDescriptors()
        let staged = try (0..<50).map { number in
            let one = try root.stage()
            one.closeForNow()
            return (number, one)
        }
        // Others run beside: far fewer than fifty all the same.
        #expect(openDescriptors() < before + 40)
        for (number, one) in staged {
            try one.reopen()
            #expect(try root.publish(one, at: "log/\(number)") == .written)
        }
    }

    private func openDescriptors() -> Int {
        (0..<1024).count { fcntl($0, F_GETFD) >= 0 }
    }
}

/// Counts calls, so that a fault strikes at a given one.
final class CallCount: Sendable {
    private let count = Mutex(0)

    /// 1 for the first call.
    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}
