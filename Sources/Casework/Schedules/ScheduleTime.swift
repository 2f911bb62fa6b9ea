import Evidence

/// Reads dates and times as people and spreadsheets write them. What can be understood in two ways
/// is refused with the reason, never guessed.
///
/// Forms: `2019-08-10 09:30`, `2019/8/10 9:30`, `2019年8月10日 上午9时30分`, `20190810 0930`,
/// ISO 8601 with a zone, a day and month before the year where only one order makes a date, the
/// serial number of a spreadsheet (`43687.395`, days since 1899-12-30), and a time alone where
/// another column has the date.
struct ScheduleTime {
    /// A date of the calendar.
    struct Day: Hashable {
        var year: Int
        var month: Int
        var day: Int
    }

    private struct Reading {
        var day: Day?
        var time: (hour: Int, minute: Int, second: Int, millisecond: Int)?
        var zone: ZoneOffset?
    }

    static let years = 1980...2150

    private var tokens: TimeTokens
    private var reading = Reading()
    /// Whether a `T` or seconds show that this is ISO 8601: without, `09:30-11:00` is a range as
    /// likely as a zone.
    private var hasMark = false

    /// - Parameter date: the day that another column names, for a time alone.
    static func moment(
        _ text: String, date: Day? = nil, in zone: ScheduleZone
    ) throws(TimeFault) -> Timestamp {
        let reading = try read(text)
        guard let day = reading.day ?? date else { throw TimeFault(.dateMissing) }
        guard let time = reading.time else { throw TimeFault(.timeMissing) }
        guard years.contains(day.year) else { throw TimeFault(.yearOutOfRange) }
        // 24:00 is the end of a day (ISO 8601): the first moment of the next.
        let isEnd = time.hour == 24 && time.minute == 0 && time.second == 0 && time.millisecond == 0
        guard
            let civil = CivilTime(
                day.year, day.month, day.day, isEnd ? 0 : time.hour, time.minute, time.second)
        else { throw TimeFault(.noSuchTime) }
        let shown = isEnd ? CivilTime(secondsSince1970: civil.secondsSince1970 + 86_400) : civil
        let moment =
            if let offset = reading.zone { offset.timestamp(of: shown) } else {
                try zone.timestamp(of: shown)
            }
        return Timestamp(milliseconds: moment.milliseconds + Int64(time.millisecond))
    }

    /// The date in a column of its own; a time of day in it must be midnight, as spreadsheets add.
    static func day(_ text: String) throws(TimeFault) -> Day {
        let reading = try read(text)
        guard let day = reading.day else { throw TimeFault(.dateMissing) }
        guard years.contains(day.year) else { throw TimeFault(.yearOutOfRange) }
        guard CivilTime(day.year, day.month, day.day, 0, 0, 0) != nil else {
            throw TimeFault(.noSuchTime)
        }
        if let time = reading.time {
            guard time == (0, 0, 0, 0), reading.zone == nil else { throw TimeFault(.unreadable) }
        }
        return day
    }

    private static func read(_ text: String) throws(TimeFault) -> Reading {
        guard let tokens = TimeTokens(text), tokens.current != nil else {
            throw TimeFault(.unreadable)
        }
        var reader = ScheduleTime(tokens: tokens)
        try reader.readAll()
        return reader.reading
    }

    private init(tokens: TimeTokens) { self.tokens = tokens }

    private mutating func readAll() throws(TimeFault) {
        if try !readSerial() {
            try readDate()
            if tokens.current == .t { hasMark = true }
            if tokens.current == .space || tokens.current == .t { tokens.index += 1 }
            if tokens.current != nil { try readTime() }
        }
        guard tokens.current == nil else { throw TimeFault(.unreadable) }
        guard let weekday = tokens.weekday else { return }
        guard let day = reading.day else { throw TimeFault(.unreadable) }
        guard let civil = CivilTime(day.year, day.month, day.day, 0, 0, 0) else {
            throw TimeFault(.noSuchTime)
        }
        // 1970-01-01 was a Thursday.
        let days = civil.secondsSince1970.flooredQuotient(86_400) + 4
        guard Int(days - days.flooredQuotient(7) * 7) == weekday else {
            throw TimeFault(.otherWeekday)
        }
    }

    /// `43687`, `43687.395`, or the time alone: `0.395`.
    private mutating func readSerial() throws(TimeFault) -> Bool {
        if tokens.current == .number(0, digits: 1), tokens.ahead(1) == .dot {
            tokens.index += 1
            try readFraction()
            return true
        }
        guard case .number(let days, 5)? = tokens.current, (29_000...92_000).contains(days) else {
            return false
        }
        let first = CivilTime(secondsSince1970: (Int64(days) - 25_569) * 86_400)
        reading.day = Day(year: first.year, month: first.month, day: first.day)
        tokens.index += 1
        if tokens.current == .dot { try readFraction() }
        return true
    }

    private mutating func readFraction() throws(TimeFault) {
        guard case .number(let part, let digits)? = tokens.ahead(1) else {
            throw TimeFault(.unreadable)
        }
        tokens.index += 2
        // Spreadsheets keep binary fractions: rounding to the second mends what they lost.
        var fraction = Double(part)
        for _ in 0..<digits { fraction /= 10 }
        let seconds = Int((fraction * 86_400).rounded())
        guard seconds < 86_400 else { throw TimeFault(.noSuchTime) }
        reading.time = (seconds / 3600, seconds / 60 % 60, seconds % 60, 0)
    }

    private mutating func readDate() throws(TimeFault) {
        guard case .number(let first, let digits)? = tokens.current else { return }
        switch (digits, tokens.ahead(1)) {
        case (8, _):
            reading.day = Day(year: first / 10_000, month: first / 100 % 100, day: first % 100)
            tokens.index += 1
        case (12, nil), (14, nil):
            let stamp = digits == 12 ? first * 100 : first
            let date = stamp / 1_000_000
            reading.day = Day(year: date / 10_000, month: date / 100 % 100, day: date % 100)
            reading.time = (stamp / 10_000 % 100, stamp / 100 % 100, stamp % 100, 0)
            tokens.index += 1
        case (4, .dash?), (4, .slash?), (4, .dot?), (4, .year?):
            try readYearFirst(first)
        case (1...2, .dash?), (1...2, .slash?), (1...2, .dot?):
            try readYearLast(first)
        case (2, .year?): throw TimeFault(.shortYear)
        case (1...2, .month?): throw TimeFault(.dateMissing)
        default: break
        }
    }

    private mutating func readYearFirst(_ year: Int) throws(TimeFault) {
        let mark = tokens.ahead(1)
        tokens.index += 2
        skipSpaceInChinese(mark)
        guard case .number(let month, 1...2)? = tokens.current else { throw TimeFault(.unreadable) }
        let second = tokens.ahead(1)
        guard second == (mark == .year ? .month : mark) else { throw TimeFault(.unreadable) }
        tokens.index += 2
        skipSpaceInChinese(mark)
        guard case .number(let day, 1...2)? = tokens.current else { throw TimeFault(.unreadable) }
        tokens.index += 1
        if mark == .year, tokens.current == .day { tokens.index += 1 }
        reading.day = Day(year: year, month: month, day: day)
    }

    private mutating func skipSpaceInChinese(_ mark: TimeTokens.Token?) {
        if mark == .year, tokens.current == .space { tokens.index += 1 }
    }

    private mutating func readYearLast(_ first: Int) throws(TimeFault) {
        let mark = tokens.ahead(1)
        guard case .number(let second, 1...2)? = tokens.ahead(2), tokens.ahead(3) == mark,
            case .number(let year, let digits)? = tokens.ahead(4)
        else { throw TimeFault(.unreadable) }
        guard digits == 4 else { throw TimeFault(.shortYear) }
        tokens.index += 5
        let isDayFirst = CivilTime(year, second, first, 0, 0, 0) != nil
        let isMonthFirst = CivilTime(year, first, second, 0, 0, 0) != nil
        switch (isDayFirst, isMonthFirst) {
        case (true, true) where first != second: throw TimeFault(.ambiguousOrder)
        case (true, _): reading.day = Day(year: year, month: second, day: first)
        case (false, true): reading.day = Day(year: year, month: first, day: second)
        case (false, false): throw TimeFault(.noSuchTime)
        }
    }

    private mutating func readTime() throws(TimeFault) {
        guard reading.time == nil else { throw TimeFault(.unreadable) }
        var mark: TimeTokens.Token?
        if let first = tokens.current,
            [.morning, .afternoon, .noon, .evening, .am, .pm].contains(first)
        {
            mark = first
            tokens.index += 1
            if tokens.current == .space { tokens.index += 1 }
        }
        guard case .number(let first, let digits)? = tokens.current else {
            throw TimeFault(.unreadable)
        }
        tokens.index += 1
        var (hour, minute, second, millisecond) = (first, 0, 0, 0)
        switch (digits, tokens.current) {
        case (4, _) where mark == nil:
            (hour, minute) = (first / 100, first % 100)
        case (6, _) where mark == nil:
            (hour, minute, second) = (first / 10_000, first / 100 % 100, first % 100)
        case (1...2, .colon?):
            tokens.index += 1
            minute = try twoDigits()
            if tokens.current == .colon {
                tokens.index += 1
                second = try twoDigits()
                hasMark = true
                if tokens.current == .dot { millisecond = try thousandths() }
            }
        case (1...2, .hour?):
            tokens.index += 1
            if tokens.current == .half {
                tokens.index += 1
                minute = 30
            } else if case .number(let value, 1...2)? = tokens.current {
                minute = value
                tokens.index += 1
                if tokens.current == .minute { tokens.index += 1 }
                if case .number(let value, 1...2)? = tokens.current, tokens.ahead(1) == .second {
                    second = value
                    tokens.index += 2
                }
            }
        case (1...2, .space?), (1...2, .am?), (1...2, .pm?):
            let next = tokens.current == .space ? tokens.ahead(1) : tokens.current
            guard next == .am || next == .pm else { throw TimeFault(.unreadable) }
        default: throw TimeFault(.unreadable)
        }
        try readHalf(of: &hour, mark: mark)
        guard hour <= 24, minute <= 59, second <= 59 else { throw TimeFault(.noSuchTime) }
        reading.time = (hour, minute, second, millisecond)
        try readZone()
    }

    /// Which half of the day an hour is in, from the mark before it or after it.
    private mutating func readHalf(
        of hour: inout Int, mark: TimeTokens.Token?
    ) throws(TimeFault) {
        var mark = mark
        let after = tokens.current == .space ? tokens.ahead(1) : tokens.current
        if after == .am || after == .pm {
            guard mark == nil else { throw TimeFault(.unreadable) }
            mark = after
            tokens.index += tokens.current == .space ? 2 : 1
        }
        switch mark {
        case .morning?:
            guard hour != 12 else { throw TimeFault(.ambiguousNoon) }
            guard hour < 12 else { throw TimeFault(.noSuchTime) }
        case .afternoon?:
            if hour < 12 { hour += 12 }
        case .evening?:
            // 晚上12点 and 晚上1点 are said of the night to the next day.
            guard hour >= 5, hour != 12 else { throw TimeFault(.ambiguousNoon) }
            if hour < 12 { hour += 12 }
        case .noon?:
            guard (11...13).contains(hour) || (1...2).contains(hour) else {
                throw TimeFault(.noSuchTime)
            }
            if hour < 3 { hour += 12 }
        case .am?, .pm?:
            guard (1...12).contains(hour) else { throw TimeFault(.noSuchTime) }
            hour = hour % 12 + (mark == .pm ? 12 : 0)
        default: break
        }
    }

    private mutating func twoDigits() throws(TimeFault) -> Int {
        guard case .number(let value, 2)? = tokens.current else { throw TimeFault(.unreadable) }
        tokens.index += 1
        return value
    }

    private mutating func thousandths() throws(TimeFault) -> Int {
        guard case .number(let value, let digits)? = tokens.ahead(1), digits <= 9 else {
            throw TimeFault(.unreadable)
        }
        tokens.index += 2
        var scaled = value
        for _ in digits..<max(digits, 3) { scaled *= 10 }
        for _ in 3..<max(digits, 3) { scaled /= 10 }
        return scaled
    }

    private mutating func readZone() throws(TimeFault) {
        if tokens.current == .space { tokens.index += 1 }
        switch tokens.current {
        case .zulu?:
            reading.zone = ZoneOffset(minutes: 0)
            tokens.index += 1
        case .dash? where !hasMark: throw TimeFault(.rangeOrZone)
        case .plus?, .dash?:
            let sign = tokens.current == .plus ? 1 : -1
            tokens.index += 1
            guard case .number(let value, let digits)? = tokens.current else {
                throw TimeFault(.unreadable)
            }
            tokens.index += 1
            var (hours, minutes) = (value, 0)
            if digits == 4 {
                (hours, minutes) = (value / 100, value % 100)
            } else if digits != 2 {
                throw TimeFault(.unreadable)
            } else if tokens.current == .colon {
                tokens.index += 1
                minutes = try twoDigits()
            }
            guard minutes <= 59, hours <= 18,
                let zone = ZoneOffset(minutes: sign * (hours * 60 + minutes))
            else { throw TimeFault(.noSuchTime) }
            reading.zone = zone
        default: break
        }
    }
}
