import Evidence
import Glibc

/// Reads a recorder's file from front to end, and says exactly which bytes it could not have.
struct SourceReading {
    let source: TransferSource
    private let first: stat
    /// Ranges that could not be read, in order, at multiples of 4 KiB.
    private(set) var unreadable: [Range<Int64>] = []

    /// Bytes that are tried one piece at a time where a larger read failed.
    private static let pieceSize = 4096

    init(_ source: TransferSource) throws(VaultFailure) {
        self.source = source
        var status = stat()
        guard fstat(source.descriptor, &status) == 0 else {
            throw VaultFailure(source.isAlive() ? .sourceUnreadable : .sourceGone, errno: errno)
        }
        first = status
    }

    var size: Int64 { Int64(first.st_size) }

    /// Fills the buffer from that offset; bytes that cannot be had are zero and entered in
    /// ``unreadable``.
    ///
    /// - Throws: `source-gone`; `unstable` where the file is shorter than it was.
    mutating func fill(
        _ buffer: UnsafeMutableRawBufferPointer, at offset: Int64
    ) throws(VaultFailure) {
        var done = 0
        while done < buffer.count {
            let count = pread(
                source.descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done,
                off_t(offset) + done)
            if count > 0 {
                done += count
            } else if count == 0 {
                throw VaultFailure(.unstable)
            } else if errno != EINTR {
                try check(errno)
                done += try fillByPieces(
                    UnsafeMutableRawBufferPointer(rebasing: buffer[done...]),
                    at: offset + Int64(done))
            }
        }
    }

    /// One piece after the other, each tried three times; what stays unreadable is zero.
    private mutating func fillByPieces(
        _ buffer: UnsafeMutableRawBufferPointer, at offset: Int64
    ) throws(VaultFailure) -> Int {
        var done = 0
        while done < buffer.count {
            // Pieces end at multiples of 4 KiB of the file, whatever the offset was.
            let toBoundary = Self.pieceSize - Int((offset + Int64(done)) % Int64(Self.pieceSize))
            let length = min(toBoundary, buffer.count - done)
            let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[done..<done + length])
            var isRead = false
            for _ in 0..<3 where !isRead {
                let count = pread(
                    source.descriptor, piece.baseAddress, length, off_t(offset) + done)
                if count == length {
                    isRead = true
                } else if count >= 0 {
                    throw VaultFailure(.unstable)
                } else if errno != EINTR {
                    try check(errno)
                }
            }
            if !isRead {
                piece.initializeMemory(as: UInt8.self, repeating: 0)
                enter(offset + Int64(done)..<offset + Int64(done + length))
            }
            done += length
        }
        return done
    }

    private mutating func enter(_ range: Range<Int64>) {
        if let last = unreadable.last, last.upperBound == range.lowerBound {
            unreadable[unreadable.count - 1] = last.lowerBound..<range.upperBound
        } else {
            unreadable.append(range)
        }
    }

    /// Whether a failed read says that the recorder is gone, or only that these bytes are bad.
    private func check(_ number: Int32) throws(VaultFailure) {
        switch number {
        case EIO, ENODATA, EILSEQ, EREMOTEIO:
            guard source.isAlive() else { throw VaultFailure(.sourceGone, errno: number) }
        case ENODEV, ENXIO, ENOTCONN, ESTALE, ENOMEDIUM, ESHUTDOWN, ECONNABORTED, ETIMEDOUT:
            throw VaultFailure(.sourceGone, errno: number)
        default:
            throw VaultFailure(
                source.isAlive() ? .sourceUnreadable : .sourceGone, errno: number)
        }
    }

    /// Throws `unstable` where the file is not what it was when reading began: size, change times,
    /// or more bytes than there were.
    func finish() throws(VaultFailure) {
        var status = stat()
        guard fstat(source.descriptor, &status) == 0 else {
            throw VaultFailure(source.isAlive() ? .sourceUnreadable : .sourceGone, errno: errno)
        }
        var byte: UInt8 = 0
        let beyond = pread(source.descriptor, &byte, 1, first.st_size)
        guard status.st_size == first.st_size, beyond <= 0,
            status.st_mtim.tv_sec == first.st_mtim.tv_sec,
            status.st_mtim.tv_nsec == first.st_mtim.tv_nsec,
            status.st_ctim.tv_sec == first.st_ctim.tv_sec,
            status.st_ctim.tv_nsec == first.st_ctim.tv_nsec
        else { throw VaultFailure(.unstable) }
    }
}
