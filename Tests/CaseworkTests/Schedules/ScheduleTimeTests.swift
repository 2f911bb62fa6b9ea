import Casework
import Evidence
import Testing

@Suite("Times of a schedule")
struct ScheduleTimeTests {
    @Test(
        "One moment in every form",
        arguments: [
            "2019-08-10 09:30", "2019/8/10 9:30", "2019年8月10日 上午9时30分", "2019年8月10日9时30分",
            "20190810 0930", "201908100930", "20190810093000", "2019-08-10T09:30:00+08:00",
            "2019-08-10T01:30:00Z", "2019-08-10T01:30Z", "2019.8.10 9:30", "２０１９－０８－１０　０９：３０",
            "43687.3958333333", "2019年8月10日上午9点半", "2019-08-10 9:30 AM", "20190810T093000",
            "2019-08-10T09:30:00.000", "2019-08-09T21:30-04:00", "2019-08-09 21:30:00 -0400",
            "2019年 8月 10日 9:30", "2019年8月10日（周六）上午9:30", "2019-08-10 星期六 9:30",
            "2019/8/10(周六) 09:30", "2019/08/10 09:30:00",
        ])
    func forms(text: String) throws {
        #expect(try Schedule.start(text).get() == "2019-08-10T01:30:00.000Z")
    }

    @Test(
        "Other moments",
        arguments: [
            ("2019年8月10日下午3时5分", "2019-08-10T07:05:00.000Z"),
            ("2019-08-10 24:00", "2019-08-10T16:00:00.000Z"),
            ("2019-08-10 12:15 AM", "2019-08-09T16:15:00.000Z"),
            ("2019-08-10 12:15 PM", "2019-08-10T04:15:00.000Z"),
            ("13.08.2019 08:00", "2019-08-13T00:00:00.000Z"),
            ("08/13/2019 08:00", "2019-08-13T00:00:00.000Z"),
            ("10.10.2019 08:00", "2019-10-10T00:00:00.000Z"),
            ("2020-02-29 08:00", "2020-02-29T00:00:00.000Z"),
            ("43687.395", "2019-08-10T01:28:48.000Z"),
            ("2019-08-10 09:30:15.25", "2019-08-10T01:30:15.250Z"),
            ("2019年8月10日晚上8点", "2019-08-10T12:00:00.000Z"),
            ("2019年8月10日 中午12时", "2019-08-10T04:00:00.000Z"),
        ])
    func otherForms(text: String, moment: String) throws {
        #expect(try Schedule.start(text).get() == moment)
    }

    @Test("A time alone goes with the date of another column")
    func dateColumn() throws {
        for date in ["2019-08-10", "2019年8月10日", "20190810", "43687", "2019/8/10 0:00"] {
            #expect(try Schedule.start("9:30", date: date).get() == "2019-08-10T01:30:00.000Z")
            #expect(try Schedule.start("9时30分", date: date).get() == "2019-08-10T01:30:00.000Z")
        }
        let fraction = try Schedule.start("0.3958333333", date: "43687").get()
        #expect(fraction == "2019-08-10T01:30:00.000Z")
        #expect(try Schedule.start("0930", date: "2019-08-10").get() == "2019-08-10T01:30:00.000Z")
    }

    @Test(
        "What can be understood in two ways, or in none, is refused with the reason",
        arguments: [
            ("10.08.2019 09:30", "Day or month"), ("08/10/2019 9:30", "Day or month"),
            ("19-08-10 09:30", "four digits"), ("10/8/19 9:30", "four digits"),
            ("2019-08-10", "without a time"), ("43687", "without a time"),
            ("9:30", "without a date"),
            ("2019-02-29 09:30", "no such"), ("2019-13-01 09:30", "no such"),
            ("2019-08-10 25:00", "no such"), ("2019-08-10 09:60", "no such"),
            ("2019-08-10 上午12时", "Noon or midnight"), ("2019-08-10 晚上12点", "Noon or midnight"),
            ("2019-08-10 晚上1点", "Noon or midnight"), ("1900-08-10 09:30", "year"),
            ("2019-08/10 09:30", "can be read"), ("tomorrow", "can be read"),
            ("2019年8月10日（周五）9:30", "day of the week"),
            ("2019-08-10 09:30-11:00", "range or a zone"),
            ("2019-08-10 0930-1100", "range or a zone"), ("99999999999999999999", "can be read"),
            ("=NOW()", "formula"), ("+43687.39", "formula"), ("@SUM(1)", "formula"),
            ("2019-08-10 09:30 Asia", "can be read"), ("2019-08-10 24:01", "no such"),
        ])
    func refused(text: String, reason: String) throws {
        guard case .failure(let refusal) = try Schedule.start(text) else {
            Issue.record("accepted")
            return
        }
        #expect(refusal.field == "plannedStart")
        #expect(refusal.reason.english.contains(reason), "\(refusal.reason.english)")
        #expect(refusal.column != nil)
    }

    @Test("A zone with a change of clocks: gaps and folds are refused, an offset settles a fold")
    func changesOfClock() throws {
        let zone = try #require(ScheduleZone("Europe/Berlin"))
        #expect(throws: RowRefusal.self) {
            try Schedule.start("2019-03-31 02:30", zone: zone).get()
        }
        #expect(throws: RowRefusal.self) {
            try Schedule.start("2019-10-27 02:30", zone: zone).get()
        }
        let settled = try Schedule.start("2019-10-27 02:30+01:00", zone: zone).get()
        #expect(settled == "2019-10-27T01:30:00.000Z")
        let before = try Schedule.start("2019-03-31 01:59", zone: zone).get()
        #expect(before == "2019-03-31T00:59:00.000Z")
        let after = try Schedule.start("2019-03-31 03:00", zone: zone).get()
        #expect(after == "2019-03-31T01:00:00.000Z")
        #expect(
            try Schedule.start("2019-07-01 12:00", zone: zone).get() == "2019-07-01T10:00:00.000Z")
        // China had daylight saving until 1991.
        let china = try #require(ScheduleZone("Asia/Shanghai"))
        #expect(
            try Schedule.start("1990-07-01 12:00", zone: china).get() == "1990-07-01T03:00:00.000Z")
        #expect(
            try Schedule.start("2019-07-01 12:00", zone: china).get() == "2019-07-01T04:00:00.000Z")
        #expect(ScheduleZone("Nowhere/Nothing") == nil)
        #expect(ScheduleZone("") == nil)
    }
}
