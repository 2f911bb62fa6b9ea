package import Evidence
import Fixity
import Glibc

/// Bytes of an object that were found to be what was entered when it was taken: now, or within the last
/// minute.
package struct SoundSpan: Sendable {
    /// Of a copy, open for reading; whoever has it closes it.
    package let descriptor: CInt
    /// Of the first byte that is not among them.
    package let end: Int64
}

extension VaultReader {
    /// How many blocks a span may have that were looked at before.
    private static let spanBlocks = 8

    /// Opens the first copy of an object that still has those bytes, the second copy's disk last. The
    /// span is the rest of the block of its first byte, and of the blocks behind it as many as were found
    /// to be sound within the last minute. Blocks the caller.
    ///
    /// - Parameters:
    ///   - size: of the object.
    ///   - offset: of the first byte.
    ///   - digests: SHA-256 of each block of ``VaultedItem/blockSize`` bytes; the last may be shorter.
    /// - Throws: `damaged-object` where no copy has those bytes; `stopped` where the system is short of
    ///   descriptors.
    package func soundSpan(
        _ sha256: SHA256Digest, size: Int64, from offset: Int64, digests: [SHA256Digest],
        sound: SoundBlocks
    ) throws -> SoundSpan {
        let first = Int(offset / VaultedItem.blockSize)
        guard offset >= 0, offset < size, first < digests.count else {
            throw VaultFailure(.damagedObject)
        }
        var span: SoundSpan?
        _ = try lend(sha256) { descriptor in
            let file = SoundBlocks.File(descriptor)
            if !sound.has(file, first) {
                let begin = Int64(first) * VaultedItem.blockSize
                let length = Int(min(VaultedItem.blockSize, size - begin))
                guard Self.digest(descriptor, at: begin, length) == digests[first] else {
                    return false
                }
                sound.add(file, first)
            }
            var next = first + 1
            while next < min(digests.count, first + Self.spanBlocks), sound.has(file, next) {
                next += 1
            }
            let kept = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
            guard kept >= 0 else { throw VaultFailure(.stopped) }
            span = SoundSpan(
                descriptor: kept, end: min(size, Int64(next) * VaultedItem.blockSize))
            return true
        }
        guard let span else { throw VaultFailure(.damagedObject) }
        return span
    }

    /// Nil where there are not as many bytes.
    private static func digest(
        _ descriptor: CInt, at offset: Int64, _ length: Int
    ) -> SHA256Digest? {
        withUnsafeTemporaryAllocation(byteCount: 128 << 10, alignment: 64) { piece in
            var hasher = SHA256Hasher()
            var done = 0
            while done < length {
                let step = pread(
                    descriptor, piece.baseAddress, min(piece.count, length - done),
                    off_t(offset) + off_t(done))
                if step < 0, errno == EINTR { continue }
                guard step > 0 else { return nil }
                hasher.update(UnsafeRawBufferPointer(rebasing: piece[..<step]))
                done += step
            }
            return hasher.finalize()
        }
    }
}
