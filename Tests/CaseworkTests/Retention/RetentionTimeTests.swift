import Casework
import Evidence
import Testing

struct RetentionTimeTests {
    private static func moment(_ civil: String) -> Timestamp {
        ZoneOffset.china.timestamp(of: CivilTime(civil)!)
    }

    @Test(
        "So many months later is the same day of the month, or the month's last one",
        arguments: [
            ("2026-12-01T00:14:20", 6, "2027-06-01T00:14:20"),
            ("2026-01-15T12:00:00", 6, "2026-07-15T12:00:00"),
            ("2026-08-27T23:59:59", 6, "2027-02-27T23:59:59"),
            ("2026-08-28T08:00:00", 6, "2027-02-28T08:00:00"),
            ("2026-08-29T08:00:00", 6, "2027-02-28T08:00:00"),
            ("2026-08-31T08:00:00", 6, "2027-02-28T08:00:00"),
            ("2027-08-31T08:00:00", 6, "2028-02-29T08:00:00"),
            ("2026-10-31T08:00:00", 1, "2026-11-30T08:00:00"),
            ("2026-11-30T08:00:00", 240, "2046-11-30T08:00:00"),
        ])
    func months(from: String, months: Int, to: String) {
        #expect(Self.moment(from).adding(months: months) == Self.moment(to))
    }

    @Test("Every day of two years, six months are 181 to 184 days")
    func everyDay() {
        let first = Self.moment("2026-01-01T08:00:00").milliseconds
        for day in 0..<731 {
            let from = Timestamp(milliseconds: first + Int64(day) * 86_400_000)
            let days = (from.adding(months: 6).milliseconds - from.milliseconds) / 86_400_000
            #expect((181...184).contains(days), "\(from): \(days)")
        }
    }
}
