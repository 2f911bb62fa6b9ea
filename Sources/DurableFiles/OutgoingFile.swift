import CLinux
import Evidence
import Glibc

/// A file that leaves the store: it appears under its name whole and synced, or not at all.
package final class OutgoingFile {
    private let path: String
    private let temporary: String
    private let descriptor: CInt
    private var isPublished = false

    /// Nothing may stand at the path; its directory must be there.
    package init(path: String) throws {
        var status = stat()
        guard lstat(path, &status) != 0 else {
            throw DurableFileFailure(errno: EEXIST, operation: "open", place: "target")
        }
        temporary = path + ".evidock-\(getpid())"
        descriptor = open(
            temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw DurableFileFailure(errno: errno, operation: "open", place: "target")
        }
        self.path = path
    }

    deinit {
        close(descriptor)
        if !isPublished { unlink(temporary) }
    }

    /// Appends all of it.
    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        var sent = 0
        while sent < bytes.count {
            let count = Glibc.write(
                descriptor, bytes.baseAddress?.advanced(by: sent), bytes.count - sent)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw DurableFileFailure(
                    errno: count == 0 ? EIO : errno, operation: "write", place: "target")
            }
            sent += count
        }
    }

    /// Synced and under its name when it returns; what appeared there meanwhile is not overwritten.
    package func publish() throws {
        guard fsync(descriptor) == 0 else {
            throw DurableFileFailure(errno: errno, operation: "fsync", place: "target")
        }
        guard clinux_rename_noreplace(AT_FDCWD, temporary, AT_FDCWD, path) == 0 else {
            throw DurableFileFailure(errno: errno, operation: "renameat2", place: "target")
        }
        isPublished = true
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return }
        // A file system that cannot sync a directory still holds a whole, synced file.
        fsync(directory)
        close(directory)
    }
}
