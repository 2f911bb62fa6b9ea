package import Evidence
import Foundation

/// The zone in which a schedule's times are written: a fixed distance from UTC, or a zone of the
/// IANA database with its changes of clock.
package struct ScheduleZone: Sendable {
    private enum Rule: Sendable {
        case fixed(ZoneOffset)
        case named(TimeZone)
    }

    private let rule: Rule

    package static let china = ScheduleZone(.china)

    package init(_ offset: ZoneOffset) { rule = .fixed(offset) }

    /// Reads `+08:00`, `Z` or a name such as `Asia/Shanghai`; nil where there is no such zone.
    package init?(_ text: String) {
        if let offset = ZoneOffset(text) {
            self.init(offset)
        } else if text.contains("/") || text == "UTC", let zone = TimeZone(identifier: text) {
            self.init(zone)
        } else {
            return nil
        }
    }

    private init(_ zone: TimeZone) { rule = .named(zone) }

    /// The moment that a civil time names here.
    ///
    /// - Throws: `gap` for a time that clocks leap over, `fold` for one that they show twice.
    func timestamp(of civil: CivilTime) throws(TimeFault) -> Timestamp {
        let zone: TimeZone
        switch rule {
        case .fixed(let offset): return offset.timestamp(of: civil)
        case .named(let named): zone = named
        }
        let local = civil.secondsSince1970
        func offset(at moment: Int64) -> Int64 {
            Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment))))
        }
        // Offsets a day before and after enclose any change of clock near by.
        let before = offset(at: local - 86_400)
        let after = offset(at: local + 86_400)
        if before == after { return Timestamp(milliseconds: (local - before) * 1000) }
        let moments = [before, after].filter { offset(at: local - $0) == $0 }
        guard let only = moments.first else { throw TimeFault(.gap) }
        guard moments.count == 1 else { throw TimeFault(.fold) }
        return Timestamp(milliseconds: (local - only) * 1000)
    }
}

/// Why a cell is no moment.
package struct TimeFault: Error, Hashable, Sendable {
    package enum Code: String, Sendable, CaseIterable {
        case unreadable = "time-unreadable"
        case noSuchTime = "no-such-time"
        case dateMissing = "date-missing"
        case timeMissing = "time-of-day-missing"
        case ambiguousOrder = "day-or-month-first"
        case shortYear = "year-of-two-digits"
        case ambiguousNoon = "twelve-am-or-pm"
        case otherWeekday = "other-day-of-the-week"
        case rangeOrZone = "range-or-zone"
        case gap = "time-in-gap"
        case fold = "time-in-fold"
        case yearOutOfRange = "year-out-of-range"
    }

    package let code: Code

    init(_ code: Code) { self.code = code }

    package var reason: Bilingual {
        switch code {
        case .unreadable: Bilingual("Not a date and time that can be read", "日期时间无法识别")
        case .noSuchTime: Bilingual("There is no such date or time of day", "日期或时间不存在")
        case .dateMissing:
            Bilingual("A time of day without a date, here or in a date column", "只有时间，缺少日期")
        case .timeMissing: Bilingual("A date without a time of day", "只有日期，缺少时间")
        case .ambiguousOrder:
            Bilingual("Day or month may come first: write the year first", "日月顺序不明确，请按年月日填写")
        case .shortYear: Bilingual("Write the year with four digits", "年份请填写四位数字")
        case .ambiguousNoon:
            Bilingual("Noon or midnight: write the hour from 0 to 23", "中午或午夜不明确，请按24小时制填写")
        case .otherWeekday:
            Bilingual("The date is another day of the week", "日期与星期不符")
        case .rangeOrZone:
            Bilingual(
                "A range or a zone behind the time: give the end in its own column",
                "时间后的内容不明确，结束时间请另列填写")
        case .gap:
            Bilingual("The clocks leapt over this time in this zone", "该时间因夏令时切换而不存在")
        case .fold:
            Bilingual(
                "The clocks showed this time twice in this zone: add the offset, as in +08:00",
                "该时间因夏令时切换出现两次，请注明时区偏移")
        case .yearOutOfRange: Bilingual("The year is not one of a schedule", "年份不合理")
        }
    }
}
