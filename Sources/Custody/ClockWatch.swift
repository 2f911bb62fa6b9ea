import Evidence

/// Tells when the station's clock jumps: against the machine's uptime while it runs, and against the
/// last leaf after a start.
struct ClockWatch {
    /// What a clock reads, and what was to be expected of it.
    struct Jump {
        let expected: Timestamp
        let found: Timestamp
    }

    /// Milliseconds by which wall time and uptime may part: both are slewed alike, only a step
    /// parts them.
    private static let tolerance: Int64 = 5_000
    /// Milliseconds for which a station may have been off before its clock is doubted.
    private static let longestRest: Int64 = 180 * 86_400_000

    private var last: (time: Timestamp, uptime: Duration?)?

    /// - Parameter lastLeaf: the time of the last leaf; nil for an empty log.
    init(lastLeaf: Timestamp?) { last = lastLeaf.map { ($0, nil) } }

    /// Whether the clock jumped since the last look.
    func jump(now: Timestamp, uptime: Duration) -> Jump? {
        guard let last else { return nil }
        let step = now.milliseconds - last.time.milliseconds
        guard let before = last.uptime else {
            let isPlausible = (-Self.tolerance...Self.longestRest).contains(step)
            return isPlausible ? nil : Jump(expected: last.time, found: now)
        }
        let elapsed = uptime - before
        let (seconds, attoseconds) = elapsed.components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        guard abs(step - milliseconds) > Self.tolerance else { return nil }
        let expected = Timestamp(milliseconds: last.time.milliseconds + milliseconds)
        return Jump(expected: expected, found: now)
    }

    mutating func looked(now: Timestamp, uptime: Duration) { last = (now, uptime) }
}
