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
/// source.
enum ReadBack {
    /// - Throws: `write-failed` where the disk holds other bytes; the staged file is then never
    ///   sealed.
    static func verify(
        _ staged: StagedFile, _ digests: SourceDigests, progress: (Int64) -> Void = { _ in }
    ) throws -> VerifiedCopy {
        staged.dropCache()
        let isDirect = staged.useDirectWrites(true)
        defer { if isDirect { staged.useDirectWrites(false) } }
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: TransferBuffer.capacity, alignment: 4096)
        defer { buffer.deallocate() }
        var offset: Int64 = 0
        for expected in digests.blocks {
            let count = Int(min(Int64(buffer.count), digests.size - offset))
            try read(staged, buffer, count: count, at: offset)
            guard SHA256Digest.of(UnsafeRawBufferPointer(rebasing: buffer[..<count])) == expected
            else { throw VaultFailure(.writeFailed) }
            offset += Int64(count)
            progress(offset)
        }
        return VerifiedCopy(staged: staged, digests: digests)
    }

    /// The disk's bytes, from its sectors where the file system can.
    private static func read(
        _ staged: StagedFile, _ buffer: UnsafeMutableRawBufferPointer, count: Int, at offset: Int64
    ) throws {
        var done = 0
        var mayBeDirect = true
        while done < count {
            // Whole sectors are asked for even at the end: O_DIRECT gives no less.
            let step = pread(
                staged.descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done,
                off_t(offset) + done)
            if step < 0, errno == EINTR { continue }
            if step < 0, errno == EINVAL, staged.useDirectWrites(false), mayBeDirect {
                // It said it could read past the cache and cannot: the cache was dropped before.
                mayBeDirect = false
                continue
            }
            guard step > 0 else { throw VaultFailure(.writeFailed, errno: step < 0 ? errno : 0) }
            done += step
            // After a short read O_DIRECT would not take the odd offset.
            if done < count, done % 4096 != 0 { staged.useDirectWrites(false) }
        }
    }
}
