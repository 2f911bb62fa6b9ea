import Evidence

/// What is known of one recorder's clock: every measurement, by true time.
///
/// Between two measurements that a drifting clock explains the offset is interpolated. Where the two
/// differ by more, somebody set the clock between them; that is done when a recorder is docked, so
/// footage until then goes by the later measurement. A measurement alone speaks for what was shot in the
/// 30 days before and after it, and for all that was still on the recorder then. An offset that would put
/// footage after its own docking is not believed.
struct ClockHistory {
    struct Measurement: Hashable {
        let at: Int64
        let offset: Int64

        /// What the recorder's clock showed then.
        var reading: Int64 { at + offset }
    }

    /// How far a measurement alone speaks.
    static let held: Int64 = 30 * Limit.day

    private enum Limit {
        static let day: Int64 = 86_400_000
        /// Drift of a bad quartz: some seconds a day.
        static let driftPerDay: Int64 = 10_000
        static let drift: Int64 = 30_000
        /// Between the two clocks of a measurement.
        static let tolerance: Int64 = 120_000
    }

    private let measurements: [Measurement]

    /// - Parameter measurements: the oldest first.
    init(_ measurements: [Measurement]) { self.measurements = measurements }

    /// How many milliseconds the clock was ahead as it showed `reading`; nil where nothing measured says
    /// so.
    ///
    /// - Parameter taken: when the footage was taken off the recorder, by true time.
    func offset(atReading reading: Int64, taken: Int64) -> Int64? {
        let latest = taken + Limit.tolerance
        if let last = measurements.last {
            let moment = reading - last.offset
            if moment >= last.at, moment <= min(latest, last.at + Self.held) { return last.offset }
        }
        for number in measurements.indices.reversed() {
            let next = measurements[number]
            let before = number > 0 ? measurements[number - 1] : nil
            guard let offset = Self.offset(reading, between: before, and: next, taken: taken) else { continue }
            if reading - offset <= latest { return offset }
        }
        return nil
    }

    private static func offset(
        _ reading: Int64, between before: Measurement?, and next: Measurement, taken: Int64
    ) -> Int64? {
        let moment = reading - next.offset
        let isNear = moment >= next.at - held || taken >= next.at - Limit.day
        guard let before else { return isNear && moment <= next.at ? next.offset : nil }
        let span = next.at - before.at
        let change = next.offset - before.offset
        guard span > 0, abs(change) <= Limit.drift + span / Limit.day * Limit.driftPerDay else {
            return isNear && moment >= before.at && moment <= next.at ? next.offset : nil
        }
        guard (before.reading...max(before.reading, next.reading)).contains(reading) else {
            return nil
        }
        let part = Double(reading - before.reading) / Double(max(1, next.reading - before.reading))
        return before.offset + Int64((Double(change) * part).rounded())
    }
}
