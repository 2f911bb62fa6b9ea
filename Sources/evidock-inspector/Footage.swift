import Glibc

/// The one file a reader may read: a borrowed descriptor of known size, by pread(2) alone.
///
/// Everything in it is hostile. A read beyond the end, or of a part that the disk cannot give, is
/// short, never an error.
final class Footage {
    let descriptor: CInt
    /// Bytes, as fstat(2) said before the cage closed.
    let size: Int64

    private var window: [UInt8]
    private var windowStart: Int64 = 0
    private var windowCount = 0

    init(descriptor: CInt, size: Int64) {
        (self.descriptor, self.size) = (descriptor, size)
        window = [UInt8](repeating: 0, count: 16_384)
    }

    /// Reads straight into the buffer; the count of bytes that came.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) -> Int {
        guard let base = buffer.baseAddress, offset >= 0 else { return 0 }
        var done = 0
        while done < buffer.count {
            let came = pread(descriptor, base + done, buffer.count - done, off_t(offset) + done)
            if came < 0 && errno == EINTR { continue }
            guard came > 0 else { break }
            done += came
        }
        return done
    }

    /// Up to `count` bytes from there on: fewer at the end of the file.
    func bytes(at offset: Int64, count: Int) -> [UInt8] {
        guard offset >= 0, offset < size, count > 0 else { return [] }
        let wanted = Int(min(Int64(count), size - offset))
        return [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
            filled = read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
        }
    }

    /// Exactly these bytes, or nil. For small reads one beside another: kept in a window.
    func exactly(_ count: Int, at offset: Int64) -> ArraySlice<UInt8>? {
        guard offset >= 0, count >= 0, count <= window.count, offset <= size - Int64(count) else {
            return nil
        }
        if offset < windowStart || offset + Int64(count) > windowStart + Int64(windowCount) {
            windowCount = window.withUnsafeMutableBytes { read(into: $0, at: offset) }
            windowStart = offset
        }
        let start = Int(offset - windowStart)
        guard start + count <= windowCount else { return nil }
        return window[start..<start + count]
    }

    func big32(at offset: Int64) -> UInt32? { exactly(4, at: offset)?.bigEndian() }
    func big64(at offset: Int64) -> UInt64? { exactly(8, at: offset)?.bigEndian() }
    func little32(at offset: Int64) -> UInt32? { exactly(4, at: offset)?.littleEndian() }
    func little64(at offset: Int64) -> UInt64? { exactly(8, at: offset)?.littleEndian() }
}

extension Collection<UInt8> {
    func bigEndian<Number: FixedWidthInteger & UnsignedInteger>() -> Number {
        reduce(0) { $0 << 8 | Number($1) }
    }

    func littleEndian<Number: FixedWidthInteger & UnsignedInteger>() -> Number {
        reversed().reduce(0) { $0 << 8 | Number($1) }
    }
}

/// Four characters, as containers name their parts: `moov`, `RIFF`.
struct FourCharacters: Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    let code: UInt32

    init(code: UInt32) { self.code = code }

    init(stringLiteral text: StaticString) {
        code = text.withUTF8Buffer { $0.prefix(4).bigEndian() }
    }

    /// Letters and digits as they are, `.` for everything else.
    var description: String {
        var text = ""
        for shift in [24, 16, 8, 0] as [UInt32] {
            let byte = UInt8(truncatingIfNeeded: code >> shift)
            text.unicodeScalars.append((0x21...0x7e).contains(byte) ? Unicode.Scalar(byte) : ".")
        }
        return text
    }
}
