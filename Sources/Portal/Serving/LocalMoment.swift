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
}
