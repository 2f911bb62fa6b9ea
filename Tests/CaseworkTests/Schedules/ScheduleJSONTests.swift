import Casework
import Evidence
import Testing

@Suite("Schedules in JSON")
struct ScheduleJSONTests {
    @Test("Cases and duties of one file")
    func both() throws {
        let schedule = try Schedule(
            """
            {
              "cases": [
                {"caseNumber": "2019闽06执1", "parties": ["甲, 乙公司", "丙"], "state": "open", "restricted": true}
              ],
              "duties": [
                {"caseNumber": ["2019闽06执1", "2019闽06执2"], "kind": "search", "id": 17,
                 "officers": [{"id": "06021", "name": "张三"}, {"name": "李四"}],
                 "plannedStart": "2019-08-10T09:30:00+08:00", "plannedEnd": "2019-08-10T10:30:00+08:00",
                 "latitude": 24.5, "longitude": 117.65, "radius": 200, "mood": "good"},
                {"案号": "2019闽06执3", "类别": "送达", "执行人员": "王五",
                 "计划开始": "2019-08-10 09:30"}, 5,
                {"caseNumber": {"a": 1}}
              ]
            }
            """)
        #expect(schedule.cases.first?.parties == ["甲, 乙公司", "丙"])
        #expect(schedule.cases.first?.restricted == true)
        #expect(schedule.duties.count == 2, "\(schedule.refusals)")
        #expect(schedule.duties.first?.id == "17")
        #expect(schedule.duties.first?.officers.map(\.name) == ["张三", "李四"])
        #expect(schedule.duties.first?.latitude == 24_500_000)
        #expect(schedule.verdicts.map(\.line) == [3, 6, 10, 11, 12])
        #expect(schedule.refusals.count == 2)
        #expect(schedule.summary.ignored == ["mood"])
    }

    @Test(
        "JSON of the wrong shape is refused whole",
        arguments: [
            ("{", ScheduleFailure.Code.malformedJSON), ("{}", .wrongShape), ("[]", .wrongShape),
            (#"{"cases": 1}"#, .wrongShape), (#"{"cases": {}}"#, .wrongShape),
            (#"{"cases": []}"#, .empty),
            (#"{"duty": []}"#, .wrongShape), ("{\"cases\": [\n1,]}", .malformedJSON),
            (String(repeating: "[", count: 10_000), .malformedJSON),
            (#"{"cases": [], "cases": []}"#, .malformedJSON),
        ])
    func wrongShape(text: String, code: ScheduleFailure.Code) {
        let failure = #expect(throws: ScheduleFailure.self) { try Schedule(text) }
        #expect(failure?.kind == code)
    }

    @Test("Malformed JSON has a line and a character")
    func place() {
        let failure = #expect(throws: ScheduleFailure.self) { try Schedule("{\"cases\": [\n  案]}") }
        #expect(failure?.line == 2)
        #expect(failure?.column == 3)
    }

    @Test(
        "Wrong values refuse their row",
        arguments: [
            #""caseNumber": 5"#, #""caseNumber": []"#, #""caseNumber": [{}]"#, #""officers": [{}]"#,
            #""officers": [5, {}]"#, #""officers": true"#, #""officers": [{"id": "=1"}]"#,
            #""plannedStart": {}"#, #""plannedStart": 5"#, #""latitude": 91, "longitude": 1"#,
            #""案号": "2019闽06执1""#, #""radius": -1"#, #""id": "=cmd""#,
        ])
    func wrongValues(member: String) throws {
        var members = [
            "caseNumber": #""caseNumber": "2019闽06执1""#, "kind": #""kind": "search""#,
            "officers": #""officers": ["张三"]"#,
            "plannedStart": #""plannedStart": "2019-08-10 09:30""#,
        ]
        members[String(member.dropFirst().prefix { $0 != "\"" })] = member
        let text = "{\"duties\": [{" + members.values.joined(separator: ",") + "}]}"
        let schedule = try Schedule(text)
        #expect(schedule.duties.isEmpty)
        #expect(schedule.refusals.count == 1)
    }
}
