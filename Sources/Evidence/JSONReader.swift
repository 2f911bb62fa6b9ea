/// Reads JSON (RFC 8259) that somebody else may have spoiled: strict UTF-8, no duplicate keys, a
/// bounded depth, nothing after the value.
package struct JSONReader {
    /// Where reading stopped, and why.
    package struct Malformed: Error, Equatable {
        package let offset: Int
        package let problem: String
    }

    /// Deeper nesting than this is refused before the stack is at risk.
    package static let depthLimit = 64

    private let bytes: [UInt8]
    private var offset = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The value that these bytes are, whole.
    package static func value(of bytes: [UInt8]) throws(Malformed) -> JSONValue {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw Malformed(offset: 0, problem: "not valid UTF-8")
        }
        var reader = JSONReader(bytes)
        let value = try reader.readValue(depth: 0)
        reader.skipSpace()
        guard reader.offset == bytes.count else {
            throw Malformed(offset: reader.offset, problem: "text after the value")
        }
        return value
    }

    private func malformed(_ problem: String) -> Malformed {
        Malformed(offset: offset, problem: problem)
    }

    private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
            offset += 1
        }
    }

    private mutating func take(_ word: StaticString) throws(Malformed) {
        let count = word.utf8CodeUnitCount
        guard offset + count <= bytes.count,
            word.withUTF8Buffer({ $0.elementsEqual(bytes[offset..<offset + count]) })
        else { throw malformed("unknown word") }
        offset += count
    }

    private mutating func readValue(depth: Int) throws(Malformed) -> JSONValue {
        guard depth < Self.depthLimit else { throw malformed("nested too deeply") }
        skipSpace()
        guard let byte = current else { throw malformed("ends too early") }
        switch byte {
        case UInt8(ascii: "{"): return try readObject(depth: depth)
        case UInt8(ascii: "["): return try readArray(depth: depth)
        case UInt8(ascii: "\""): return .string(try readString())
        case UInt8(ascii: "t"):
            try take("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try take("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try take("null")
            return .null
        default: return try readNumber()
        }
    }

    private mutating func readObject(depth: Int) throws(Malformed) -> JSONValue {
        offset += 1
        var members: [String: JSONValue] = [:]
        skipSpace()
        if current == UInt8(ascii: "}") {
            offset += 1
            return .object(members)
        }
        while true {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw malformed("a key is missing") }
            let key = try readString()
            skipSpace()
            guard current == UInt8(ascii: ":") else { throw malformed("a colon is missing") }
            offset += 1
            let value = try readValue(depth: depth + 1)
            guard members.updateValue(value, forKey: key) == nil else {
                throw malformed("a key stands twice")
            }
            skipSpace()
            switch current {
            case UInt8(ascii: ","): offset += 1
            case UInt8(ascii: "}"):
                offset += 1
                return .object(members)
            default: throw malformed("a comma or } is missing")
            }
        }
    }

    private mutating func readArray(depth: Int) throws(Malformed) -> JSONValue {
        offset += 1
        var elements: [JSONValue] = []
        skipSpace()
        if current == UInt8(ascii: "]") {
            offset += 1
            return .array(elements)
        }
        while true {
            elements.append(try readValue(depth: depth + 1))
            skipSpace()
            switch current {
            case UInt8(ascii: ","): offset += 1
            case UInt8(ascii: "]"):
                offset += 1
                return .array(elements)
            default: throw malformed("a comma or ] is missing")
            }
        }
    }

    private mutating func readNumber() throws(Malformed) -> JSONValue {
        let start = offset
        while let byte = current, isNumberByte(byte) { offset += 1 }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        let leadingZero =
            digits.utf8.count > 1 && digits.hasPrefix("0") && !digits.hasPrefix("0.")
            && !digits.hasPrefix("0e") && !digits.hasPrefix("0E")
        guard let first = digits.utf8.first, (0x30...0x39).contains(first), !leadingZero else {
            throw Malformed(offset: start, problem: "not a JSON value")
        }
        if let integer = Int64(text) { return .integer(integer) }
        guard let decimal = Double(text), decimal.isFinite, !text.hasSuffix(".") else {
            throw Malformed(offset: start, problem: "not a number")
        }
        return .decimal(decimal)
    }

    private func isNumberByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }

    private mutating func readString() throws(Malformed) -> String {
        offset += 1
        var out: [UInt8] = []
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                offset += 1
                return String(decoding: out, as: UTF8.self)
            case UInt8(ascii: "\\"): try readEscape(into: &out)
            case 0..<0x20: throw malformed("a control character in a string")
            default:
                out.append(byte)
                offset += 1
            }
        }
        throw malformed("a string does not end")
    }

    private mutating func readEscape(into out: inout [UInt8]) throws(Malformed) {
        offset += 1
        guard let byte = current else { throw malformed("a string does not end") }
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
        case UInt8(ascii: "b"): out.append(0x08)
        case UInt8(ascii: "f"): out.append(0x0c)
        case UInt8(ascii: "n"): out.append(0x0a)
        case UInt8(ascii: "r"): out.append(0x0d)
        case UInt8(ascii: "t"): out.append(0x09)
        case UInt8(ascii: "u"):
            var scalar = try readCodeUnit()
            if (0xd800...0xdbff).contains(scalar) {
                guard current == UInt8(ascii: "\\") else {
                    throw malformed("half a surrogate pair")
                }
                offset += 1
                guard current == UInt8(ascii: "u") else { throw malformed("half a surrogate pair") }
                offset += 1
                let low = try readCodeUnit()
                guard (0xdc00...0xdfff).contains(low) else {
                    throw malformed("half a surrogate pair")
                }
                scalar = 0x10000 + (scalar - 0xd800) << 10 + (low - 0xdc00)
            }
            guard let unicode = Unicode.Scalar(scalar) else {
                throw malformed("half a surrogate pair")
            }
            out += Array(String(Character(unicode)).utf8)
        default: throw malformed("unknown escape")
        }
    }

    private mutating func readCodeUnit() throws(Malformed) -> UInt32 {
        guard offset + 4 <= bytes.count else { throw malformed("a string does not end") }
        var value: UInt32 = 0
        for digit in bytes[offset..<offset + 4] {
            guard let nibble = Hex.value(of: digit) else { throw malformed("not four hex digits") }
            value = value << 4 | UInt32(nibble)
        }
        offset += 4
        return value
    }
}
