import Evidence
import Fixity
import Glibc

/// Reading what lies in the store, with calls of the auditor's own: it shares none with the writers.
enum StoredFile {
    enum Trouble: Error {
        case missing, unreadable, tooLong
    }

    /// The bytes of a regular file of at most `limit` bytes.
    static func bytes(_ path: String, limit: Int) throws(Trouble) -> [UInt8] {
        let descriptor = try open(path)
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable }
        guard status.st_size <= limit else { throw .tooLong }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(status.st_size))
        // A file that grows while it is read is no longer than it was.
        let isRead = pieces(of: descriptor) { if bytes.count <= limit { bytes += $0 } }
        guard isRead else { throw .unreadable }
        guard bytes.count <= limit else { throw .tooLong }
        return bytes
    }

    /// What a file's bytes give.
    struct Digests {
        var size: Int64
        var sha256: SHA256Digest
        var sm3: SM3Digest
        /// SHA-256 of the SHA-256 of every 1 MiB, one after the other.
        var blocks: SHA256Digest
    }

    /// Size and digests of a file, read from front to end.
    static func digests(_ path: String) throws(Trouble) -> Digests {
        let descriptor = try open(path)
        defer { close(descriptor) }
        let running = Running()
        guard pieces(of: descriptor, running.add) else { throw .unreadable }
        return running.finish()
    }

    /// The size of a regular file.
    static func size(_ path: String) throws(Trouble) -> Int64 {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw errno == ENOENT ? .missing : .unreadable }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .unreadable }
        return Int64(status.st_size)
    }

    /// Who may read, write and run a regular file: the nine bits; nil where there is none.
    static func mode(_ path: String) -> UInt32? {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return status.st_mode & 0o777
    }

    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    static func isReadableDirectory(_ path: String) -> Bool {
        guard isDirectory(path), let directory = opendir(path) else { return false }
        closedir(directory)
        return true
    }

    /// When a file was last changed or named, in seconds since 1970; nil where it is gone.
    static func changed(_ path: String) -> Int64? {
        var status = stat()
        return lstat(path, &status) == 0 ? Int64(status.st_ctim.tv_sec) : nil
    }

    /// Whether some process holds flock(2) on a file, as /proc/locks (proc(5)) has it. Asking so
    /// keeps nobody from taking it.
    static func isLocked(_ path: String) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0, let locks = text(of: "/proc/locks") else { return false }
        let inode = ":\(status.st_ino)"
        return locks.split(separator: "\n").contains { line in
            let fields = line.split(separator: " ")
            return fields.contains("FLOCK") && fields.contains { $0.hasSuffix(inode) }
        }
    }

    private static func text(of path: String) -> String? {
        guard let descriptor = try? open(path) else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        guard pieces(of: descriptor, { bytes += $0 }) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Names in a directory, in order; none where there is no such directory.
    static func names(_ path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { raw in
                String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    private final class Running {
        private var size: Int64 = 0
        private var sha256: SHA256Hasher? = SHA256Hasher()
        private var sm3: SM3Hasher? = SM3Hasher()
        private var block: SHA256Hasher? = SHA256Hasher()
        private var inBlock = 0
        private var blocks: SHA256Hasher? = SHA256Hasher()

        func add(_ bytes: UnsafeRawBufferPointer) {
            sha256?.update(bytes)
            sm3?.update(bytes)
            size += Int64(bytes.count)
            var rest = bytes[...]
            while !rest.isEmpty {
                let part = rest.prefix(Int(VaultedItem.blockSize) - inBlock)
                block?.update(UnsafeRawBufferPointer(rebasing: part))
                inBlock += part.count
                rest = rest.dropFirst(part.count)
                if inBlock == Int(VaultedItem.blockSize) { endBlock() }
            }
        }

        private func endBlock() {
            let digest = block.take()?.finalize()
            digest?.bytes.withUnsafeBytes { blocks?.update($0) }
            block = SHA256Hasher()
            inBlock = 0
        }

        func finish() -> Digests {
            if inBlock > 0 { endBlock() }
            let first = sha256.take()?.finalize()
            let second = sm3.take()?.finalize()
            let third = blocks.take()?.finalize()
            return Digests(
                size: size, sha256: first ?? .ofNothing,
                sm3: second ?? SM3Digest(words: (0, 0, 0, 0)), blocks: third ?? .ofNothing)
        }
    }

    private static func open(_ path: String) throws(Trouble) -> CInt {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { throw errno == ENOENT ? .missing : .unreadable }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .unreadable
        }
        // What is on the disk counts, not what is still in the cache.
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
        return descriptor
    }

    private static func pieces(
        of descriptor: CInt, _ body: (UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        while true {
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return count == 0 }
            body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}
