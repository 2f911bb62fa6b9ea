import CLinux
import Glibc

/// The calls by which bytes get to the disk. Always the kernel's own, except in tests, which put one
/// fault between.
package struct DiskCalls: Sendable {
    /// pwrite(2): bytes written, or the negative errno(3).
    package var write: @Sendable (CInt, UnsafeRawBufferPointer, Int64) -> Int
    /// fsync(2) of a file or directory: 0, or the negative errno(3).
    package var sync: @Sendable (CInt) -> CInt
    /// syncfs(2): 0, or the negative errno(3).
    package var syncFileSystem: @Sendable (CInt) -> CInt

    package static let kernel = DiskCalls(
        write: { descriptor, bytes, offset in
            let count = pwrite(descriptor, bytes.baseAddress, bytes.count, off_t(offset))
            return count < 0 ? -Int(errno) : count
        },
        sync: { fsync($0) == 0 ? 0 : -errno },
        syncFileSystem: { clinux_syncfs($0) == 0 ? 0 : -errno })
}

/// The syncs of a group of files on one file system.
///
/// The kernel tells an open file of an error once (syncfs(2)): two groups that shared one descriptor
/// could take each other's errors away. Each has its own, opened before its first write.
package final class GroupSync {
    private let descriptor: CInt
    private let calls: DiskCalls

    package init(root: DurableRoot) throws {
        descriptor = openat(root.descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw DurableFileFailure(errno: errno, operation: "open", place: ".")
        }
        calls = root.calls
    }

    deinit { close(descriptor) }

    /// Everything written to this file system is on the disk. An error since it was opened is
    /// thrown, whichever file it was about.
    package func sync() throws {
        let outcome = calls.syncFileSystem(descriptor)
        guard outcome == 0 else {
            throw DurableFileFailure(errno: -outcome, operation: "syncfs", place: ".")
        }
    }
}
