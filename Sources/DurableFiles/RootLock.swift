import CLinux
import Evidence
import Glibc
import Synchronization

/// That this process alone writes to a root: flock(2) on `ROOT/lock`. The kernel gives it back when
/// the process ends, however it ends.
package final class RootLock: Sendable {
    private let descriptor: Mutex<CInt>

    private init(descriptor: CInt) { self.descriptor = Mutex(descriptor) }

    deinit { release() }

    /// Takes the lock at once or not at all.
    ///
    /// - Parameter note: what the file then says of the holder (its control socket).
    /// - Throws: `in-use` where another process holds it.
    package static func acquire(root: DurableRoot, note: String) throws -> RootLock {
        let descriptor = openat(
            root.descriptor, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else {
            throw DurableFileFailure(errno: errno, operation: "open", place: "lock")
        }
        guard clinux_flock_exclusive(descriptor) == 0 else {
            let number = errno
            close(descriptor)
            guard number == EWOULDBLOCK else {
                throw DurableFileFailure(errno: number, operation: "flock", place: "lock")
            }
            throw DurableFileFailure(code: "in-use", operation: "flock", place: "lock")
        }
        // The note only helps others to find us: it need not survive anything.
        let text = Array("\(getpid())\n\(note)\n".utf8)
        ftruncate(descriptor, 0)
        _ = text.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        return RootLock(descriptor: descriptor)
    }

    package func release() {
        descriptor.withLock { descriptor in
            if descriptor >= 0 {
                ftruncate(descriptor, 0)
                close(descriptor)
            }
            descriptor = -1
        }
    }

    /// What the holder wrote of itself; nil where it let go in order or said nothing. The note of one
    /// that was killed stays until the next holder comes.
    package static func note(rootPath: String) -> String? {
        let descriptor = open(rootPath + "/lock", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 else { return nil }
        let lines = String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n")
        return lines.count > 1 ? String(lines[1]) : nil
    }
}
