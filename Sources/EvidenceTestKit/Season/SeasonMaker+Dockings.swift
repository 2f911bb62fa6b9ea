import Evidence

/// When the recorders come to the dock, and what is on them then.
extension SeasonMaker {
    mutating func makeDockings(_ season: inout Season) {
        var dice = dice(6)
        for recorder in season.recorders.indices {
            var waiting = season.files.indices.filter {
                season.files[$0].recorder == recorder && season.files[$0].fate != .lost
            }[...]
            var last: [Int] = []
            var heldUntil = 0
            for workday in 0..<size.days {
                let midnight = SeasonTime.midnight(workday)
                let out = season.tasks.filter { task in
                    task.workday == workday
                        && task.officers.contains {
                            season.carried[.init(officer: $0, workday: workday)] == recorder
                        }
                }
                let (isLate, days) = (dice.chance(faults.lateDocking), dice.number(2...4))
                let (atNoon, again) = (
                    dice.chance(faults.secondDocking / 2), dice.chance(faults.secondDocking / 2)
                )
                let evening = dice.minutes(20...90)
                let isRead = dice.chance(faults.clockIsRead)
                let isGone = goneFrom[recorder].map { workday >= $0 } ?? false
                let hasShot = waiting.contains {
                    season.files[$0].times.lowerBound < midnight + SeasonTime.day
                }
                guard !isGone, !out.isEmpty || hasShot else { continue }
                if isLate, heldUntil <= workday { heldUntil = workday + days }
                guard workday >= heldUntil || workday == size.days - 1 else { continue }
                if atNoon, let first = out.map(\.really.upperBound).min(),
                    first < midnight + 13 * SeasonTime.hour
                {
                    dock(recorder, first + evening / 2, isRead, [], &waiting, &last, &season)
                }
                let over = out.map(\.really.upperBound).max() ?? midnight + 17 * SeasonTime.hour
                let end =
                    waiting.filter {
                        season.files[$0].times.lowerBound < midnight + SeasonTime.day
                    }.map { season.files[$0].times.upperBound }.max() ?? 0
                dock(
                    recorder, max(over, end) + evening, isRead, again ? last : [], &waiting, &last,
                    &season)
            }
        }
    }

    private func dock(
        _ recorder: Int, _ at: Int64, _ isRead: Bool, _ again: [Int],
        _ waiting: inout ArraySlice<Int>, _ last: inout [Int], _ season: inout Season
    ) {
        let taken = waiting.prefix { season.files[$0].times.upperBound <= at }
        waiting = waiting.dropFirst(taken.count)
        let known = season.recorders[recorder]
        let offset = known.clock.offset(at: at)
        let docking = SeasonDocking(
            recorder: recorder, at: at, files: taken.filter { season.files[$0].fate == .stored },
            refused: taken.filter { season.files[$0].fate == .refused }, again: again,
            isRead: isRead && abs(offset) >= 5 * SeasonTime.minute)
        season.steps.append((at, .docking(season.dockings.count)))
        season.dockings.append(docking)
        last = docking.files
        guard docking.isRead else { return }
        let row = ClockRow(
            recorder: known.number, visit: nil, at: Timestamp(milliseconds: at),
            // Read off a display, without its seconds.
            offset: offset / 1000 * 1000, within: 60_000, source: .shown, item: nil, by: "uid:0")
        season.steps.append((at + 1000, .clock(row)))
    }
}
