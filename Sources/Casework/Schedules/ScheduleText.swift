import Glibc

/// The text of a schedule file, whatever it is encoded in, in pieces of UTF-8.
///
/// A file with a byte order mark is what the mark says. Without one it is UTF-8 where all of it is,
/// else GB18030 where all of it is; but a file that is UTF-8 for several Chinese characters and
/// then breaks off is spoiled UTF-8, and is not read as anything else.
package struct ScheduleText: Sendable {
    package enum Encoding: String, Sendable, CaseIterable {
        case utf8 = "UTF-8"
        case utf8WithMark = "UTF-8 with BOM"
        case utf16LittleEndian = "UTF-16LE"
        case utf16BigEndian = "UTF-16BE"
        case gb18030 = "GB18030"
    }

    package static let sizeLimit = 1 << 30
    /// A piece is at most about this long.
    static let pieceSize = 1 << 16

    package let encoding: Encoding
    private let bytes: [UInt8]
    private let start: Int

    /// Finds the encoding. Whether GB18030 and UTF-16 really decode is seen by ``forEachPiece(_:)``.
    package init(_ bytes: [UInt8]) throws(ScheduleFailure) {
        guard bytes.count <= Self.sizeLimit else { throw ScheduleFailure(.tooLarge) }
        self.bytes = bytes
        if bytes.starts(with: [0xff, 0xfe]) {
            (encoding, start) = (.utf16LittleEndian, 2)
        } else if bytes.starts(with: [0xfe, 0xff]) {
            (encoding, start) = (.utf16BigEndian, 2)
        } else {
            let isMarked = bytes.starts(with: [0xef, 0xbb, 0xbf])
            start = isMarked ? 3 : 0
            do {
                _ = try UTF8Span(validating: bytes.span)
                encoding = isMarked ? .utf8WithMark : .utf8
            } catch {
                let offset = error.byteOffsets.lowerBound
                if isMarked || Self.isPlainlyUTF8(bytes[..<min(offset, bytes.count)]) {
                    throw ScheduleFailure(.encoding, line: Self.line(at: offset, in: bytes))
                }
                encoding = .gb18030
            }
        }
    }

    /// Three or more characters of three bytes: text in GB18030 does not happen upon them.
    private static func isPlainlyUTF8(_ bytes: ArraySlice<UInt8>) -> Bool {
        var count = 0
        for byte in bytes where (0xe0...0xef).contains(byte) {
            count += 1
            if count == 3 { return true }
        }
        return false
    }

    /// The line, from 1, in which the byte at this offset stands.
    static func line(at offset: Int, in bytes: [UInt8]) -> Int {
        var line = 1
        var last: UInt8 = 0
        for byte in bytes[..<min(offset, bytes.count)] {
            if byte == 0x0d || byte == 0x0a && last != 0x0d { line += 1 }
            last = byte
        }
        return line
    }

    /// Gives the text piece by piece, as valid UTF-8 without its byte order mark. A character is
    /// never divided between two pieces where the text had to be decoded.
    package func forEachPiece(
        _ take: (Span<UInt8>) throws(ScheduleFailure) -> Void
    ) throws(ScheduleFailure) {
        switch encoding {
        case .utf8, .utf8WithMark:
            var from = start
            while from < bytes.count {
                let end = min(from + Self.pieceSize, bytes.count)
                try take(bytes.span.extracting(from..<end))
                from = end
            }
        case .utf16LittleEndian, .utf16BigEndian, .gb18030:
            try decode(encoding.rawValue, take)
        }
    }

    /// iconv(3), strict: neither //TRANSLIT nor //IGNORE.
    private func decode(
        _ name: String, _ take: (Span<UInt8>) throws(ScheduleFailure) -> Void
    ) throws(ScheduleFailure) {
        guard let decoder = iconv_open("UTF-8", name), decoder != iconv_t(bitPattern: -1) else {
            throw ScheduleFailure(.decoderMissing)
        }
        defer { iconv_close(decoder) }
        var output = [UInt8](repeating: 0, count: Self.pieceSize)
        var offset = start
        // The lines of what was decoded: in UTF-16 the bytes themselves cannot be counted.
        var line = 1
        var last: UInt8 = 0
        while offset < bytes.count {
            let step = Self.convert(bytes, from: offset, into: &output, with: decoder)
            for byte in output[..<step.written] {
                if byte == 0x0d || byte == 0x0a && last != 0x0d { line += 1 }
                last = byte
            }
            if step.written > 0 { try take(output.span.extracting(0..<step.written)) }
            offset = step.offset
            switch step.error {
            case 0: break
            case E2BIG where step.written > 0: break
            default: throw ScheduleFailure(.encoding, line: line)
            }
        }
    }

    private static func convert(
        _ bytes: [UInt8], from offset: Int, into output: inout [UInt8], with decoder: iconv_t
    ) -> (offset: Int, written: Int, error: CInt) {
        let capacity = output.count
        return bytes.withUnsafeBytes { source in
            output.withUnsafeMutableBytes { target in
                // iconv(3) does not write to its input, though its type would let it.
                var from = UnsafeMutableRawPointer(mutating: source.baseAddress)?
                    .advanced(by: offset).assumingMemoryBound(to: CChar.self)
                var left = source.count - offset
                var to = target.baseAddress?.assumingMemoryBound(to: CChar.self)
                var room = capacity
                let result = iconv(decoder, &from, &left, &to, &room)
                let error = result == Int(bitPattern: UInt.max) ? errno : 0
                return (source.count - left, capacity - room, error)
            }
        }
    }
}
