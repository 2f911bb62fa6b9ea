/// Base64 (RFC 4648 section 4): the standard alphabet, always padded.
package enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        let input = Array(bytes)
        var out: [UInt8] = []
        out.reserveCapacity((input.count + 2) / 3 * 4)
        for start in stride(from: 0, to: input.count, by: 3) {
            let rest = input.count - start
            let word =
                UInt32(input[start]) << 16 | (rest > 1 ? UInt32(input[start + 1]) << 8 : 0)
                | (rest > 2 ? UInt32(input[start + 2]) : 0)
            out.append(alphabet[Int(word >> 18)])
            out.append(alphabet[Int(word >> 12 & 63)])
            out.append(rest > 1 ? alphabet[Int(word >> 6 & 63)] : UInt8(ascii: "="))
            out.append(rest > 2 ? alphabet[Int(word & 63)] : UInt8(ascii: "="))
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// The bytes, or nil: white space, missing padding and non-zero bits left over are refused, so
    /// that one value has one spelling.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count % 4 == 0 else { return nil }
        var out: [UInt8] = []
        out.reserveCapacity(digits.count / 4 * 3)
        for start in stride(from: 0, to: digits.count, by: 4) {
            let isLast = start + 4 == digits.count
            var padding = 0
            if isLast {
                if digits[start + 3] == UInt8(ascii: "=") { padding = 1 }
                if padding == 1, digits[start + 2] == UInt8(ascii: "=") { padding = 2 }
            }
            var word: UInt32 = 0
            for digit in digits[start..<start + 4 - padding] {
                guard let value = value(of: digit) else { return nil }
                word = word << 6 | UInt32(value)
            }
            word <<= UInt32(6 * padding)
            let group = [
                UInt8(word >> 16), UInt8(truncatingIfNeeded: word >> 8),
                UInt8(truncatingIfNeeded: word),
            ]
            guard group[(3 - padding)...].allSatisfy({ $0 == 0 }) else { return nil }
            out += group[..<(3 - padding)]
        }
        return out
    }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case 0x41...0x5a: digit - 0x41
        case 0x61...0x7a: digit - 0x61 + 26
        case 0x30...0x39: digit - 0x30 + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
