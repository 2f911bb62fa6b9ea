import Casework
import Evidence
import Testing

@Suite("Schedules of duties and cases")
struct ScheduleReaderTests {
    @Test("A full duty in Chinese")
    func duty() throws {
        let text = """
            任务编号,案号,法院,类别,执行人员,记录仪,计划开始,计划结束,地点,纬度,经度,半径,备注
            R1,"(2019)闽06执123；2019闽06执恢4之一",漳州市中级人民法院,搜查,"张三(06021)、李　四","DSJ-1, DSJ-2",\
            2019/8/10 9:30,2019年8月10日 11时,"某路1号,
            二楼",24.513,117.6471234,200米,=1+1
            """
        let schedule = try Schedule(text)
        let row = try #require(schedule.duties.first, "\(schedule.refusals)")
        #expect(row.id == "R1")
        #expect(row.caseNumbers.map(\.description) == ["（2019）闽06执123号", "（2019）闽06执恢4号之一"])
        #expect(row.kind == "search")
        #expect(row.court == "闽06")
        #expect(
            row.officers == [
                ScheduledOfficer(id: "06021", name: "张三"), ScheduledOfficer(id: nil, name: "李四"),
            ])
        #expect(row.recorders == ["DSJ-1", "DSJ-2"])
        #expect(row.plannedEnd?.description == "2019-08-10T03:00:00.000Z")
        #expect(row.place == "某路1号, 二楼")
        #expect(row.latitude == 24_513_000)
        #expect(row.longitude == 117_647_123)
        #expect(row.radius == 200)
        #expect(row.notes == "=1+1")
        #expect(schedule.verdicts.first?.line == 2)
    }

    @Test("English headers, semicolons and tabs")
    func english() throws {
        for separator in [",", ";", "\t"] {
            let lines = [
                ["Case No.", "Action Kind", "Officers", "Planned Start", "Planned_End", "Weather"],
                [
                    "2019闽06执1", "Eviction", "John Smith", "2019-08-10 09:30", "2019-08-10 10:30",
                    "x",
                ],
            ]
            let text = lines.map { $0.joined(separator: separator) }.joined(separator: "\r\n")
            let schedule = try Schedule(text)
            #expect(schedule.duties.first?.kind == "eviction", "\(schedule.refusals)")
            #expect(
                schedule.duties.first?.officers == [ScheduledOfficer(id: nil, name: "John Smith")])
            #expect(schedule.summary.ignored == ["Weather"])
        }
    }

    @Test("A case list, with what retention needs to know")
    func cases() throws {
        let schedule = try Schedule(
            """
            案号,当事人,承办法官,状态,类别,不公开
            2019闽06执1,甲、乙公司,丙,执行中,金钱给付,是
            2019闽06执2,,,已结,,
            2019闽06执3,,,终本,,也许
            """)
        #expect(schedule.cases.count == 2)
        #expect(schedule.cases.first?.parties == ["甲", "乙公司"])
        #expect(schedule.cases.first?.state == "open")
        #expect(schedule.cases.first?.category == "金钱给付")
        #expect(schedule.cases.first?.restricted == true)
        #expect(schedule.cases.last?.state == "closed")
        #expect(schedule.refusals.map(\.field) == ["restricted"])
        #expect(schedule.refusals.first?.column == 6)
    }

    @Test("A title above the header, a second header below it, blank rows between")
    func headers() throws {
        let row = "2019闽06执1,查封,张三,2019-08-10 09:30,2019-08-10 10:30,50"
        for second in [
            "", "case number,action,officers,start,end,radius\n", ",,,(yyyy-mm-dd),,米\n",
        ] {
            let schedule = try Schedule(
                "2019年8月外勤任务表,,,,,\n案号,类别,执行人员,计划开始,计划结束,半径\n\(second)\n,,,,,\n\(row)\n")
            #expect(schedule.duties.count == 1, "\(schedule.refusals)")
            #expect(schedule.refusals.isEmpty)
        }
        let split = try Schedule(
            "任务,,,时间,,\n案号,类别,执行人员,计划开始,计划结束,半径\n\(row)\n")
        #expect(split.duties.count == 1)
    }

    @Test("A header that lacks mandatory columns, or has one twice, names them")
    func badHeaders() {
        let missing = #expect(throws: ScheduleFailure.self) {
            try Schedule("案号,执行人员,备注\n2019闽06执1,张三,\n")
        }
        #expect(missing?.kind == .columnsMissing)
        #expect(missing?.detail.contains("plannedStart") == true)
        #expect(missing?.detail.contains("kind") == true)
        let twice = #expect(throws: ScheduleFailure.self) {
            try Schedule("案号,case number,当事人\n2019闽06执1,2019闽06执1,\n")
        }
        #expect(twice?.kind == .columnTwice)
    }

    @Test("What a duty has no place for is told, not lost in silence")
    func unused() throws {
        let schedule = try Schedule.duty(["不公开": "是", "当事人": "甲"])
        #expect(Set(schedule.summary.ignored) == ["restricted", "parties"])
        let cases = try Schedule(#"{"cases": [{"案号": "2019闽06执1", "place": "x"}]}"#)
        #expect(cases.summary.ignored == ["place"])
    }

    @Test("The comma in a company's name does not part it")
    func companies() throws {
        let schedule = try Schedule("案号,当事人\n2019闽06执1,\"ABC Co., Ltd.；甲、乙\"\n")
        #expect(schedule.cases.first?.parties == ["ABC Co., Ltd.", "甲", "乙"])
    }

    @Test("A site's own mapping")
    func mapping() throws {
        let schedule = try Schedule(
            "立案号码,什么事,谁,何时\n2019闽06执1,搜查,张三,2019-08-10 09:30\n",
            mapping: ["立案号码": "caseNumber", "什么事": "kind", "谁": "officers", "何时": "plannedStart"])
        #expect(schedule.duties.count == 1)
        #expect(throws: ScheduleFailure.self) {
            try Schedule("案号\n2019闽06执1\n", mapping: ["x": "nothing"])
        }
    }

    @Test(
        "A cell that cannot be right refuses its row, with the column and the reason",
        arguments: [
            ("执行人员", "", "officers"), ("执行人员", "、、 ", "officers"),
            ("执行人员", "=cmd|'/C calc'!A0", "officers"),
            ("执行人员", "张三 李", "officers"), ("执行人员", "John/张三", "officers"),
            ("记录仪", "1.23E10", "recorders"), ("案号", "", "caseNumber"), ("案号", "=1+1", "caseNumber"),
            ("案号", "闽06执1", "caseNumber"), ("案号", "@x", "caseNumber"), ("类别", "", "kind"),
            ("计划开始", "", "plannedStart"), ("计划开始", "=NOW()", "plannedStart"),
            ("计划结束", "2019-08-10 09:30", "plannedEnd"), ("计划结束", "2019-08-10 09:00", "plannedEnd"),
            ("计划结束", "2019-08-13 09:30", "plannedEnd"), ("半径", "0", "radius"),
            ("半径", "100001", "radius"),
            ("半径", "1.5", "radius"), ("半径", "1e3", "radius"), ("纬度", "24.5", "longitude"),
            ("地点", "a\u{0}b", "place"), ("地点", "a\u{202e}b", "place"), ("备注", "\u{1b}[2J", "notes"),
            ("记录仪", "=1", "recorders"), ("人员编号", "1、2、3", "officerNumbers"),
            ("实际结束", "2019-08-10 09:30", "actualEnd"),
        ])
    func refused(header: String, cell: String, field: String) throws {
        let schedule = try Schedule.duty([header: cell])
        #expect(schedule.duties.isEmpty)
        #expect(schedule.refusals.map(\.field) == [field])
        #expect(schedule.verdicts.first?.line == 2)
        if field != "longitude" { #expect(schedule.refusals.first?.column != nil) }
    }

    @Test("Latitude and longitude exchanged, and beyond the globe")
    func positions() throws {
        let exchanged = try Schedule.duty(["纬度": "117.6", "经度": "24.5"])
        #expect(exchanged.refusals.first?.reason.english.contains("exchanged") == true)
        let good = try Schedule.duty(["纬度": "-24.5000005", "经度": "180", "半径": "100000"])
        #expect(good.duties.first?.latitude == -24_500_001)
        #expect(good.duties.first?.longitude == 180_000_000)
    }

    @Test("Names and numbers of officers go together one by one")
    func officerNumbers() throws {
        let schedule = try Schedule.duty(["执行人员": "张三、李四", "人员编号": "06021、0602-2"])
        #expect(schedule.duties.first?.officers.map(\.id) == ["06021", "0602-2"])
        let alone = try Schedule.duty(["执行人员": "", "人员编号": "０６０２１"])
        #expect(alone.duties.first?.officers == [ScheduledOfficer(id: "06021", name: nil)])
    }

    @Test("Repeated rows are told; the same duty with other contents is refused")
    func repeated() throws {
        let row = "2019闽06执1,搜查,张三,2019-08-10 09:30,2019-08-10 10:30"
        let schedule = try Schedule(
            """
            案号,类别,执行人员,计划开始,计划结束
            \(row)
            （2019）闽06执1号,search,张三,2019/8/10 9:30,2019/8/10 10:30
            2019闽06执1,搜查,李四,2019-08-10 09:30,2019-08-10 10:30
            """)
        #expect(schedule.duties.count == 1)
        #expect(schedule.verdicts[1].result == .repeated(line: 2))
        #expect(schedule.refusals.first?.reason.english.contains("Line 2") == true)
        #expect(schedule.summary.rows == 3)
    }

    @Test("Two versions of a duty that take turns: the first stands, and each other is told")
    func takingTurns() throws {
        let (one, other) = (
            "7,2019闽06执1,搜查,张三,2019-08-10 09:30", "7,2019闽06执1,搜查,李四,2019-08-10 09:30"
        )
        let schedule = try Schedule(
            (["编号,案号,类别,执行人员,计划开始", one, other, one, other]).joined(separator: "\n"))
        #expect(schedule.duties.map { $0.officers.map(\.name) } == [["张三"]])
        #expect(schedule.verdicts[2].result == .repeated(line: 2))
        #expect(schedule.refusals.count == 2)
    }

    @Test("A case twice in one cell is one case; an officer twice is one officer")
    func circular() throws {
        let schedule = try Schedule.duty(["案号": "2019闽06执1、（2019）闽06执1号", "执行人员": "张三、张三"])
        #expect(schedule.duties.first?.caseNumbers.count == 1)
        #expect(schedule.duties.first?.officers.count == 1)
    }

    @Test("Unknown courts, types and kinds warn, and the row is taken")
    func warnings() throws {
        let schedule = try Schedule.duty(["案号": "2019沪7101特1", "类别": "巡逻", "法院": "某法院"])
        #expect(schedule.duties.first?.kind == "巡逻")
        #expect(schedule.verdicts.first?.warnings.count == 4)
    }

    @Test("A file with nothing in it, or only a header, is an error")
    func empty() {
        for text in ["", "\n\n", "\u{feff}", "案号,当事人\n", "案号,当事人\n,\n", " "] {
            let failure = #expect(throws: ScheduleFailure.self) { try Schedule(text) }
            #expect(failure?.kind == .empty, "\(text)")
        }
    }

    @Test("Fields beyond the header refuse the row; missing ones at its end are empty")
    func ragged() throws {
        let schedule = try Schedule("案号,当事人\n2019闽06执1\n2019闽06执2,甲,乙\n")
        #expect(schedule.cases.count == 1)
        #expect(schedule.refusals.first?.column == 3)
    }
}
