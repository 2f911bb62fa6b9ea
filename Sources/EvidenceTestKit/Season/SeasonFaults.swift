/// How often what goes wrong in life goes wrong in a ``Season``. Rates from 0 to 1; what each is of
/// stands beside it. The usual ones are what a prefecture's courts might see in a month.
package struct SeasonFaults: Hashable, Sendable {
    // MARK: Clocks, of recorders

    /// Off by 5 to 25 minutes.
    package var clockByMinutes = 0.15
    /// In another zone: 8 hours behind.
    package var clockByHours = 0.05
    /// Its battery gave out some day: years behind from then on.
    package var clockByYears = 0.05
    /// Of dockings of a recorder whose clock is off: somebody reads its display.
    package var clockIsRead = 0.3

    // MARK: Satellites

    /// Of recorders: it has no receiver.
    package var noReceiver = 0.5
    /// Of files of a recorder that has one: no fix was had.
    package var noFix = 0.3
    /// Of the others: the fixes are kilometres off.
    package var wrongPlace = 0.02

    // MARK: Carrying

    /// Of recorders that name their officer themselves: nobody told the register whose it is.
    package var notRegistered = 0.08
    /// Of officers' days: he took another's recorder, and that one his.
    package var swapped = 0.04
    /// Of those: nobody entered it, then or later.
    package var swapUntold = 0.2
    /// Of officers on a task: he did not record.
    package var notRecorded = 0.03

    // MARK: Papers, of field tasks

    package var lateSchedule = 0.1
    /// Another officer, another time of the day, or another day.
    package var wrongSchedule = 0.05
    /// Of those: nobody ever corrects it.
    package var wrongForGood = 0.2
    package var noSchedule = 0.03
    /// It took place some hours off its plan.
    package var offPlan = 0.03
    /// The same officers went on to another case some minutes later.
    package var closeTasks = 0.15

    // MARK: Footage

    /// Of officers' days: something is recorded that is of no case.
    package var betweenTasks = 0.08
    /// Of recordings: the recorder was off for a quarter of an hour or more.
    package var pause = 0.03
    /// Of files: it is gone, or was never written.
    package var lostSegment = 0.01
    package var damaged = 0.01
    /// Of files: it could not be taken at the dock.
    package var refused = 0.004
    /// Of a recorder's days: its counter begins again.
    package var sequenceReset = 0.03

    // MARK: Dockings

    /// Of a recorder's days: it comes back two to four days later.
    package var lateDocking = 0.03
    /// Of recorders: from some day on it is never seen again.
    package var neverDocked = 0.03
    /// Of a recorder's days: it is docked at noon too, or shows at the next docking what was taken
    /// before.
    package var secondDocking = 0.15

    package init() {}

    /// Nothing goes wrong.
    package static let none = SeasonFaults().scaled(by: 0)

    /// All of them so many times as often, 1 at most.
    package func scaled(by factor: Double) -> SeasonFaults {
        var scaled = self
        for rate in Self.rates { scaled[keyPath: rate] = min(1, self[keyPath: rate] * factor) }
        return scaled
    }

    private static let rates: [WritableKeyPath<SeasonFaults, Double> & Sendable] = [
        \.clockByMinutes, \.clockByHours, \.clockByYears, \.noReceiver, \.noFix, \.wrongPlace,
        \.notRegistered, \.swapped, \.swapUntold, \.notRecorded, \.lateSchedule, \.wrongSchedule,
        \.wrongForGood,
        \.noSchedule, \.offPlan, \.closeTasks, \.betweenTasks, \.pause, \.lostSegment, \.damaged,
        \.refused, \.sequenceReset, \.lateDocking, \.neverDocked, \.secondDocking,
    ]
}

/// How much there is of a ``Season``.
package struct SeasonSize: Hashable, Sendable {
    package var courts = 3
    /// Of each court.
    package var officers = 10
    /// Of each court: one for every officer, the rest in the cupboard.
    package var recorders = 13
    /// Working days, five a week.
    package var days = 20
    /// Field tasks of a court on a day, those apart that follow close on another.
    package var tasks = 3

    package init() {}
}
