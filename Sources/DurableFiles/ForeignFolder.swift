import CLinux
import Evidence
import Glibc

/// A folder that somebody brought: a stick, say. Nothing in it is believed; it is only read, and only
/// by names that the reader knows beforehand.
package final class ForeignFolder: Sendable {
    private let descriptor: CInt

    /// - Throws: where there is no such folder.
    package init(path: String) throws {
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw DurableFileFailure(errno: errno, operation: "open", place: "folder")
        }
    }

    deinit { close(descriptor) }

    /// The bytes of a regular file that stands beneath the folder; nil where none does. No symbolic
    /// link is followed, no other mount entered, and no device, pipe or socket waited for. Takes no
    /// more memory than the file has.
    ///
    /// - Throws: `too-long` where it has more than `limit`; what the medium says.
    package func read(_ place: String, limit: Int) throws -> [UInt8]? {
        let file = evidock_open_beneath(descriptor, place, 0)
        guard file >= 0 else {
            let failure = DurableFileFailure(errno: -file, operation: "openat2", place: place)
            if failure.code == "missing" { return nil }
            throw failure
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw DurableFileFailure(code: "not-a-file", operation: "fstat", place: place)
        }
        guard status.st_size <= limit else {
            throw DurableFileFailure(code: "too-long", operation: "fstat", place: place)
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var count = 0
        while count < bytes.count {
            let step = bytes.withUnsafeMutableBytes {
                pread(
                    file, $0.baseAddress?.advanced(by: count), $0.count - count, off_t(count))
            }
            if step < 0, errno == EINTR { continue }
            guard step >= 0 else {
                throw DurableFileFailure(errno: errno, operation: "pread", place: place)
            }
            if step == 0 { break }
            count += step
        }
        return Array(bytes[..<count])
    }
}
