import Foundation
import FoundationXML
import Testing

@testable import Portal

struct QRCodeTests {
    @Test("The module pattern is that of another encoder", arguments: QRCodeVector.all)
    func pattern(vector: QRCodeVector) throws {
        let code = try #require(QRCode(vector.bytes, level: vector.level, mask: vector.mask))
        #expect(code.size == 17 + 4 * vector.version)
        #expect(rows(of: code) == vector.rows)
    }

    @Test("The mask is the one of the lowest penalty", arguments: QRCodeVector.all)
    func mask(vector: QRCodeVector) throws {
        let penalties = try (0...7).map {
            try #require(QRCode(vector.bytes, level: vector.level, mask: $0)).penalty
        }
        #expect(penalties == vector.penalties)
        let code = try #require(QRCode(vector.bytes, level: vector.level))
        #expect(code.mask == vector.mask)
        #expect(code.penalty == vector.penalties.min())
        #expect(rows(of: code) == vector.rows)
    }

    /// Bytes that versions 1 to 20 hold: ISO/IEC 18004:2015, Table 7.
    static let capacities: [(QRCode.Level, [Int])] = [
        (
            .low,
            [
                17, 32, 53, 78, 106, 134, 154, 192, 230, 271, 321, 367, 425, 458, 520, 586, 644,
                718, 792, 858,
            ]
        ),
        (
            .medium,
            [
                14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504,
                560, 624, 666,
            ]
        ),
    ]

    @Test("The version is the lowest that holds the bytes", arguments: capacities)
    func version(level: QRCode.Level, capacities: [Int]) throws {
        var least = 0
        for (index, most) in capacities.enumerated() {
            for count in [least, most] {
                let bytes = [UInt8](repeating: 0xff, count: count)
                let code = try #require(QRCode(bytes, level: level, mask: 0))
                #expect(code.size == 21 + 4 * index)
            }
            least = most + 1
        }
    }

    @Test("What version 20 does not hold has no symbol", arguments: capacities)
    func tooLong(level: QRCode.Level, capacities: [Int]) throws {
        let most = try #require(capacities.last)
        for count in [most + 1, 70_000] {
            #expect(QRCode([UInt8](repeating: 0x41, count: count), level: level) == nil)
        }
    }

    @Test("Around the symbol everything is light")
    func outside() throws {
        let code = try #require(QRCode([]))
        #expect(code[0, 0] && code[20, 0] && code[0, 20])
        for (x, y) in [(-1, 0), (0, -1), (21, 0), (0, 21), (20, 21)] { #expect(!code[x, y]) }
    }

    @Test(
        "The picture shows the dark modules, each once, in a quiet zone",
        arguments: QRCodeVector.all)
    func picture(vector: QRCodeVector) throws {
        let code = try #require(QRCode(vector.bytes, level: vector.level))
        let elements = try elements(of: code.svg(label: "x"))
        let side = code.size + 8
        try #require(elements.map(\.name) == ["svg", "rect", "path"])
        #expect(elements.allSatisfy { $0.attributes["style"] == nil })
        #expect(
            elements[0].attributes == [
                "xmlns": "http://www.w3.org/2000/svg", "viewBox": "0 0 \(side) \(side)",
                "role": "img", "aria-label": "x", "shape-rendering": "crispEdges",
            ])
        #expect(
            elements[1].attributes == ["width": "\(side)", "height": "\(side)", "fill": "#fff"])
        #expect(elements[2].attributes["fill"] == "#000")

        var shown = Array(repeating: 0, count: side * side)
        var runs = 0
        let path = try #require(elements[2].attributes["d"])
        let run = /M([0-9]+) ([0-9]+)h([0-9]+)v1h-([0-9]+)z/
        for part in path.split(separator: "z") {
            let (_, x, y, width, back) = try #require(
                (part + "z").wholeMatch(of: run)
            ).output
            #expect(width == back)
            let start = try #require(Int(x)) + side * #require(Int(y))
            for place in try start..<(start + #require(Int(width))) { shown[place] += 1 }
            runs += 1
        }
        let dark = (0..<side * side).map { code[$0 % side - 4, $0 / side - 4] ? 1 : 0 }
        #expect(shown == dark)
        #expect(runs == dark.indices.count { dark[$0] == 1 && dark[$0 - 1] == 0 })
    }

    @Test(
        "The label is the one that was given",
        arguments: [
            ("", ""), ("\"><script>alert('&amp;')</script>", nil), ("扫码 🚓\t\r\n]]>", nil),
            ("a\0\u{1b}\u{ffff}b", "a\u{fffd}\u{fffd}\u{fffd}b"),
        ])
    func label(text: String, shown: String?) throws {
        let svg = try #require(QRCode([0x30])).svg(label: text)
        let elements = try elements(of: svg)
        try #require(elements.map(\.name) == ["svg", "rect", "path"])
        #expect(elements[0].attributes["aria-label"] == shown ?? text)
        #expect(!svg.contains("<script") && !svg.contains("'"))
    }

    /// The rows as hexadecimal numbers, the right-most module the least significant bit.
    private func rows(of code: QRCode) -> [String] {
        let digits = (code.size + 3) / 4
        return (0..<code.size).map { y in
            let row = (0..<code.size).reduce(UInt64(0)) { $0 << 1 | (code[$1, y] ? 1 : 0) }
            let text = String(row, radix: 16)
            return String(repeating: "0", count: digits - text.count) + text
        }
    }

    /// What a parser of XML finds in a document that is well formed.
    private func elements(of xml: String) throws -> [Elements.Element] {
        let parser = XMLParser(data: Data(xml.utf8))
        let elements = Elements()
        parser.delegate = elements
        #expect(parser.parse(), "\(String(describing: parser.parserError))")
        return elements.found
    }

    private final class Elements: NSObject, XMLParserDelegate {
        struct Element {
            let name: String
            let attributes: [String: String]
        }
        var found: [Element] = []

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
            qualifiedName: String?, attributes: [String: String]
        ) { found.append(Element(name: name, attributes: attributes)) }
    }
}

/// Symbols made by the Python package qrcode 8.2 (`QRData` of `MODE_8BIT_BYTE`, `mask_pattern` as
/// given): the rows for the mask of the lowest penalty. The penalties are what segno 1.6.6 gives
/// those symbols with each mask, its `mask_scores` summed. (segno's own symbols have a codeword 00
/// before the padding, and it chooses by symbols that have no format information yet.)
struct QRCodeVector: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let level: QRCode.Level
    let version: Int
    let mask: Int
    let penalties: [Int]
    let rows: [String]

    init(
        _ name: String, _ bytes: [UInt8], _ level: QRCode.Level, version: Int, mask: Int,
        penalties: [Int], rows: String
    ) {
        (testDescription, self.bytes, self.level) = (name, bytes, level)
        (self.version, self.mask, self.penalties) = (version, mask, penalties)
        self.rows = rows.split(whereSeparator: \.isWhitespace).map(String.init)
    }

    static let all = [
        QRCodeVector(
            "one byte", Array("?".utf8),
            .medium, version: 1, mask: 0,
            penalties: [958, 1085, 1020, 1009, 1030, 1040, 1076, 1037],
            rows: """
                1fc97f 105e41 17435d 17465d 17515d 104d41 1fd57f 000b00 154612 089846 027511 069445
                19d556 001aa9 1fcaed 1047b8 1756ed 174046 175511 104046 1fdd57
                """),
        QRCodeVector(
            "a URL", Array("https://dock.example:8450/pair?station=07&code=K7Q2-M9XD-4TRB".utf8),
            .medium, version: 4, mask: 0,
            penalties: [1373, 1536, 1387, 1431, 1567, 1602, 1483, 1719],
            rows: """
                1fcd2b67f 105a3ee41 174b5365d 17498045d 17504865d 10432bf41 1fd55557f 000b8bd00
                1541deb12 021d54ce3 0dcb840a7 1e152fc12 19cd01f6b 1139bc569 0cd51148f 143938852
                1e489d9c8 092d551e1 13f8d5047 1a842bcb1 116b42149 0c30f8943 14f9d05e7 08933ed90
                13728d9f2 001cdd319 1fc681f57 10441ad11 17536cdfa 1748cb51d 175d8421d 104fb9f12
                1fd8bc993
                """),
        QRCodeVector(
            "Chinese", Array("执法记录仪 采集站：请扫码".utf8),
            .medium, version: 3, mask: 6,
            penalties: [1289, 1449, 1323, 1281, 1341, 1353, 1259, 1279],
            rows: """
                1fd6fc7f 1051e941 175af95d 17425d5d 175dc55d 104ae741 1fd5557f 00047900 13fbf597
                13b5692c 04d55e11 0b897056 006dd191 0f2b2ccd 03cc49b6 012edaa3 08c005cf 19101029
                19eed896 1918bc71 1ac5b7fd 0016a910 1fde9555 1056a517 1752a1f9 17566d01 174e07af
                1043ac51 1fd506b8
                """),
        QRCodeVector(
            "version information", (0..<150).map { UInt8($0 * 41 % 256) },
            .low, version: 7, mask: 6,
            penalties: [2300, 2344, 2324, 2335, 2148, 2200, 2110, 2161],
            rows: """
                1fdc9614b17f 1040666b0a41 1743ac541a5d 17414cdc2b5d 17445dfaf75d 104321178041
                1fd55555557f 001b9b1bc300 1b45cbfbc841 1e975400a686 104daa3cd97f 15299a5be671
                0a7ec5da0cf3 16a518aff571 05fae10a7c89 14b99627b272 00e3029eb4bb 02aad37716fa
                1ced4fb023b5 169ca911a5d5 17f713f575f3 0b1fcd14e11c 1950cf5a275c 071d05145f11
                0bfd2ff83dfc 17897e605876 097f68dd2422 1da5a641e53d 03ee31e47c9d 028f3e0b9833
                17403a9a57f5 08b941ec7e59 0e658c6467f8 06ba47d6d021 017e06d7c901 0f2035d320a5
                135bb1f793f1 00112118911d 1fc0455b5f50 10443b1b3f15 175d87f76df6 175709907096
                1745f3530a5e 105170abeaf3 1fdf54ccad4c
                """),
        QRCodeVector(
            "two groups of blocks", (0..<200).map { UInt8(($0 * $0 + 7 * $0) % 256) },
            .medium, version: 10, mask: 4,
            penalties: [3109, 2910, 3057, 2988, 2903, 3130, 3304, 3070],
            rows: """
                1fd257f0209fe7f 104a045ad726241 1744b2c4afd5e5d 175346f28d6c25d 175838d7dcdba5d
                1051450c7a75c41 1fd55555555557f 001098646380900 1176153ff1b03f9 03968eb1edcb58a
                1aeb3737e3e96ca 0521e4a57f09359 1755bcdc63d678a 1d3fdd222807d07 07c6afb7f5162b8
                1a85b91ce3e34ec 00c5e6bc00f05f6 13a0e5a1f91ecde 0f41f577d3387df 02090e636a48e61
                08c0c4ed1784286 1d16b275b142357 1ad27aa7a414b89 14bd4f47c8e4269 04fce01e07e71a6
                1786194ca053d1f 07fe7867f632bfd 0b19d4b4635cd14 115f6f9d4281154 19114494741a51b
                05f40ebfee349fc 0a9aa11dc84c194 11f43f3b068231b 1d96ec162483bd3 14f33b478656beb
                0300b866b3ffb0c 1f7e2f5cb3f35df 0512714b600f4ef 1d5b35b2cee5a39 15b8725c2f0e8ec
                005c5f6b73d1503 072dfdbf7d069d0 09e698f7e017cba 01b9564ec4f5119 1e4990b676e41ed
                0437bc6de94eacd 14fa1b6a87ee46b 1f065f2c213a8f9 0047488fe4e47f0 001640047056d14
                1fdf64a56903f5d 104164d4548131c 175414d7c7913f2 174441617d96c47 1740dcbe971657c
                104664d291d9f7c 1fd8b38e259526d
                """),
    ]
}
