/// A recorder's clock: what it shows at any true time.
package struct SeasonClock: Hashable, Sendable {
    /// From a moment on it is ahead by so many milliseconds, and by the drift since.
    package struct Step: Hashable, Sendable {
        package let from: Int64
        package let offset: Int64
    }

    /// In the order of time; the first from before the season.
    package var steps: [Step]
    package var driftPerDay: Int64

    /// Which step holds at that time.
    package func step(at moment: Int64) -> Int {
        max(0, (steps.lastIndex { $0.from <= moment }) ?? 0)
    }

    /// How many milliseconds it is ahead of true time; negative where it is behind.
    package func offset(at moment: Int64) -> Int64 {
        let step = steps[step(at: moment)]
        return step.offset + (moment - step.from) * driftPerDay / SeasonTime.day
    }

    /// The clock of a recorder, with the faults that it is to have.
    init(_ faults: SeasonFaults, days: Int, dice: inout SeasonDice) {
        let first = SeasonTime.begins - 10 * SeasonTime.day
        var offset = dice.seconds(-20...20)
        let minutes = dice.minutes(5...25) * (dice.chance(0.5) ? 1 : -1)
        let (byMinutes, byHours) = (
            dice.chance(faults.clockByMinutes), dice.chance(faults.clockByHours)
        )
        let (byYears, day) = (dice.chance(faults.clockByYears), dice.number(0...days - 1))
        driftPerDay = dice.seconds(-1...1)
        if byMinutes { offset += minutes }
        if byHours { offset -= 8 * SeasonTime.hour }
        steps = [Step(from: first, offset: offset)]
        if byYears {
            // It shows the beginning of 2015 (+08:00) at eight in the morning of that day.
            let moment = SeasonTime.midnight(day) + 8 * SeasonTime.hour
            steps.append(Step(from: moment, offset: 1_420_041_600_000 - moment))
        }
    }
}
