package import Evidence
import Fixity

/// Codes by time (TOTP, RFC 6238): SHA-1, six digits, 30 seconds, as every authenticator program
/// has them.
package enum OneTimeCode {
    static let secretWidth = 20
    private static let seconds: Int64 = 30

    /// The step of a moment.
    static func step(at time: Timestamp) -> Int64 { time.milliseconds / 1000 / seconds }

    /// The code of a step (RFC 4226 section 5.3).
    package static func code(_ secret: [UInt8], step: Int64) -> String {
        let counter = (0..<8).map { UInt8(truncatingIfNeeded: step >> (56 - 8 * $0)) }
        let digest = KeyedDigest.sha1(key: secret, message: counter)
        guard digest.count == 20 else { return "" }
        let offset = Int(digest[19] & 0x0f)
        let word = digest[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } & 0x7fff_ffff
        let digits = String(word % 1_000_000)
        return String(repeating: "0", count: 6 - digits.count) + digits
    }

    package static func code(_ secret: [UInt8], at time: Timestamp) -> String {
        code(secret, step: step(at: time))
    }

    /// The step whose code was typed: of this moment, or the one before or after. Nil for none, and
    /// for one that is not later than the last used.
    static func stepOf(
        _ typed: String, _ secret: [UInt8], at time: Timestamp, after last: Int64
    ) -> Int64? {
        let wanted = Array(typed.filter { !$0.isWhitespace }.utf8)
        let now = step(at: time)
        return (now - 1...now + 1).first {
            Secret.areEqual(Array(code(secret, step: $0).utf8), wanted) && $0 > last
        }
    }

    /// What authenticator programs read (the otpauth address of Google Authenticator's key format).
    package static func address(_ secret: [UInt8], account: String, station: String) -> String {
        let label = escaped(station) + ":" + escaped(account)
        return "otpauth://totp/\(label)?secret=\(Base32.encode(secret))&issuer=\(escaped(station))"
    }

    /// Percent-encoding (RFC 3986) of all but unreserved characters.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            let sign = Unicode.Scalar(byte)
            if ("a"..."z").contains(sign) || ("A"..."Z").contains(sign)
                || ("0"..."9").contains(sign) || "-._~".unicodeScalars.contains(sign)
            {
                result.unicodeScalars.append(sign)
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return result
    }
}

/// Base32 (RFC 4648 section 6) without padding.
package enum Base32 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")

    package static func encode(_ bytes: [UInt8]) -> String {
        var (text, word, bits) = ("", 0, 0)
        for byte in bytes {
            word = word << 8 | Int(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(alphabet[word >> bits & 31])
            }
            word &= (1 << bits) - 1
        }
        if bits > 0 { text.append(alphabet[word << (5 - bits) & 31]) }
        return text
    }

    /// Nil where the text is not the Base32 of anything.
    package static func decode(_ text: String) -> [UInt8]? {
        var (bytes, word, bits) = ([UInt8](), 0, 0)
        for sign in text {
            guard let value = alphabet.firstIndex(of: sign) else { return nil }
            word = word << 5 | value
            bits += 5
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(word >> bits & 0xff))
            }
            word &= (1 << bits) - 1
        }
        return word == 0 && bits < 5 ? bytes : nil
    }
}
