import DurableFiles
package import Evidence
import Fixity
import Glibc

/// The vault for reading: finds an object, checks it, hands out a verified copy. It needs no lock
/// and works beside a running daemon.
package struct VaultReader: Sendable {
    let rootPaths: [String]
    let copies: String?

    /// - Parameters:
    ///   - rootPaths: the root and the further volumes.
    ///   - copies: the second copy's directory, where there is one.
    package init(rootPaths: [String], copies: String?) {
        (self.rootPaths, self.copies) = (rootPaths, copies)
    }

    /// The place of an object below a root or volume.
    package static func place(_ sha256: SHA256Digest, kind: String) -> String {
        let hex = sha256.hex
        return "vault/\(kind)/\(hex.prefix(2))/\(hex)"
    }

    /// The object's path. Throws `not-in-vault`.
    package func locate(_ sha256: SHA256Digest) throws -> String {
        for kind in Self.kinds {
            for root in rootPaths {
                let path = root + "/" + Self.place(sha256, kind: kind)
                if access(path, F_OK) == 0 { return path }
            }
        }
        throw VaultFailure(.notInVault)
    }

    static let kinds = ["footage", "partial"]

    static func open(_ path: String) throws -> CInt {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor < 0 else { return descriptor }
        switch errno {
        case EMFILE, ENFILE, ENOMEM: throw VaultFailure(.stopped, errno: errno)
        case ENOENT, ENOTDIR: throw VaultFailure(.notInVault, errno: errno)
        default: throw VaultFailure(.damagedObject, errno: errno)
        }
    }

    /// Whether the file at a place has those bytes, read from the disk. One that cannot be read is
    /// not sound; no descriptors or memory left says nothing, and is thrown.
    static func isSound(
        _ sha256: SHA256Digest, size: Int64?, at volume: DurableRoot, _ place: String
    ) throws -> Bool {
        let descriptor: CInt
        // Below the disk that was opened, not where its path leads by now.
        do { descriptor = try volume.open(place) } catch let failure as DurableFileFailure {
            let known = VaultFailure(failure)
            if known.reason == .stopped { throw known }
            return false
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, size == nil || Int64(status.st_size) == size else {
            return false
        }
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
        var hasher = SHA256Hasher()
        var pieces = PieceReading(descriptor: descriptor)
        while let bytes = pieces.next() { hasher.update(bytes) }
        let found = hasher.finalize()
        return !pieces.hasFailed && found == sha256
    }

    /// Copies an object out: the target appears whole and verified, or not at all.
    ///
    /// - Throws: `target-exists`, `target-failed`; `damaged-object` where neither the object nor a
    ///   second copy has the right bytes; `not-in-vault`.
    package func copyOut(_ sha256: SHA256Digest, size: Int64, to path: String) async throws {
        try await onOwnThread {
            let places = Self.kinds.map { Self.place(sha256, kind: $0) }
            var isThere = false
            for root in rootPaths + [copies].compactMap({ $0 }) {
                for place in places where access(root + "/" + place, F_OK) == 0 {
                    isThere = true
                    if try Self.copy(root + "/" + place, sha256, size: size, to: path) { return }
                }
            }
            throw VaultFailure(isThere ? .damagedObject : .notInVault)
        }
    }

    /// Lends every stored copy of an object, opened for reading and unchecked, until one is taken.
    ///
    /// - Returns: false where none was.
    package func lend(
        _ sha256: SHA256Digest, kinds: [String] = ["footage", "partial"],
        _ take: (CInt) throws -> Bool
    ) throws -> Bool {
        for root in rootPaths + [copies].compactMap({ $0 }) {
            for kind in kinds {
                let path = root + "/" + Self.place(sha256, kind: kind)
                guard access(path, F_OK) == 0 else { continue }
                let descriptor: CInt
                do { descriptor = try Self.open(path) } catch let failure as VaultFailure
                    where failure.reason != .stopped
                { continue }
                defer { close(descriptor) }
                if try take(descriptor) { return true }
            }
        }
        return false
    }

    /// False where the source's bytes are not the object's: nothing is left at the target.
    private static func copy(
        _ source: String, _ sha256: SHA256Digest, size: Int64, to path: String
    ) throws -> Bool {
        let descriptor: CInt
        do { descriptor = try open(source) } catch let failure as VaultFailure {
            if failure.reason == .stopped { throw failure }
            return false
        }
        defer { close(descriptor) }
        let target: OutgoingFile
        do {
            target = try OutgoingFile(path: path)
            var hasher = SHA256Hasher()
            var written: Int64 = 0
            var pieces = PieceReading(descriptor: descriptor)
            while let bytes = pieces.next() {
                hasher.update(bytes)
                try target.write(bytes)
                written += Int64(bytes.count)
            }
            guard !pieces.hasFailed, written == size, hasher.finalize() == sha256 else {
                return false
            }
            try target.publish()
            return true
        } catch let failure as DurableFileFailure {
            throw VaultFailure(
                failure.code == "exists" ? .targetExists : .targetFailed, errno: failure.errno)
        }
    }
}

/// A stored file, a piece at a time, from front to end.
struct PieceReading {
    let descriptor: CInt
    private let buffer = TransferBuffer()
    private var offset = 0
    /// The disk would not give the rest.
    private(set) var hasFailed = false

    init(descriptor: CInt) { self.descriptor = descriptor }

    /// The next piece, good until the next call; nil at the end or after a failure.
    mutating func next() -> UnsafeRawBufferPointer? {
        while true {
            let count = pread(
                descriptor, buffer.memory.baseAddress, buffer.memory.count, off_t(offset))
            if count < 0, errno == EINTR { continue }
            hasFailed = count < 0
            guard count > 0 else { return nil }
            offset += count
            return UnsafeRawBufferPointer(buffer.filled(count))
        }
    }
}

extension Vault {
    /// What reading a whole file gave.
    package struct WholeDigests: Sendable {
        package let sha256: SHA256Digest
        package let sm3: SM3Digest
        /// Only where it was asked for; empty else.
        package let md5: [UInt8]
        package let size: Int64
    }

    /// Both digests of a file somebody opened, read to its end. The descriptor stays open, but where
    /// it throws `source-gone` or `source-stalled` a read of it may still be under way.
    ///
    /// Cancelling the task ends it with `stopped`.
    package func digest(
        of descriptor: CInt, size: Int64, withMD5: Bool = false,
        isAlive: @escaping @Sendable () -> Bool = { true }
    ) async throws -> WholeDigests {
        let source = TransferSource(descriptor: descriptor, size: size, isAlive: isAlive)
        return try await digest(of: source, withMD5: withMD5).get()
    }

    func digest(
        of source: TransferSource, withMD5: Bool
    ) async -> Result<WholeDigests, VaultFailure> {
        await reading(isAlive: source.isAlive, failed: { .failure($0) }) { run in
            Result { () throws(VaultFailure) in
                var reading = try SourceReading(source, run: run)
                let (buffer, stream) = (TransferBuffer(), SM3Stream())
                var sha256 = SHA256Hasher()
                var md5 = MD5Hasher()
                var offset: Int64 = 0
                while offset < reading.size {
                    let filled = buffer.filled(
                        Int(min(Int64(TransferBuffer.capacity), reading.size - offset)))
                    try reading.fill(filled, at: offset)
                    let bytes = UnsafeRawBufferPointer(filled)
                    sha256.update(bytes)
                    stream.update(bytes)
                    if withMD5 { md5.update(bytes) }
                    offset += Int64(bytes.count)
                }
                try reading.finish()
                guard reading.unreadable.isEmpty else { throw VaultFailure(.sourceUnreadable) }
                let md5Digest = md5.finalize()
                return WholeDigests(
                    sha256: sha256.finalize(), sm3: stream.finish(),
                    md5: withMD5 ? md5Digest : [], size: offset)
            }
        }
    }

    /// Lends an open descriptor of an object; it is closed afterwards.
    package func withObject<Value: Sendable>(
        _ sha256: SHA256Digest, _ body: (CInt) async throws -> Value
    ) async throws -> Value {
        let descriptor = try VaultReader.open(try reader.locate(sha256))
        defer { close(descriptor) }
        return try await body(descriptor)
    }
}
