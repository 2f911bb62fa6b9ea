import Evidence
import Testing

@Suite("Times")
struct TimeTests {
    @Test(
        "Moments are spelled in one way and read back",
        arguments: [
            (Int64(0), "1970-01-01T00:00:00.000Z"), (1_565_427_723_456, "2019-08-10T09:02:03.456Z"),
            (-1, "1969-12-31T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (4_102_444_799_999, "2099-12-31T23:59:59.999Z"),
            (2_147_483_648_000, "2038-01-19T03:14:08.000Z"),
        ])
    func spelling(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).description == text)
        #expect(Timestamp(text)?.milliseconds == milliseconds)
    }

    @Test(
        "Other spellings of a moment are refused",
        arguments: [
            "", "2019-08-10T09:02:03Z", "2019-08-10T09:02:03.456+08:00", "2019-02-29T00:00:00.000Z",
            "2019-08-10 09:02:03.456Z", "2019-08-10T24:00:00.000Z", "2019-08-10T09:02:03.4 6Z",
        ])
    func refused(text: String) { #expect(Timestamp(text) == nil) }

    @Test("Every day from 1600 to 2400 has its own number, one more than the day before")
    func everyDay() throws {
        var expected = try #require(CivilTime(1600, 1, 1, 0, 0, 0)).secondsSince1970
        for year in 1600..<2400 {
            for month in 1...12 {
                for day in 1...31 {
                    guard let civil = CivilTime(year, month, day, 0, 0, 0) else { continue }
                    guard civil.secondsSince1970 == expected,
                        CivilTime(secondsSince1970: expected) == civil
                    else {
                        Issue.record("\(civil)")
                        return
                    }
                    expected += 86_400
                }
            }
        }
        #expect(expected == 13_569_465_600)
    }

    @Test(
        "A day that the calendar has not is refused",
        arguments: [
            (2019, 2, 29), (2100, 2, 29), (2020, 4, 31), (2020, 13, 1), (0, 1, 1), (2020, 0, 1),
        ])
    func impossible(year: Int, month: Int, day: Int) {
        #expect(CivilTime(year, month, day, 0, 0, 0) == nil)
    }

    @Test("A zone turns a recorder's local time into a moment")
    func zones() throws {
        let civil = try #require(CivilTime("2026-08-04T10:00:00"))
        #expect(ZoneOffset.china.timestamp(of: civil).description == "2026-08-04T02:00:00.000Z")
        #expect(ZoneOffset("-03:30")?.minutes == -210)
        #expect(ZoneOffset("-03:30")?.description == "-03:30")
        #expect(ZoneOffset("8") == nil)
        #expect(ZoneOffset("+19:00") == nil)
    }

    @Test("A file's time keeps its nanoseconds")
    func fileTime() {
        let time = FileTime(seconds: 1_565_427_723, nanoseconds: 120_000_000)
        #expect(time.description == "2019-08-10T09:02:03.12Z")
        #expect(FileTime("2019-08-10T09:02:03.12Z") == time)
        #expect(FileTime("2019-08-10T09:02:03Z")?.nanoseconds == 0)
        #expect(FileTime("2019-08-10T09:02:03.1234567890Z") == nil)
    }
}
