/// A 256-bit digest value, kept as four words so that a million of them stay small.
///
/// The two digests of the house are different types: a SHA-256 can never be compared with an SM3.
package protocol FixityDigest: Hashable, Sendable, Comparable, CustomStringConvertible {
    init(words: (UInt64, UInt64, UInt64, UInt64))
    var words: (UInt64, UInt64, UInt64, UInt64) { get }
}

extension FixityDigest {
    /// From exactly 32 bytes; nil for any other count.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        // Arrays and their slices: a million of them are read at a time.
        let read = bytes.withContiguousStorageIfAvailable { Self.init(at: 0, of: .init($0)) }
        self = read ?? Array(bytes).withUnsafeBytes { Self.init(at: 0, of: $0) }
    }

    /// From the 32 bytes at that place, which must be there.
    package init(at place: Int, of bytes: UnsafeRawBufferPointer) {
        precondition(place >= 0 && bytes.count - place >= 32, "32 bytes are wanted")
        func word(_ number: Int) -> UInt64 {
            UInt64(
                bigEndian: bytes.loadUnaligned(
                    fromByteOffset: place + 8 * number, as: UInt64.self))
        }
        self.init(words: (word(0), word(1), word(2), word(3)))
    }

    /// From exactly 64 hexadecimal digits; nil for anything else. Capitals are accepted.
    package init?(hex: some StringProtocol) {
        let digits = hex.utf8
        guard digits.count == 64 else { return nil }
        var words: [UInt64] = [0, 0, 0, 0]
        for (index, digit) in digits.enumerated() {
            guard let value = Hex.value(of: digit) else { return nil }
            words[index / 16] = words[index / 16] << 4 | UInt64(value)
        }
        self.init(words: (words[0], words[1], words[2], words[3]))
    }

    /// The 32 bytes, most significant first.
    package var bytes: [UInt8] {
        withUnsafeBytes(
            of: (
                words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian
            )
        ) { Array($0) }
    }

    /// 64 lower-case hexadecimal digits.
    package var hex: String { Hex.encode(bytes) }

    package var description: String { hex }

    package static func == (left: Self, right: Self) -> Bool { left.words == right.words }
    package static func < (left: Self, right: Self) -> Bool { left.words < right.words }

    package func hash(into hasher: inout Hasher) {
        // A digest is already evenly spread: one word of it is enough for a hash table.
        hasher.combine(words.0)
    }
}

/// SHA-256 (FIPS 180-4) of some bytes: the name of an object in the vault.
package struct SHA256Digest: FixityDigest {
    package let words: (UInt64, UInt64, UInt64, UInt64)

    package init(words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }

    /// SHA-256 of no bytes at all.
    package static let ofNothing = SHA256Digest(
        words: (
            0xe3b0_c442_98fc_1c14, 0x9afb_f4c8_996f_b924, 0x27ae_41e4_649b_934c,
            0xa495_991b_7852_b855
        ))
}

/// SM3 (GB/T 32905-2016) of some bytes: the national digest, entered beside SHA-256.
package struct SM3Digest: FixityDigest {
    package let words: (UInt64, UInt64, UInt64, UInt64)

    package init(words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }
}

/// Hexadecimal text.
package enum Hex {
    /// Lower-case digits, two a byte.
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        let digits: [UInt8] = Array("0123456789abcdef".utf8)
        var out: [UInt8] = []
        for byte in bytes {
            out.append(digits[Int(byte >> 4)])
            out.append(digits[Int(byte & 15)])
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// The bytes of an even number of digits; nil where there is anything else.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count % 2 == 0 else { return nil }
        var out: [UInt8] = []
        out.reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(of: digits[index]), let low = value(of: digits[index + 1])
            else { return nil }
            out.append(high << 4 | low)
        }
        return out
    }

    static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x61...0x66: digit - 0x61 + 10
        case 0x41...0x46: digit - 0x41 + 10
        default: nil
        }
    }
}
