import Evidence

/// A moment as people at the court read it: in China's time, with its offset, so that no two
/// readings of it are possible.
enum LocalMoment {
    private static let offset: Int64 = 8 * 3_600_000

    static func text(_ moment: Timestamp) -> String {
        let local = Timestamp(milliseconds: moment.milliseconds + offset).description
        return local.prefix(19).replacing("T", with: " ") + " +08:00"
    }

    /// From and to; the day once where it is the same.
    static func text(_ from: Timestamp, _ to: Timestamp) -> String {
        let (begin, end) = (text(from), text(to))
        let isSameDay = begin.prefix(10) == end.prefix(10)
        return begin.prefix(16) + " – "
            + (isSameDay ? end.dropFirst(11) : end[...]).prefix(
                isSameDay ? 5 : 16)
    }

    /// The first moment of a day (`yyyy-MM-dd`) in China's time, and the last; nil for what is no
    /// day.
    static func day(_ text: String) -> ClosedRange<Timestamp>? {
        guard text.utf8.count == 10, let midnight = CivilTime(text + "T00:00:00") else {
            return nil
        }
        let first = ZoneOffset.china.timestamp(of: midnight)
        return first...Timestamp(milliseconds: first.milliseconds + 86_400_000 - 1)
    }
}
