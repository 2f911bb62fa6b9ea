import Evidence
import EvidenceTestKit
import Testing

@Suite("Canonical JSON (RFC 8785)")
struct JSONWriterTests {
    @Test("The RFC's own example, without its decimals, comes out byte for byte")
    func rfcExample() throws {
        // RFC 8785 section 3.2.3: the sorting example, keys by UTF-16 code units.
        let value: JSONValue = [
            "\u{20ac}": "Euro Sign", "\r": "Carriage Return",
            "\u{fb33}": "Hebrew Letter Dalet With Dagesh",
            "1": "One", "\u{1f600}": "Emoji: Grinning Face", "\u{80}": "Control",
            "\u{f6}": "Latin Small Letter O With Diaeresis",
        ]
        let text = String(decoding: try JSONWriter.canonical(value), as: UTF8.self)
        #expect(
            text
                == #"{"\r":"Carriage Return","1":"One",""# + "\u{80}" + #"":"Control",""# + "\u{f6}"
                + #"":"Latin Small Letter O With Diaeresis",""# + "\u{20ac}" + #"":"Euro Sign",""#
                + "\u{1f600}" + #"":"Emoji: Grinning Face",""# + "\u{fb33}"
                + #"":"Hebrew Letter Dalet With Dagesh"}"#)
    }

    @Test("Strings are escaped in the shortest way")
    func escapes() throws {
        // RFC 8785 section 3.2.2: the string of the example.
        let value = JSONValue.string("\u{20ac}$\u{f}\nA'B\"\\\\\"/")
        #expect(
            String(decoding: try JSONWriter.canonical(value), as: UTF8.self)
                == "\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"")
    }

    @Test("Decimals and integers beyond 2^53 are refused")
    func refusals() {
        #expect(throws: JSONWriter.Refusal.decimal) { try JSONWriter.canonical(.decimal(1.5)) }
        #expect(throws: JSONWriter.Refusal.integerBeyond2To53((1 << 53) + 1)) {
            try JSONWriter.canonical([.integer((1 << 53) + 1)])
        }
        #expect(throws: Never.self) { try JSONWriter.canonical(.integer(-(1 << 53))) }
    }

    @Test("What was written is read back equal, whatever it holds", arguments: 0..<200)
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let value = JSONValue.random(depth: 4, using: &random)
        let bytes = try JSONWriter.canonical(value)
        #expect(try JSONReader.value(of: bytes) == value)
        #expect(try JSONWriter.canonical(JSONReader.value(of: bytes)) == bytes)
    }
}

@Suite("Reading JSON that may be spoiled")
struct JSONReaderTests {
    @Test(
        "Malformed text is refused",
        arguments: [
            "", "{", "}", "[1,]", "[1", "{\"a\":1,}", "{\"a\" 1}", "{a:1}", "\"\\x\"",
            "\"\\ud800\"",
            "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\n\"", "01", "+1", ".5", "1.", "--1", "tru",
            "nul",
            "1 2", "{\"a\":1}x", "{\"a\":1,\"a\":2}", "\"abc", "[\"\\u12\"]", "1e999",
        ])
    func malformed(text: String) {
        #expect(throws: JSONReader.Malformed.self) { try JSONReader.value(of: Array(text.utf8)) }
    }

    @Test("Bytes that are not UTF-8 are refused")
    func notUTF8() {
        #expect(throws: JSONReader.Malformed.self) {
            try JSONReader.value(of: [0x22, 0xff, 0x22])
        }
    }

    @Test("A nest of a million brackets is refused, not followed")
    func deep() {
        let bytes = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
        #expect(throws: JSONReader.Malformed.self) { try JSONReader.value(of: bytes) }
    }

    @Test("Surrogate pairs and escapes are decoded")
    func escapes() throws {
        let read = try JSONReader.value(of: Array(#""\ud83d\ude00\u00e9\/\t""#.utf8))
        #expect(read == .string("\u{1f600}\u{e9}/\t"))
    }
}

extension JSONValue {
    static func random(depth: Int, using random: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .integer(Int64.random(in: -(1 << 53)...(1 << 53), using: &random))
        case 3, 4: return .string(String.random(using: &random))
        case 5:
            return .array(
                (0..<Int.random(in: 0..<5, using: &random)).map { _ in
                    .random(depth: depth - 1, using: &random)
                })
        default:
            var members: [String: JSONValue] = [:]
            for _ in 0..<Int.random(in: 0..<5, using: &random) {
                members[.random(using: &random)] = .random(depth: depth - 1, using: &random)
            }
            return .object(members)
        }
    }
}

extension String {
    static func random(using random: inout SeededGenerator) -> String {
        let scalars = (0..<Int.random(in: 0..<12, using: &random)).compactMap { _ in
            Unicode.Scalar(UInt32.random(in: 0...0x10ffff, using: &random))
        }
        return String(String.UnicodeScalarView(scalars))
    }
}
