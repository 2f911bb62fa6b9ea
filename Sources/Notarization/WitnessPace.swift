/// How often a witness is asked. Times are those of a clock that nobody sets.
package struct WitnessPace: Hashable, Sendable {
    /// The least wait after a failure.
    package var shortest: Duration
    /// The longest wait while something is pending.
    package var longest: Duration
    /// How long an answer may take before it counts as none.
    package var answerWithin: Duration
    /// How long a witness that has cosigned the newest checkpoint is left alone: it is asked again
    /// then, since a second station under our key would show itself there.
    package var refreshEvery: Duration
    /// How long a round waits for the slower witnesses before the next checkpoint is put to all.
    package var roundWithin: Duration

    package init(
        shortest: Duration = .seconds(1), longest: Duration = .seconds(60),
        answerWithin: Duration = .seconds(30), refreshEvery: Duration = .seconds(3600),
        roundWithin: Duration = .seconds(5)
    ) {
        (self.shortest, self.longest, self.answerWithin) = (shortest, longest, answerWithin)
        (self.refreshEvery, self.roundWithin) = (refreshEvery, roundWithin)
    }

    /// The wait after so many failures in a row: doubled each time, at least ``shortest`` and at most
    /// ``longest``.
    ///
    /// - Parameter jitter: 0...1; 1 is the full wait, 0 half of it. Stations that lost the same
    ///   witness must not come back at the same moment.
    func wait(after failures: Int, jitter: Double) -> Duration {
        let full = min(longest, shortest * (1 << min(max(failures - 1, 0), 20)))
        let share = 0.5 + 0.5 * min(max(jitter.isFinite ? jitter : 1, 0), 1)
        return max(min(shortest, longest), full * share)
    }
}
