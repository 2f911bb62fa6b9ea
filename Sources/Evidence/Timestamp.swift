/// A moment of our own clock, in UTC, to the millisecond.
package struct Timestamp: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// RFC 3339 with three decimals and `Z`: the one spelling that leaves use.
    package var description: String {
        let seconds = milliseconds.flooredQuotient(1000)
        let fraction = milliseconds - seconds * 1000
        let civil = CivilTime(secondsSince1970: seconds)
        return "\(civil).\(pad(Int(fraction), 3))Z"
    }

    /// Reads exactly the spelling that `description` writes.
    package init?(_ text: String) {
        guard text.utf8.count == 24, text.hasSuffix("Z"),
            let civil = CivilTime(String(text.prefix(19))),
            text.utf8.dropFirst(19).first == UInt8(ascii: "."),
            let fraction = Int64(text.dropFirst(20).prefix(3)), fraction >= 0
        else { return nil }
        self.init(milliseconds: civil.secondsSince1970 * 1000 + fraction)
        guard description == text else { return nil }
    }
}

/// A date and time of day with no zone: what a recorder writes into a name or a FAT directory.
package struct CivilTime: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let year: Int
    package let month: Int
    package let day: Int
    package let hour: Int
    package let minute: Int
    package let second: Int

    /// Nil where the calendar has no such day or the day no such second.
    package init?(_ year: Int, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int, _ second: Int)
    {
        guard (1...9999).contains(year), (1...12).contains(month),
            (1...Self.days(in: month, of: year)).contains(day), (0...23).contains(hour),
            (0...59).contains(minute), (0...59).contains(second)
        else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
        (self.hour, self.minute, self.second) = (hour, minute, second)
    }

    /// Reads `yyyy-MM-ddTHH:mm:ss`; a space in place of the `T` is accepted.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 19, bytes[4] == 0x2d, bytes[7] == 0x2d,
            bytes[10] == UInt8(ascii: "T") || bytes[10] == 0x20, bytes[13] == 0x3a,
            bytes[16] == 0x3a
        else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            var value = 0
            for byte in bytes[range] {
                guard (0x30...0x39).contains(byte) else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            return value
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19)
        else { return nil }
        self.init(year, month, day, hour, minute, second)
    }

    /// The civil time of that many seconds since 1970, proleptic Gregorian, as if UTC. Clamped to
    /// years 1 to 9999.
    package init(secondsSince1970: Int64) {
        let clamped = min(max(secondsSince1970, -62_135_596_800), 253_402_300_799)
        let days = clamped.flooredQuotient(86_400)
        let rest = Int(clamped - days * 86_400)
        // The days-from-civil algorithm of H. Hinnant, with eras of 400 years from 0000-03-01.
        let shifted = Int(days) + 719_468
        let era = shifted.flooredQuotient(146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
        month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60)
    }

    /// Seconds since 1970 as if this civil time were UTC.
    package var secondsSince1970: Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear.flooredQuotient(400)
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = Int64(era * 146_097 + dayOfEra - 719_468)
        return days * 86_400 + Int64(hour * 3600 + minute * 60 + second)
    }

    package var description: String {
        "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))T\(pad(hour, 2)):\(pad(minute, 2)):\(pad(second, 2))"
    }

    package static func < (left: CivilTime, right: CivilTime) -> Bool {
        left.secondsSince1970 < right.secondsSince1970
    }

    static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// A fixed distance from UTC, as a station assumes it for a recorder: `+08:00`.
package struct ZoneOffset: Hashable, Sendable, CustomStringConvertible {
    package let minutes: Int

    package init?(minutes: Int) {
        guard (-18 * 60...18 * 60).contains(minutes) else { return nil }
        self.minutes = minutes
    }

    /// Reads `+08:00`, `-03:30` or `Z`.
    package init?(_ text: String) {
        if text == "Z" {
            self.init(minutes: 0)
            return
        }
        let bytes = Array(text.utf8)
        guard bytes.count == 6, bytes[3] == 0x3a, bytes[0] == 0x2b || bytes[0] == 0x2d,
            let hours = Int(text.dropFirst().prefix(2)), let rest = Int(text.suffix(2)),
            hours >= 0, (0...59).contains(rest)
        else { return nil }
        self.init(minutes: (bytes[0] == 0x2d ? -1 : 1) * (hours * 60 + rest))
    }

    private init(known minutes: Int) { self.minutes = minutes }

    /// China has one zone, without daylight saving since 1991.
    package static let china = ZoneOffset(known: 480)

    package var description: String {
        let sign = minutes < 0 ? "-" : "+"
        return "\(sign)\(pad(abs(minutes) / 60, 2)):\(pad(abs(minutes) % 60, 2))"
    }

    /// The moment that a civil time in this zone names.
    package func timestamp(of civil: CivilTime) -> Timestamp {
        Timestamp(milliseconds: (civil.secondsSince1970 - Int64(minutes) * 60) * 1000)
    }
}

func pad(_ number: Int, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.count)) + text
}

extension BinaryInteger {
    /// Division that rounds towards negative infinity.
    package func flooredQuotient(_ divisor: Self) -> Self {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder != 0 && (remainder < 0) != (divisor < 0) ? quotient - 1 : quotient
    }
}
