import DurableFiles
import Evidence
import Fixity
import Glibc

/// A staged file whose bytes on the disk were read again and are those that the source gave.
///
/// Only the read-back makes one, so that the compiler keeps unverified bytes out of the vault.
struct VerifiedCopy {
    let staged: StagedFile
    let digests: SourceDigests

    fileprivate init(staged: StagedFile, digests: SourceDigests) {
        (self.staged, self.digests) = (staged, digests)
    }
}

/// Reads what is on the disk, not what is in the cache, and compares it with what was read from the
/// source. One serves many files, one after the other.
final class ReadBack {
    private let buffer = TransferBuffer()

    /// - Throws: `write-failed` where the disk holds other bytes; the staged file is then never
    ///   sealed.
    func verify(
        _ staged: StagedFile, _ digests: SourceDigests, progress: (Int64) -> Void = { _ in }
    ) throws -> VerifiedCopy {
        staged.dropCache()
        staged.useDirectReads(true)
        defer { staged.useDirectReads(false) }
        var offset: Int64 = 0
        for expected in digests.blocks {
            let count = Int(min(Int64(TransferBuffer.capacity), digests.size - offset))
            try read(staged, count: count, at: offset)
            guard SHA256Digest.of(UnsafeRawBufferPointer(buffer.filled(count))) == expected else {
                throw VaultFailure(.writeFailed)
            }
            offset += Int64(count)
            progress(offset)
        }
        return VerifiedCopy(staged: staged, digests: digests)
    }

    /// Fills the buffer from the disk's sectors where the file system can, else past a dropped cache.
    private func read(_ staged: StagedFile, count: Int, at offset: Int64) throws {
        // Whole sectors are asked for even at the end, since O_DIRECT gives no less; not more, since
        // each page that is asked for costs.
        let wanted = (count + 4095) & ~4095
        var done = 0
        var mayBeDirect = true
        while done < count {
            let step = pread(
                staged.descriptor, buffer.memory.baseAddress?.advanced(by: done), wanted - done,
                off_t(offset) + done)
            if step < 0, errno == EINTR { continue }
            if step < 0, errno == EINVAL, mayBeDirect {
                // O_DIRECT is said to work and does not, or not from this odd offset.
                mayBeDirect = false
                staged.useDirectReads(false)
                continue
            }
            guard step > 0 else { throw VaultFailure(.writeFailed, errno: step < 0 ? errno : 0) }
            done += step
        }
    }
}
