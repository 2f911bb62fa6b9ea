import Casework
import Evidence
import EvidenceTestKit
import Testing

@Suite("Large and spoiled schedules")
struct LargeScheduleTests {
    private static let header = "编号,案号,类别,执行人员,记录仪,计划开始,计划结束,地点\n"

    private static func row(_ index: Int) -> String {
        let day = index % 28 + 1
        return "R\(index),（2019）闽06执\(index / 3 + 1)号,搜查,张三、李四,DSJ-\(index % 500),"
            + "2019-08-\(day) 9:30,2019年8月\(day)日 11时,某路\(index)号\n"
    }

    @Test("100,000 rows are accounted for one by one")
    func manyRows() throws {
        var bytes = Array(Self.header.utf8)
        for index in 0..<100_000 {
            bytes.append(contentsOf: (index % 1000 == 999 ? "x,,,,,,,\n" : Self.row(index)).utf8)
        }
        let reader = try ScheduleReader(courts: try .builtIn(), types: try .builtIn())
        var lastLine = 1
        var outOfOrder = 0
        let summary = try reader.read(bytes) { verdict in
            if verdict.line != lastLine + 1 { outOfOrder += 1 }
            lastLine = verdict.line
        }
        #expect(outOfOrder == 0)
        #expect(lastLine == 100_001)
        #expect(summary.duties == 99_900)
        #expect(summary.refused == 100)
        #expect(summary.rows == 100_000)
    }

    @Test("Cells of random numbers and marks never end the program", arguments: [1, 2] as [UInt64])
    func randomCells(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let marks = [
            "年", "月", "日", "时", "上午", "晚上", "-", "/", ".", ":", " ", "+", "T", "°", "米", "周六", "e",
        ]
        func cell() -> String {
            (0..<Int.random(in: 1...9, using: &random)).map { _ in
                if Bool.random(using: &random) { return marks.randomElement(using: &random) ?? "" }
                let digits = Int.random(in: 1...18, using: &random)
                return String(
                    String(UInt64.random(in: 0...UInt64.max, using: &random)).prefix(digits))
            }.joined()
        }
        let headers = ["日期", "计划开始", "计划结束", "实际开始", "实际结束", "纬度", "经度", "半径", "案号", "执行人员", "记录仪"]
        for _ in 0..<300 {
            let header = headers.randomElement(using: &random) ?? ""
            let schedule = try Schedule.duty([header: cell()])
            #expect(schedule.summary.rows == 1)
        }
    }

    @Test(
        "Numbers without end are refused",
        arguments: [
            "999999999999999", "99999999999999999999999", "0.99999999999999999999", "-", ".",
            "1.2.3",
        ])
    func longNumbers(text: String) throws {
        for cells in [["纬度": text, "经度": "1"], ["半径": text]] {
            let schedule = try Schedule.duty(cells)
            #expect(schedule.verdicts.count == 1)
        }
        let json =
            #"{"duties": [{"案号": "2019闽06执1", "类别": "搜查", "执行人员": "张三", "计划开始": "2019-08-10 09:30", "radius": "#
            + "4000000000000000}]}"
        #expect(try Schedule(json).refusals.map(\.field) == ["radius"])
    }

    @Test(
        "A schedule with spoiled bytes is refused or accounted for", arguments: [1, 2] as [UInt64])
    func spoiled(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let good = Array((Self.header + (0..<20).map(Self.row).joined()).utf8)
        let marks = Array("\",\n\r\t;=+@\u{0}（号年:-0".utf8) + [0xff, 0x80, 0xe6]
        for _ in 0..<400 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let place = bytes.indices.randomElement(using: &random) ?? 0
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = marks.randomElement(using: &random) ?? 0
                case 1: bytes.insert(marks.randomElement(using: &random) ?? 0, at: place)
                default: bytes.remove(at: place)
                }
            }
            guard let schedule = try? Schedule(bytes) else { continue }
            #expect(schedule.summary.rows == schedule.verdicts.count)
            #expect(schedule.verdicts.map(\.line) == schedule.verdicts.map(\.line).sorted())
        }
    }
}
