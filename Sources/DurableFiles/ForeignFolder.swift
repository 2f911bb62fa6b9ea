import CLinux
import Evidence
import Glibc

/// A folder that somebody brought: a stick, a sealed bag. Nothing in it is believed; it is only read.
/// No symbolic link is followed, no other mount entered, no device, pipe or socket waited for.
package final class ForeignFolder: Sendable {
    let descriptor: CInt

    /// - Throws: where there is no such folder.
    package init(path: String) throws {
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw DurableFileFailure(errno: errno, operation: "open", place: "folder")
        }
    }

    deinit { close(descriptor) }

    /// The bytes of a regular file that stands beneath the folder; nil where none does. Takes no more
    /// memory than the file has.
    ///
    /// - Throws: `too-long` where it has more than `limit`; what the medium says.
    package func read(_ place: String, limit: Int) throws -> [UInt8]? {
        try lend(place) { file, size in
            guard size <= limit else {
                throw DurableFileFailure(code: "too-long", operation: "fstat", place: place)
            }
            var bytes = [UInt8](repeating: 0, count: size)
            var count = 0
            while count < bytes.count {
                let step = try bytes.withUnsafeMutableBytes {
                    try Self.read(
                        file, UnsafeMutableRawBufferPointer(rebasing: $0[count...]), at: count,
                        place)
                }
                if step == 0 { break }
                count += step
            }
            return Array(bytes[..<count])
        }
    }

    /// Gives a regular file's bytes piece by piece, from front to end, in one buffer of a mebibyte.
    ///
    /// - Returns: false where no such file stands beneath the folder.
    package func read(
        _ place: String, pieces: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Bool {
        try lend(place) { file, _ in
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
            defer { buffer.deallocate() }
            var offset = 0
            while true {
                let count = try Self.read(file, buffer, at: offset, place)
                if count == 0 { return true }
                try pieces(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                offset += count
            }
        } ?? false
    }

    /// Lends the open descriptor of a regular file and its size; nil where there is none.
    package func lend<Result>(
        _ place: String, _ use: (CInt, Int) throws -> Result
    ) throws -> Result? {
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
        return try use(file, Int(status.st_size))
    }

    private static func read(
        _ file: CInt, _ buffer: UnsafeMutableRawBufferPointer, at offset: Int, _ place: String
    ) throws -> Int {
        while true {
            let count = pread(file, buffer.baseAddress, buffer.count, off_t(offset))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw DurableFileFailure(errno: errno, operation: "pread", place: place)
            }
            return count
        }
    }
}
