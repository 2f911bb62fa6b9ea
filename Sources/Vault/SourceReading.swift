import CLinux
import Evidence
import Glibc

/// Reads a recorder's file from front to end, and says exactly which bytes it could not have.
struct SourceReading {
    let source: TransferSource
    private let run: SourceRun?
    private let first: stat
    /// Ranges that could not be read, in order, to 4 KiB.
    private(set) var unreadable: [Range<Int64>] = []

    private var isDirect = false

    /// Bytes that are tried one piece at a time where a larger read failed.
    private static let pieceSize = 4096

    /// - Parameter run: that which can be given up while it reads; nil for a file of our own.
    init(_ source: TransferSource, run: SourceRun?) throws(VaultFailure) {
        (self.source, self.run) = (source, run)
        first = try Self.status(source, run)
    }

    var size: Int64 { Int64(first.st_size) }

    /// Tells the kernel that it is read from front to end (posix_fadvise(2)), past the cache where
    /// the file system can: nobody reads it a second time, and the copying costs.
    mutating func expectSequence() {
        posix_fadvise(source.descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
        isDirect = setDirect(true)
    }

    private func setDirect(_ isOn: Bool) -> Bool {
        clinux_set_direct(source.descriptor, isOn ? 1 : 0) == 0
    }

    /// Whether a read failed for being direct alone, which wants whole sectors: then it is read on as
    /// any other file is.
    private mutating func fallsBack(after count: Int) -> Bool {
        guard isDirect, count < 0, count != -Int(EINTR) else { return false }
        isDirect = false
        return setDirect(false)
    }

    private static func status(
        _ source: TransferSource, _ run: SourceRun?
    ) throws(VaultFailure) -> stat {
        func call() -> (stat, CInt) {
            var status = stat()
            return fstat(source.descriptor, &status) == 0 ? (status, 0) : (status, errno)
        }
        let (status, number) = if let run { try run.reading(call) } else { call() }
        guard number == 0 else {
            throw VaultFailure(
                try isAlive(source, run) ? .sourceUnreadable : .sourceGone, errno: number)
        }
        return status
    }

    /// Asking a recorder whether it is there may come back as little as a read.
    private static func isAlive(
        _ source: TransferSource, _ run: SourceRun?
    ) throws(VaultFailure) -> Bool {
        guard let run else { return source.isAlive() }
        return try run.reading(source.isAlive)
    }

    /// Bytes read, or the negative errno(3).
    private func read(
        _ buffer: UnsafeMutableRawBufferPointer, at offset: Int64
    ) throws(VaultFailure) -> Int {
        func call() -> Int { source.read(source.descriptor, buffer, offset) }
        guard let run else { return call() }
        return try run.reading(call)
    }

    /// Fills the buffer from that offset; bytes that cannot be had are zero and entered in
    /// ``unreadable``.
    ///
    /// - Throws: `source-gone`; `unstable` where the file is shorter than it was; `stopped`.
    mutating func fill(
        _ buffer: UnsafeMutableRawBufferPointer, at offset: Int64
    ) throws(VaultFailure) {
        var done = 0
        while done < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = try read(rest, at: offset + Int64(done))
            if count > 0 {
                done += count
            } else if count == 0 {
                throw VaultFailure(.unstable)
            } else if fallsBack(after: count) {
                continue
            } else if count != -Int(EINTR) {
                try check(Int32(-count))
                done += try fillPiece(rest, at: offset + Int64(done))
            }
        }
    }

    /// The bytes up to the next multiple of 4 KiB of the file, tried three times; what stays
    /// unreadable is zero.
    private mutating func fillPiece(
        _ buffer: UnsafeMutableRawBufferPointer, at offset: Int64
    ) throws(VaultFailure) -> Int {
        let toBoundary = Self.pieceSize - Int(offset % Int64(Self.pieceSize))
        let piece = UnsafeMutableRawBufferPointer(
            rebasing: buffer[..<min(toBoundary, buffer.count)])
        for _ in 0..<3 {
            let count = try read(piece, at: offset)
            if count == piece.count { return count }
            if count == 0 { throw VaultFailure(.unstable) }
            if count < 0, count != -Int(EINTR) { try check(Int32(-count)) }
        }
        piece.initializeMemory(as: UInt8.self, repeating: 0)
        enter(offset..<offset + Int64(piece.count))
        return piece.count
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
            guard try Self.isAlive(source, run) else {
                throw VaultFailure(.sourceGone, errno: number)
            }
        case ENODEV, ENXIO, ENOTCONN, ESTALE, ENOMEDIUM, ESHUTDOWN, ECONNABORTED, ETIMEDOUT:
            throw VaultFailure(.sourceGone, errno: number)
        default:
            throw VaultFailure(
                try Self.isAlive(source, run) ? .sourceUnreadable : .sourceGone, errno: number)
        }
    }

    /// Throws `unstable` where the file is not what it was when reading began: size, change times,
    /// or more bytes than there were.
    func finish() throws(VaultFailure) {
        let status = try Self.status(source, run)
        let beyond = try withUnsafeTemporaryByte { byte throws(VaultFailure) in
            try read(byte, at: size)
        }
        guard status.st_size == first.st_size, beyond <= 0,
            status.st_mtim.tv_sec == first.st_mtim.tv_sec,
            status.st_mtim.tv_nsec == first.st_mtim.tv_nsec,
            status.st_ctim.tv_sec == first.st_ctim.tv_sec,
            status.st_ctim.tv_nsec == first.st_ctim.tv_nsec
        else { throw VaultFailure(.unstable) }
    }

    private func withUnsafeTemporaryByte(
        _ body: (UnsafeMutableRawBufferPointer) throws(VaultFailure) -> Int
    ) throws(VaultFailure) -> Int {
        let byte = UnsafeMutableRawBufferPointer.allocate(byteCount: 1, alignment: 1)
        defer { byte.deallocate() }
        return try body(byte)
    }
}
