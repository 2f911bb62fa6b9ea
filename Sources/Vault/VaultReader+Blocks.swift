package import Evidence
import Fixity
import Glibc

extension VaultReader {
    /// A block of an object, read now and found to be what was entered when it was taken: from the
    /// first disk that still has it so, the second copy's last. Blocks the caller.
    ///
    /// - Parameters:
    ///   - size: of the object.
    ///   - index: of the block of ``VaultedItem/blockSize`` bytes; the last one may be shorter.
    ///   - digest: SHA-256 of the block.
    /// - Throws: `damaged-object` where no copy has those bytes; `stopped` where the system is short of
    ///   descriptors.
    package func block(
        of sha256: SHA256Digest, size: Int64, _ index: Int, digest: SHA256Digest
    ) throws -> [UInt8] {
        let offset = Int64(index) * VaultedItem.blockSize
        let count = Int(min(VaultedItem.blockSize, size - offset))
        guard index >= 0, count > 0 else { throw VaultFailure(.damagedObject) }
        var found: [UInt8] = []
        let isSound = try lend(sha256) { descriptor in
            var isWhole = true
            let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                filled = 0
                while filled < count {
                    let step = pread(
                        descriptor, buffer.baseAddress?.advanced(by: filled), count - filled,
                        off_t(offset) + off_t(filled))
                    if step < 0, errno == EINTR { continue }
                    guard step > 0 else { break }
                    filled += step
                }
                isWhole = filled == count
            }
            guard isWhole, SHA256Digest.of(bytes) == digest else { return false }
            found = bytes
            return true
        }
        guard isSound else { throw VaultFailure(.damagedObject) }
        return found
    }
}
