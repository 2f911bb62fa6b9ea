import Casework
import Evidence
import EvidenceTestKit
import Testing

@Suite("Case numbers")
struct CaseNumberTests {
    @Test(
        "Every way of writing it reads to the one form",
        arguments: [
            "（2019）闽06执123号", "(2019)闽06执123号", "〔2019〕闽06执123号", "[2019]闽06执123", "【2019】閩06執123號",
            "2019闽06执123", "2019年闽06执123号", "（２０１９）闽０６执１２３号", " ( 2019 ) 闽 06 执 123 号 ",
            "（2019)闽06执第123号", "(2019)闽06执00123号", "\u{feff}(2019)\u{3000}闽06\u{a0}执\u{200b}123号",
            "(2019)闽06执字第123号", "案号：（2019）闽06执123号", "（2019闽06执123", "（二〇一九）闽06执123号",
            "二○一九年閩06執123號",
        ])
    func spellings(text: String) throws {
        #expect(try CaseNumber(reading: text).description == "（2019）闽06执123号")
    }

    @Test(
        "A suffix in every spelling",
        arguments: [
            "号之一", "号之1", "号-1", "之一号", "-1号", "-1", "之一", "号（之一）", "號之壹", "号—01", " 号 － １",
        ])
    func suffixes(text: String) throws {
        let number = try CaseNumber(reading: "(2019)闽06执恢123" + text)
        #expect(number.description == "（2019）闽06执恢123号之一")
        #expect(number.suffix == 1)
    }

    @Test(
        "Courts that do not follow the pattern",
        arguments: [
            ("(2020)最高法执监12号", "最高法", "执监"), ("(2020)最高法知民终12号", "最高法知", "民终"),
            ("(2021)闽执复7", "闽", "执复"), ("(2012)漳执字第45号", "漳", "执字"),
            ("(2012)漳执行字第45号", "漳", "执行字"), ("(2021)沪7101执1号", "沪7101", "执"),
            ("(2021)兵0801执保1号", "兵0801", "执保"),
        ])
    func specialCourts(text: String, court: String, type: String) throws {
        let number = try CaseNumber(reading: text)
        #expect(number.court == court)
        #expect(number.type == type)
    }

    @Test(
        "What is no case number says why and where",
        arguments: [
            ("", CaseNumberFault.Code.empty, nil as Int?), (" \u{3000}", .empty, nil),
            ("闽06执123", .yearMissing, 1), ("(19)闽06执123", .yearMissing, 2),
            ("(0000)闽06执1", .yearOutOfRange, 2), ("(2019)06执123", .courtMissing, 7),
            ("(2019)闽06", .typeMissing, 8), ("(2019)闽06执", .numberMissing, 11),
            ("(2019)闽06执0号", .numberOutOfRange, 11),
            ("(2019)闽06执9999999999号", .numberOutOfRange, 11),
            ("(2019)闽06执123号之甲", .suffix, 16), ("(2019)闽06执123号附件", .textAfterwards, 15),
            ("=cmd|' /C calc'!A0", .yearMissing, 1), ("(2019)闽06执$3", .character, 11),
            (String(repeating: "闽", count: 200), .tooLong, nil),
        ])
    func faults(text: String, code: CaseNumberFault.Code, position: Int?) {
        let fault = #expect(throws: CaseNumberFault.self) { try CaseNumber(reading: text) }
        #expect(fault?.code == code)
        #expect(fault?.position == position)
    }

    @Test("Sorted by year, court, type, number and suffix")
    func order() throws {
        let sorted = [
            "(2018)闽0602执999", "(2019)闽06执2", "(2019)闽06执10", "(2019)闽06执10之一", "(2019)闽06执10之二",
            "(2019)闽06执10之十", "(2019)闽06执11", "(2019)闽06执恢1", "(2019)闽0602执1",
        ]
        let numbers = try sorted.map { try CaseNumber(reading: $0) }
        #expect(numbers.shuffled().sorted() == numbers)
        #expect(numbers.map(\.sortKey).shuffled().sorted() == numbers.map(\.sortKey))
        #expect(numbers[3].withoutSuffix == numbers[2])
    }

    @Test("Chinese ordinals from 1 to 999 come back")
    func ordinals() throws {
        for value in 1...999 {
            let number = try CaseNumber(reading: "(2019)闽06执1号之\(value)")
            #expect(number.suffix == value)
            #expect(try CaseNumber(reading: number.description) == number)
        }
        for text in ["十十", "百", "一十百", "零", "一百百", "二三四五"] {
            #expect(throws: CaseNumberFault.self) {
                try CaseNumber(reading: "(2019)闽06执1号之\(text)")
            }
        }
    }

    @Test(
        "Random spellings of random numbers read to the same form",
        arguments: [1, 2, 3] as [UInt64])
    func randomSpellings(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<3000 {
            let spelt = RandomCaseNumber(using: &random)
            let text = spelt.spelling(using: &random)
            let number = try CaseNumber(reading: text)
            #expect(number.description == spelt.stored, "\(text)")
            #expect(try CaseNumber(reading: number.description) == number)
        }
    }

    @Test("The order is total, and the same whichever way it is asked")
    func totalOrder() throws {
        var random = SeededGenerator(seed: 9)
        let numbers = try (0..<60).map { _ in
            try CaseNumber(reading: RandomCaseNumber(using: &random).stored)
        }
        for a in numbers {
            for b in numbers {
                #expect([a < b, b < a, a == b].count(where: { $0 }) == 1)
                #expect((a < b) == (a.sortKey < b.sortKey))
                for c in numbers where a < b && b < c { #expect(a < c) }
            }
        }
    }

    @Test("Random garbage is refused or comes back the same, and never ends the program")
    func garbage() {
        var random = SeededGenerator(seed: 4)
        let likely = Array("（2019）()闽06执恢字第123号之一-年案:=+\u{0}\u{200b}𠀀é第最高法".unicodeScalars)
        for round in 0..<20_000 {
            let count = Int.random(in: 0...40, using: &random)
            let text: String
            if round.isMultiple(of: 2) {
                let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
                text = String(decoding: bytes, as: UTF8.self)
            } else {
                var view = String.UnicodeScalarView()
                if round % 4 == 1 { view.append(contentsOf: "(2019)闽".unicodeScalars) }
                for _ in 0..<count { view.append(likely.randomElement(using: &random) ?? "0") }
                text = String(view)
            }
            _ = CaseNumberQuery(text)
            guard let number = try? CaseNumber(reading: text) else { continue }
            #expect((try? CaseNumber(reading: number.description)) == number, "\(text)")
        }
    }
}

@Suite("Parts of case numbers")
struct CaseNumberQueryTests {
    private func finds(_ part: String, _ text: String) throws -> Bool {
        let query = try #require(CaseNumberQuery(part))
        return query.accepts(try CaseNumber(reading: text))
    }

    @Test(
        "A part finds the number",
        arguments: [
            "执123", "2019执", "闽06", "（2019）闽06执123", "123号", "123", "2019", "(2019)", "06执123",
            "執 123",
            "闽", "执", "2019 123", "2019闽", "闽06执", "第123号", "闽06 123", "2019年", "１２３",
            "2019闽06执123号",
        ])
    func found(part: String) throws {
        #expect(try finds(part, "（2019）闽06执123号"))
    }

    @Test(
        "A part that says something else does not",
        arguments: [
            "执12", "执1234", "2018执", "闽0602", "（2019）闽06执恢123", "12号", "恢123", "闽05", "06执124",
            "(2018)", "23号", "123号之一", "闽执123",
        ])
    func notFound(part: String) throws {
        #expect(try !finds(part, "（2019）闽06执123号"))
    }

    @Test("Resumed cases, basic courts and suffixes by their parts")
    func otherParts() throws {
        #expect(try finds("2019执", "（2019）闽06执恢5号"))
        #expect(try finds("恢5", "（2019）闽06执恢5号"))
        #expect(try finds("恢", "（2019）闽06执恢5号"))
        #expect(try finds("闽06", "（2019）闽0602执5号"))
        #expect(try !finds("闽06执", "（2019）闽0602执5号"))
        #expect(try finds("5号之二", "（2019）闽0602执5号之二"))
        #expect(try finds("5-2", "（2019）闽0602执5号之二"))
        #expect(try finds("之二", "（2019）闽0602执5号之二"))
        #expect(try finds("闽执复7", "（2021）闽执复7号"))
    }

    @Test(
        "What no case number has is not looked for as one",
        arguments: ["", " ", "!", "a@b", "执%", "-"])
    func noParts(text: String) { #expect(CaseNumberQuery(text) == nil) }

    @Test("A part of a few signs has few patterns, however it is built")
    func bounded() {
        for text in ["1 1 1 1 1", "闽 06 执 1 1", "1执1执1", "0 闽 0 执 0"] {
            #expect((CaseNumberQuery(text)?.patterns.count ?? 0) < 40)
        }
    }
}

@Suite("Tables of courts and types")
struct CaseTableTests {
    @Test("The built-in tables know Zhangzhou, its two codes for one court, and the types")
    func builtIn() throws {
        let (courts, types) = (try CourtTable.builtIn(), try CaseTypeTable.builtIn())
        #expect(courts.court("闽06")?.level == .intermediate)
        #expect(courts.isSame("闽0681", "闽0604"))
        #expect(courts.isSame("闽0625", "闽0605"))
        #expect(!courts.isSame("闽0602", "闽0603"))
        let longhai = try CaseNumber(reading: "2019闽0681执恢7之二")
        #expect(
            courts.numbers(alongside: longhai).map(\.description) == [
                "（2019）闽0681执恢7号之二", "（2019）闽0604执恢7号之二",
            ])
        #expect(courts.court(named: "漳州市中级人民法院")?.codes == ["闽06"])
        #expect(courts.courts.compactMap(\.parent).allSatisfy { courts.court($0) != nil })
        #expect(types.type("执恢")?.isEnforcement == true)
        #expect(types.type("民初")?.isEnforcement == false)
        let known = try CaseNumber(reading: "2019闽06执1")
        #expect(known.warnings(courts: courts, types: types).isEmpty)
        let unknown = try CaseNumber(reading: "2019沪7101特1")
        #expect(unknown.warnings(courts: courts, types: types).count == 2)
    }

    @Test("A site's own table stands over the built-in one")
    func ownTable() throws {
        let own = #"{"courts":[{"codes":["闽06"],"zh":"甲","level":"special"}]}"#
        let courts = try CourtTable(json: Array(own.utf8), over: .builtIn())
        #expect(courts.court("闽06")?.name.chinese == "甲")
        #expect(courts.court("闽0602") != nil)
    }

    @Test(
        "A table of the wrong shape is refused with the place",
        arguments: [
            "", "[]", "{}", #"{"courts":1}"#, #"{"courts":[1]}"#, #"{"courts":[{"codes":[]}]}"#,
            #"{"courts":[{"codes":["a"],"zh":"b","level":"c"}]}"#,
            #"{"courts":[{"codes":["a","a"],"zh":"b","level":"basic"}]}"#,
        ])
    func wrongShape(json: String) {
        #expect(throws: TableFault.self) { try CourtTable(json: Array(json.utf8)) }
    }
}
