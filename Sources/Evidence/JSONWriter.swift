/// Writes JSON: the canonical form that leaves and records are hashed in, and lines for machines.
package enum JSONWriter {
    /// What the canonical form cannot hold.
    package enum Refusal: Error, Equatable {
        case decimal
        case integerBeyond2To53(Int64)
    }

    /// The RFC 8785 form: no white space, keys in the order of their UTF-16 code units, strings
    /// with the shortest escapes. Integers beyond 2^53 and decimals are refused (I-JSON, RFC 7493).
    package static func canonical(_ value: JSONValue) throws(Refusal) -> [UInt8] {
        var out: [UInt8] = []
        try write(value, into: &out, canonical: true)
        return out
    }

    /// One line for machines: as the canonical form, with decimals allowed.
    package static func line(_ value: JSONValue) -> String {
        var out: [UInt8] = []
        // Only the canonical form refuses anything.
        try? write(value, into: &out, canonical: false)
        return String(decoding: out, as: UTF8.self)
    }

    private static func write(
        _ value: JSONValue, into out: inout [UInt8], canonical: Bool
    ) throws(Refusal) {
        switch value {
        case .null: out += "null".utf8
        case .bool(let flag): out += (flag ? "true" : "false").utf8
        case .integer(let number):
            if canonical, number.magnitude > 1 << 53 { throw .integerBeyond2To53(number) }
            out += String(number).utf8
        case .decimal(let number):
            if canonical { throw .decimal }
            out += text(of: number).utf8
        case .string(let text): write(text, into: &out)
        case .array(let elements):
            out.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                try write(element, into: &out, canonical: canonical)
            }
            out.append(UInt8(ascii: "]"))
        case .object(let members):
            out.append(UInt8(ascii: "{"))
            let keys = members.keys.sorted { $0.utf16.lexicographicallyPrecedes($1.utf16) }
            for (index, key) in keys.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                write(key, into: &out)
                out.append(UInt8(ascii: ":"))
                try write(members[key] ?? .null, into: &out, canonical: canonical)
            }
            out.append(UInt8(ascii: "}"))
        }
    }

    private static func text(of number: Double) -> String {
        guard number.isFinite else { return "null" }
        if number == number.rounded(), number.magnitude < 1e15 { return String(Int64(number)) }
        return String(number)
    }

    private static func write(_ text: String, into out: inout [UInt8]) {
        var text = text
        out.append(UInt8(ascii: "\""))
        text.withUTF8 { utf8 in
            // All that needs no escape goes in one piece.
            var plain = 0
            for (place, byte) in utf8.enumerated()
            where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                out += utf8[plain..<place]
                out += escape(byte)
                plain = place + 1
            }
            out += utf8[plain...]
        }
        out.append(UInt8(ascii: "\""))
    }

    private static func escape(_ byte: UInt8) -> [UInt8] {
        switch byte {
        case UInt8(ascii: "\""): [0x5c, 0x22]
        case UInt8(ascii: "\\"): [0x5c, 0x5c]
        case 0x08: Array("\\b".utf8)
        case 0x09: Array("\\t".utf8)
        case 0x0a: Array("\\n".utf8)
        case 0x0c: Array("\\f".utf8)
        case 0x0d: Array("\\r".utf8)
        default: Array(("\\u00" + Hex.encode([byte])).utf8)
        }
    }
}
