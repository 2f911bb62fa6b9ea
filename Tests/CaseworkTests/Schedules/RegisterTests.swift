import Casework
import Evidence
import Testing

@Suite("Who has which recorder, out of files")
struct RegisterTests {
    private func issues(_ schedule: Schedule) -> [RecorderIssueRow] {
        schedule.verdicts.compactMap {
            if case .acceptedIssue(let row) = $0.result { row } else { nil }
        }
    }

    @Test("A register in Chinese: a date alone is its beginning, and without a step it is issued")
    func register() throws {
        let schedule = try Schedule(
            """
            记录仪编号,领用人,登记事项,领用日期
            R1,张三(06021),配发,2019/8/1
            R1,06022,借用,2019-08-03 09:30
            R1,06022,归还,2019年8月5日 18时
            R2,李四(06023),,2019-08-01
            R2,李四(06023),,2019-08-01
            """)
        #expect(schedule.summary.issues == 4)
        #expect(schedule.summary.repeated == 1)
        #expect(
            issues(schedule) == [
                RecorderIssueRow(
                    recorder: "R1", step: .issued, officer: "06021",
                    from: try #require(Timestamp("2019-07-31T16:00:00.000Z")), by: ""),
                RecorderIssueRow(
                    recorder: "R1", step: .lent, officer: "06022",
                    from: try #require(Timestamp("2019-08-03T01:30:00.000Z")), by: ""),
                RecorderIssueRow(
                    recorder: "R1", step: .returned, officer: nil,
                    from: try #require(Timestamp("2019-08-05T10:00:00.000Z")), by: ""),
                RecorderIssueRow(
                    recorder: "R2", step: .issued, officer: "06023",
                    from: try #require(Timestamp("2019-07-31T16:00:00.000Z")), by: ""),
            ])
    }

    @Test("The same as JSON")
    func json() throws {
        let schedule = try Schedule(
            """
            {"recorders": [
              {"recorder": "R1", "officer id": "06021", "since": "2019-08-01", "step": "issue"},
              {"recorder": "R1", "since": "2019-08-09 12:00", "step": "returned"}]}
            """)
        #expect(issues(schedule).map(\.step) == [.issued, .returned], "\(schedule.refusals)")
    }

    @Test(
        "What cannot be entered is refused, with its column",
        arguments: [
            ("R1 R2,06021,,2019-08-01", "recorders"), ("=R1,06021,,2019-08-01", "recorders"),
            (",06021,,2019-08-01", "recorders"), ("R1,张三,,2019-08-01", "holder"),
            ("R1,06021 06022,,2019-08-01", "holder"), ("R1,,借用,2019-08-01", "officers"),
            ("R1,06021,丢失,2019-08-01", "step"), ("R1,06021,,", "since"),
            ("R1,06021,,1/2/2019", "since"),
        ])
    func refused(_ row: String, _ field: String) throws {
        let schedule = try Schedule("记录仪,持有人,操作,起始时间\n" + row)
        #expect(schedule.refusals.map(\.field) == [field])
        #expect(issues(schedule).isEmpty)
    }

    @Test("Two rows of one recorder and time that differ are no two entries")
    func conflicting() throws {
        let schedule = try Schedule(
            "记录仪,持有人,起始时间\nR1,06021,2019-08-01\nR1,06022,2019-08-01")
        #expect(schedule.refusals.map(\.field) == ["recorders"])
    }

    @Test("A field task says who carries its recorders")
    func carriers() throws {
        func duty(_ officers: String, _ recorders: String) throws -> Schedule {
            try Schedule.duty(["执行人员": officers, "记录仪": recorders])
        }
        let both = try duty("张三(06021)、李四(06022)", "R1/06021、R2（06022）、R3").duties.first
        #expect(both?.recorders == ["R1", "R2", "R3"])
        #expect(both?.carriers == ["R1": "06021", "R2": "06022"])
        #expect(both?.carrier(of: "R1") == "06021")
        #expect(both?.carrier(of: "R3") == nil)
        // One officer and one recorder leave no doubt; more of either do.
        #expect(try duty("06021", "R1").duties.first?.carrier(of: "R1") == "06021")
        #expect(try duty("06021、06022", "R1").duties.first?.carrier(of: "R1") == nil)
        #expect(try duty("06021", "R1、R2").duties.first?.carrier(of: "R1") == nil)
        #expect(try duty("张三", "R1").duties.first?.carrier(of: "R1") == nil)
        for recorders in ["R1/06023", "R1/06021、R1/06022", "R1/06021/06022", "R1/张三", "/06021"] {
            #expect(
                try duty("06021、06022", recorders).refusals.map(\.field) == ["recorders"],
                "\(recorders)")
        }
        let row = try #require(both)
        #expect(try DutyRow(row.row) == row)
    }

    @Test("Whose a recorder is, in a schedule of field tasks, is no second list of officers")
    func holderOfDuty() throws {
        let schedule = try Schedule.duty(["记录仪": "R1", "佩戴人": "张三"])
        #expect(schedule.duties.count == 1, "\(schedule.refusals)")
        #expect(schedule.summary.ignored == ["holder"])
    }

    @Test("JSON names carriers as members of its recorders")
    func carriersInJSON() throws {
        let schedule = try Schedule(
            """
            {"duties": [{"案号": "2019闽06执1", "类别": "搜查", "执行人员": "06021、06022",
              "计划开始": "2019-08-10 09:30",
              "recorders": [{"id": "R1", "officer": "06021"}, {"id": "R2"}]}]}
            """)
        #expect(schedule.duties.first?.carriers == ["R1": "06021"], "\(schedule.refusals)")
        #expect(schedule.duties.first?.recorders == ["R1", "R2"])
    }
}
