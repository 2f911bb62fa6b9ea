import Casework
import Evidence
import Testing

@Suite("What a schedule changes")
struct ScheduleDifferenceTests {
    private func file(_ rows: [String]) throws -> Schedule {
        try Schedule((["编号,案号,类别,执行人员,计划开始,计划结束,地点"] + rows).joined(separator: "\n"))
    }

    @Test("New, changed, unchanged, repeated and refused rows, each with its line in the report")
    func answers() throws {
        let known = try file([
            "1,2019闽06执1,搜查,张三,2019-08-10 09:30,2019-08-10 10:30,甲地",
            "2,2019闽06执2,查封,李四,2019-08-10 09:30,2019-08-10 10:30,",
        ])
        let duties = Dictionary(uniqueKeysWithValues: known.duties.map { ($0.id, $0) })
        let next = try file([
            "1,(2019)闽06执1号,search,张三,2019/8/10 9:30,2019/8/10 10:30,甲地",
            "2,2019闽06执2,查封,李四、王五,2019-08-10 09:30,2019-08-10 11:30,",
            "3,2019闽06执3,送达,李四,2019-08-10 09:30,,", "3,2019闽06执3,送达,李四,2019-08-10 09:30,,",
            "4,2019闽06执3,送达,,2019-08-10 09:30,,",
        ])
        let difference = ScheduleDifference(duties: duties)
        let answers = next.verdicts.map(difference.answer)
        #expect(answers[0] == .unchanged)
        #expect(answers[1] == .changed(["officers", "plannedEnd"]))
        #expect(answers[2] == .accepted)
        #expect(answers[3] == .repeated(line: 4))
        let lines = zip(next.verdicts, answers).map(ScheduleReport.line)
        #expect(lines[0] == "2,,,unchanged,,\r\n")
        #expect(lines[1] == "3,,officers plannedEnd,changed,,\r\n")
        #expect(lines[4].hasPrefix("6,4,officers,refused,"))
        #expect(ScheduleReport.header.hasPrefix("\u{feff}line,"))
    }

    @Test("Cases change by field")
    func cases() throws {
        let known = try Schedule("案号,当事人,状态\n2019闽06执1,甲,在办\n").cases
        let next = try Schedule("案号,当事人,状态,不公开\n2019闽06执1,甲,已结,是\n")
        let difference = ScheduleDifference(
            cases: Dictionary(uniqueKeysWithValues: known.map { ($0.id, $0) }))
        #expect(next.verdicts.map(difference.answer) == [.changed(["state", "restricted"])])
    }

    @Test("No cell of the report is a formula", arguments: ["=1", "+1", "-1", "@x", "\t=1", "＝1"])
    func formulas(text: String) {
        #expect(ScheduleReport.cell(text).contains("'" + text))
    }
}
