import Evidence

/// Throws the dice for a ``Season``, theme by theme.
struct SeasonMaker {
    let size: SeasonSize
    let faults: SeasonFaults
    let seed: UInt64
    /// From which day on a recorder is gone for good.
    var goneFrom: [Int: Int] = [:]

    init(size: SeasonSize, faults: SeasonFaults, seed: UInt64) {
        (self.size, self.faults, self.seed) = (size, faults, seed)
    }

    func dice(_ theme: UInt64) -> SeasonDice { SeasonDice(seed: seed, theme: theme) }

    mutating func makePeople(_ season: inout Season) {
        var dice = dice(1)
        for court in 0..<size.courts {
            let first = season.officers.count
            for number in 0..<size.officers {
                season.officers.append(
                    .init(number: "\(350_000 + court * 1000 + number)", court: court))
            }
            for number in 0..<size.recorders {
                let owner = number < size.officers ? first + number : nil
                let isNumbered = dice.chance(0.4)
                let clock = SeasonClock(faults, days: size.days, dice: &dice)
                let isGone = dice.chance(faults.neverDocked)
                let day = dice.number(1...max(1, size.days - 1))
                if isGone, owner != nil { goneFrom[season.recorders.count] = day }
                season.recorders.append(
                    .init(
                        number: "\(isNumbered ? "NV" : "")\(7_100_000 + court * 1000 + number)",
                        court: court, owner: owner, isNumbered: isNumbered,
                        hasReceiver: !dice.chance(faults.noReceiver), clock: clock,
                        claims: isNumbered ? nil : owner.map { season.officers[$0].number }))
            }
        }
        var told = self.dice(8)
        for recorder in season.recorders {
            let isTold = !told.chance(faults.notRegistered) || recorder.claims == nil
            guard let owner = recorder.owner, isTold else { continue }
            let from = SeasonTime.begins - 30 * SeasonTime.day
            issue(recorder.number, .issued, season.officers[owner].number, from, at: from, &season)
        }
    }

    func issue(
        _ recorder: String, _ step: RecorderIssueRow.Step, _ officer: String?, _ from: Int64,
        at: Int64, _ season: inout Season
    ) {
        let row = RecorderIssueRow(
            recorder: recorder, step: step, officer: officer,
            from: Timestamp(milliseconds: from), by: "uid:0")
        season.steps.append((at, .issue(row)))
    }

    // MARK: - Field tasks

    private static let kinds: [(kind: String, officers: ClosedRange<Int>)] = [
        ("service", 1...2), ("service", 1...2), ("investigation", 2...2), ("investigation", 2...2),
        ("seizure", 2...3), ("search", 2...3), ("eviction", 3...4), ("interview", 1...2),
        ("delivery", 2...2), ("inspection", 2...2),
    ]

    func makeTasks(_ season: inout Season) {
        var dice = dice(2)
        for workday in 0..<size.days {
            for court in 0..<size.courts {
                var free: [Int: Int64] = [:]
                for officer in season.officers.indices where season.officers[officer].court == court
                {
                    free[officer] = SeasonTime.midnight(workday) + 8 * SeasonTime.hour
                }
                for _ in 0..<size.tasks { addTask(workday, court, &free, &season, &dice) }
            }
        }
    }

    private func addTask(
        _ workday: Int, _ court: Int, _ free: inout [Int: Int64], _ season: inout Season,
        _ dice: inout SeasonDice
    ) {
        let midnight = SeasonTime.midnight(workday)
        let (kind, wanted) = dice.pick(Self.kinds)
        let count = dice.number(wanted)
        let hour = dice.chance(0.5) ? 8 * 60 + 40 : 14 * 60
        let start = midnight + dice.minutes(hour...hour + 80) / 600_000 * 600_000
        let order = dice.shuffled(free.keys.sorted())
        let length = dice.minutes(4...11) * 10
        let (isClose, pause, further) = (
            dice.chance(faults.closeTasks), dice.minutes(2...6) * 5, dice.minutes(4...8) * 10
        )
        let officers = order.filter { free[$0] ?? 0 <= start - 40 * SeasonTime.minute }.prefix(
            count)
        guard officers.count == count else { return }
        let planned = start..<start + length
        let end = append(kind, Array(officers).sorted(), workday, court, planned, &season, &dice)
        officers.forEach { free[$0] = end }
        guard isClose else { return }
        let next = max(planned.upperBound, end - 5 * SeasonTime.minute) + pause
        let after = append(
            dice.pick(["service", "investigation", "delivery"]), Array(officers).sorted(), workday,
            court, next..<next + further, after: end + 5 * SeasonTime.minute, &season, &dice)
        officers.forEach { free[$0] = after }
    }

    /// Adds a task and gives the time at which its officers are free again.
    private func append(
        _ kind: String, _ officers: [Int], _ workday: Int, _ court: Int, _ planned: Range<Int64>,
        after: Int64 = 0, _ season: inout Season, _ dice: inout SeasonDice
    ) -> Int64 {
        let isOff = dice.chance(faults.offPlan)
        let shift = dice.minutes(60...150)
        let start = max(planned.lowerBound + dice.minutes(-8...12) + (isOff ? shift : 0), after)
        let least = start + 25 * SeasonTime.minute
        let end = max(planned.upperBound + dice.minutes(-20...12) + (isOff ? shift : 0), least)
        let isKnown = dice.chance(0.2)
        let earlier = season.tasks.filter { $0.court == court }
        let known = dice.number(0...max(0, earlier.count - 1))
        var cases = [caseNumber(season.tasks.count, court, season)]
        if isKnown, !earlier.isEmpty { cases = [earlier[known].caseNumbers[0]] }
        if dice.chance(0.1) { cases.append(caseNumber(5000 + season.tasks.count, court, season)) }
        season.tasks.append(
            SeasonTask(
                number: season.tasks.count, court: court, caseNumbers: cases, kind: kind,
                officers: officers, workday: workday, planned: planned, really: start..<end,
                place: (
                    24_500_000 + court * 300_000 + dice.number(-60_000...60_000),
                    117_600_000 + dice.number(-60_000...60_000)
                )))
        return end
    }

    private func caseNumber(_ number: Int, _ court: Int, _ season: Season) -> CaseNumber {
        let text = "（2026）\(season.courts[court])执\(number + 1)号"
        guard let number = try? CaseNumber(reading: text) else {
            preconditionFailure("no case number: \(text)")
        }
        return number
    }
}
