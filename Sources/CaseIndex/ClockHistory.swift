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
        let said = [
            drifted(reading), own(taken)?.offset, held(reading),
            measurements.last { speaks($0, for: reading, taken: taken) }?.offset,
        ]
        return said.compactMap { $0 }.first { reading - $0 <= latest }
    }

    /// Between two measurements that a drift explains.
    private func drifted(_ reading: Int64) -> Int64? {
        for (before, next) in zip(measurements, measurements.dropFirst()).reversed() {
            let span = next.at - before.at
            let change = next.offset - before.offset
            guard span > 0,
                abs(change) <= Limit.drift + span / Limit.day * Limit.driftPerDay,
                before.reading < next.reading,
                (before.reading...next.reading).contains(reading)
            else { continue }
            let part = Double(reading - before.reading) / Double(next.reading - before.reading)
            return before.offset + Int64((Double(change) * part).rounded())
        }
        return nil
    }

    /// What was measured as the recorder was docked: rather after its files were taken than before.
    private func own(_ taken: Int64) -> Measurement? {
        measurements.first { (taken...taken + Limit.day).contains($0.at) }
            ?? measurements.last { (taken - Limit.day..<taken).contains($0.at) }
    }

    /// By the last measurement, for a while after it.
    private func held(_ reading: Int64) -> Int64? {
        guard let last = measurements.last else { return nil }
        let moment = reading - last.offset
        return (last.at...last.at + Self.held).contains(moment) ? last.offset : nil
    }

    /// Whether footage from before a measurement goes by it, and not by an earlier one.
    private func speaks(_ next: Measurement, for reading: Int64, taken: Int64) -> Bool {
        let moment = reading - next.offset
        guard moment <= next.at, moment >= next.at - Self.held || taken >= next.at - Limit.day
        else { return false }
        return measurements.last { $0.at < next.at }.map { moment >= $0.at } ?? true
    }
}
