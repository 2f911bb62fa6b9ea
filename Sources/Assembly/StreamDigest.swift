import Dispatch
import Evidence
import Fixity
import Glibc

/// Both digests of a file somebody gave us, read once from front to end.
enum StreamDigest {
    struct Found: Sendable {
        let sha256: SHA256Digest
        let sm3: SM3Digest
        let size: Int64
    }

    /// Reads on a thread of its own; throws where reading fails.
    static func of(_ descriptor: CInt) async throws -> Found {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try read(descriptor) })
            }
        }
    }

    private static func read(_ descriptor: CInt) throws -> Found {
        var sha256 = SHA256Hasher()
        var sm3 = SM3Hasher()
        var size: Int64 = 0
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw AssemblyFailure(.unreadableFile) }
            guard count > 0 else { break }
            let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            sha256.update(piece)
            sm3.update(piece)
            size += Int64(count)
        }
        return Found(sha256: sha256.finalize(), sm3: sm3.finalize(), size: size)
    }
}
