import CLinux
import Evidence
import Glibc

/// A file under way in `staging/`: it has no name that anybody trusts, and is removed unless it is
/// published.
package final class StagedFile {
    /// -1 while it is closed for now.
    package private(set) var descriptor: CInt
    let name: String
    // Held so that the directory it is relative to stays open.
    private let root: DurableRoot
    var isPublished = false

    init(root: DurableRoot, name: String, mode: UInt32) throws {
        let descriptor = openat(
            root.descriptor, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else {
            throw DurableFileFailure(errno: errno, operation: "open", place: "staging")
        }
        (self.descriptor, self.name, self.root) = (descriptor, name, root)
    }

    deinit {
        closeForNow()
        if !isPublished { unlinkat(root.descriptor, name, 0) }
    }

    /// Gives its descriptor back while others of its group are written.
    package func closeForNow() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    /// Opens it for reading after ``closeForNow()``.
    package func reopen() throws {
        guard descriptor < 0 else { return }
        descriptor = openat(root.descriptor, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            throw DurableFileFailure(errno: errno, operation: "open", place: "staging")
        }
    }

    /// Writes all of it at that offset: short writes go on, EINTR is tried again, and what O_DIRECT
    /// does not take goes through the cache.
    package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws {
        var sent = 0
        var mayBeDirect = true
        while sent < bytes.count {
            let count = root.calls.write(
                descriptor, UnsafeRawBufferPointer(rebasing: bytes[sent...]), offset + Int64(sent))
            if count == -Int(EINTR) { continue }
            if count == -Int(EINVAL), mayBeDirect {
                useDirectWrites(false)
                mayBeDirect = false
                continue
            }
            guard count > 0 else {
                throw DurableFileFailure(
                    errno: count == 0 ? EIO : Int32(-count), operation: "pwrite", place: "staging")
            }
            sent += count
        }
    }

    /// Writes past the cache from now on, or no longer (O_DIRECT, open(2)). False where the file
    /// system does not know it.
    @discardableResult
    package func useDirectWrites(_ isOn: Bool) -> Bool {
        clinux_set_direct(descriptor, isOn ? 1 : 0) == 0
    }

    /// Reads past the cache from now on, or no longer.
    @discardableResult
    package func useDirectReads(_ isOn: Bool) -> Bool { useDirectWrites(isOn) }

    /// What was synced is read from the disk next time, not from the cache.
    package func dropCache() { _ = clinux_drop_cache(descriptor) }

    /// The bytes that were written can be read: a write that lied is seen here.
    package func checkBytes(_ bytes: [UInt8]) throws {
        var found = [UInt8](repeating: 0, count: bytes.count)
        var count = 0
        while count < bytes.count {
            let step = found.withUnsafeMutableBytes {
                pread(
                    descriptor, $0.baseAddress?.advanced(by: count), $0.count - count, off_t(count))
            }
            if step < 0, errno == EINTR { continue }
            guard step > 0 else { break }
            count += step
        }
        guard found == bytes else {
            throw DurableFileFailure(code: "lying-write", operation: "pwrite", place: "staging")
        }
    }

    /// A write that claimed more than it did is seen here.
    package func checkSize(_ size: Int64) throws {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw DurableFileFailure(errno: errno, operation: "fstat", place: "staging")
        }
        guard Int64(status.st_size) == size else {
            throw DurableFileFailure(code: "lying-write", operation: "pwrite", place: "staging")
        }
    }

    /// Everything written is on the disk, and the file is exactly that long. A failed fsync is
    /// final: the file must be thrown away (fsync(2) on Linux reports an error once).
    package func sync(size: Int64) throws {
        try checkSize(size)
        try root.sync(descriptor, place: "staging")
    }
}
