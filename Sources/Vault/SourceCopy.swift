import Dispatch
import DurableFiles
import Evidence
import Fixity
import Glibc
import Synchronization

/// What one pass over a source gave: digests of what was read, and where it could not be read.
struct SourceDigests: Sendable {
    var sha256: SHA256Digest
    var sm3: SM3Digest
    var size: Int64
    var blocks: [SHA256Digest]
    var probe: SHA256Digest
    var unreadable: [Range<Int64>]
}

/// Copies one large source into a staged file in one read: this thread reads and makes SHA-256, one
/// writes, and one, shared by all transfers, makes SM3.
final class SourceCopy {
    private var reading: SourceReading
    private let staged: StagedFile
    private let lanes: SM3Lane?
    private let progress: (Int64) -> Void
    private let writer: DispatchQueue?
    private let writeError = Mutex<DurableFileFailure?>(nil)

    /// - Parameters:
    ///   - lanes: nil for all work on the caller's thread.
    ///   - progress: told the bytes read so far.
    init(
        reading: SourceReading, staged: StagedFile, lanes: SM3Lane?,
        progress: @escaping (Int64) -> Void
    ) {
        (self.reading, self.staged, self.lanes, self.progress) = (reading, staged, lanes, progress)
        writer = lanes == nil ? nil : DispatchQueue(label: "evidock.vault.writer")
    }

    /// Reads to the end; every byte is written and digested when it returns, not yet synced.
    func run() throws -> SourceDigests {
        let size = reading.size
        lanes?.begin()
        defer { lanes?.end() }
        let ring = BufferRing(count: writer == nil ? 1 : 4)
        let stream = SM3Stream()
        var whole = SHA256Hasher()
        var probe = ProbeHasher(size: size)
        var blocks: [SHA256Digest] = []
        var offset: Int64 = 0
        staged.useDirectWrites(true)
        reading.expectSequence()
        while offset < size {
            let buffer = ring.next()
            if let failure = writeError.withLock({ $0 }) { throw VaultFailure(failure) }
            let count = Int(min(Int64(TransferBuffer.capacity), size - offset))
            let filled = buffer.filled(count)
            try reading.fill(filled, at: offset)
            let bytes = UnsafeRawBufferPointer(filled)
            pass(buffer, bytes, at: offset, to: stream)
            whole.update(bytes)
            blocks.append(SHA256Digest.of(bytes))
            probe.update(bytes, at: offset)
            offset += Int64(count)
            progress(offset)
        }
        ring.drain()
        if let failure = writeError.withLock({ $0 }) { throw VaultFailure(failure) }
        try reading.finish()
        return SourceDigests(
            sha256: whole.finalize(), sm3: stream.finish(), size: size, blocks: blocks,
            probe: probe.finalize(), unreadable: reading.unreadable)
    }

    private func pass(
        _ buffer: TransferBuffer, _ bytes: UnsafeRawBufferPointer, at offset: Int64,
        to stream: SM3Stream
    ) {
        guard let lanes, let writer else {
            write(bytes, at: offset)
            stream.update(bytes)
            return
        }
        buffer.readers.enter()
        buffer.readers.enter()
        nonisolated(unsafe) let (copy, held, piece) = (self, buffer, bytes)
        // The buffer is not filled again, and the copy not left, before both have left the buffer.
        lanes.add(stream, bytes) { held.readers.leave() }
        writer.async {
            copy.write(piece, at: offset)
            held.readers.leave()
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) {
        do {
            // O_DIRECT takes whole sectors only; the tail of a file is not one.
            if bytes.count % 4096 != 0 { staged.useDirectWrites(false) }
            try staged.write(bytes, at: offset)
        } catch let failure as DurableFileFailure {
            writeError.withLock { $0 = $0 ?? failure }
        } catch {
            writeError.withLock {
                $0 = $0 ?? DurableFileFailure(errno: EIO, operation: "pwrite", place: "staging")
            }
        }
    }
}

/// SHA-256 of the first, middle and last 64 KiB, gathered while all of it passes by.
struct ProbeHasher: ~Copyable {
    private var hasher = SHA256Hasher()
    private let ranges: [Range<Int64>]

    init(size: Int64) { ranges = VaultedItem.probeRanges(size: size) }

    mutating func update(_ bytes: UnsafeRawBufferPointer, at offset: Int64) {
        let span = offset..<offset + Int64(bytes.count)
        for range in ranges {
            let common = range.clamped(to: span)
            guard !common.isEmpty else { continue }
            hasher.update(
                UnsafeRawBufferPointer(
                    rebasing: bytes[
                        Int(common.lowerBound - offset)..<Int(common.upperBound - offset)]))
        }
    }

    consuming func finalize() -> SHA256Digest { hasher.finalize() }
}
