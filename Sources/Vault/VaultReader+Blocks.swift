package import Evidence
import Fixity
import Glibc

extension VaultReader {
    /// Fills the buffer with bytes of an object, of one block of ``VaultedItem/blockSize`` bytes that was
    /// found to be what was entered when it was taken: now, or within the last minute. From the first
    /// disk that still has it so, the second copy's last. Blocks the caller.
    ///
    /// - Parameters:
    ///   - size: of the object.
    ///   - offset: of the first byte; the buffer must not reach beyond its block.
    ///   - digests: SHA-256 of each block; the last one may be shorter.
    /// - Throws: `damaged-object` where no copy has those bytes; `stopped` where the system is short of
    ///   descriptors.
    package func read(
        _ sha256: SHA256Digest, size: Int64, at offset: Int64, digests: [SHA256Digest],
        sound: SoundBlocks, into buffer: UnsafeMutableRawBufferPointer
    ) throws {
        let index = Int(offset / VaultedItem.blockSize)
        guard offset >= 0, index < digests.count else { throw VaultFailure(.damagedObject) }
        let begin = Int64(index) * VaultedItem.blockSize
        let length = Int(min(VaultedItem.blockSize, size - begin))
        guard length > 0, Int(offset - begin) + buffer.count <= length else {
            throw VaultFailure(.damagedObject)
        }
        let isSound = try lend(sha256) { descriptor in
            let place = SoundBlocks.Place(descriptor, index)
            if let place, sound.has(place) { return Self.fill(buffer, descriptor, at: offset) }
            guard buffer.count < length else {
                return Self.fill(buffer, descriptor, at: begin)
                    && SHA256Digest.of(UnsafeRawBufferPointer(buffer)) == digests[index]
                    && sound.added(place)
            }
            return withUnsafeTemporaryAllocation(byteCount: length, alignment: 64) { whole in
                guard Self.fill(whole, descriptor, at: begin),
                    SHA256Digest.of(UnsafeRawBufferPointer(whole)) == digests[index]
                else { return false }
                let part = Int(offset - begin)
                buffer.copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: whole[part..<(part + buffer.count)]))
                return sound.added(place)
            }
        }
        guard isSound else { throw VaultFailure(.damagedObject) }
    }

    /// Whether as many bytes could be read.
    private static func fill(
        _ buffer: UnsafeMutableRawBufferPointer, _ descriptor: CInt, at offset: Int64
    ) -> Bool {
        var filled = 0
        while filled < buffer.count {
            let step = pread(
                descriptor, buffer.baseAddress?.advanced(by: filled), buffer.count - filled,
                off_t(offset) + off_t(filled))
            if step < 0, errno == EINTR { continue }
            guard step > 0 else { return false }
            filled += step
        }
        return true
    }
}

extension SoundBlocks {
    fileprivate func added(_ place: Place?) -> Bool {
        if let place { add(place) }
        return true
    }
}
