import Evidence

/// What the courts send of their field tasks, and when.
extension SeasonMaker {
    mutating func makePapers(_ season: inout Season) {
        var dice = dice(7)
        var files: [Place: [DutyRow]] = [:]
        for task in season.tasks {
            let right = row(of: task, season, &dice)
            let wrong = spoiled(right, task, season, &dice)
            let midnight = SeasonTime.midnight(task.workday)
            let isLate = dice.chance(faults.lateSchedule)
            let lateness = Int64(dice.number(1...4)) * SeasonTime.day
            let (isWrong, isForGood) = (
                dice.chance(faults.wrongSchedule), dice.chance(faults.wrongForGood)
            )
            let corrected = Int64(dice.number(1...3)) * SeasonTime.day
            let isMissing = dice.chance(faults.noSchedule)
            let isWritten = dice.chance(0.5)
            if isMissing { continue }
            var sent = midnight - 7 * SeasonTime.hour
            if isLate { sent = midnight + lateness + 17 * SeasonTime.hour }
            files[Place(at: sent, court: task.court), default: []].append(isWrong ? wrong : right)
            if isWrong, !isForGood {
                let at = max(midnight, sent) + corrected + 18 * SeasonTime.hour
                files[Place(at: at, court: task.court), default: []].append(right)
            }
            if isWritten, !isWrong {
                let at = max(midnight + 21 * SeasonTime.hour, sent + SeasonTime.hour)
                files[Place(at: at, court: task.court), default: []].append(
                    withTimes(right, of: task))
            }
        }
        for (place, rows) in files.sorted(by: {
            ($0.key.at, $0.key.court) < ($1.key.at, $1.key.court)
        }) {
            season.steps.append((place.at, .schedule(rows)))
        }
    }

    private struct Place: Hashable {
        let at: Int64
        let court: Int
    }

    private func row(of task: SeasonTask, _ season: Season, _ dice: inout SeasonDice) -> DutyRow {
        let (hasPlace, namesRecorders) = (dice.chance(0.6), dice.chance(0.15))
        let recorders = task.officers.compactMap {
            season.carried[.init(officer: $0, workday: task.workday)].map {
                season.recorders[$0].number
            }
        }
        return DutyRow(
            id: task.id, caseNumbers: task.caseNumbers, kind: task.kind,
            court: season.courts[task.court],
            officers: task.officers.map {
                ScheduledOfficer(id: season.officers[$0].number, name: nil)
            }, recorders: namesRecorders ? recorders : [],
            plannedStart: Timestamp(milliseconds: task.planned.lowerBound),
            plannedEnd: Timestamp(milliseconds: task.planned.upperBound), place: "村口",
            latitude: hasPlace ? task.place.latitude : nil,
            longitude: hasPlace ? task.place.longitude : nil, radius: hasPlace ? 300 : nil)
    }

    /// Written down afterwards, to five minutes.
    private func withTimes(_ row: DutyRow, of task: SeasonTask) -> DutyRow {
        var row = row
        let five = 5 * SeasonTime.minute
        row.actualStart = Timestamp(milliseconds: task.really.lowerBound / five * five)
        row.actualEnd = Timestamp(milliseconds: (task.really.upperBound + five) / five * five)
        return row
    }

    private func spoiled(
        _ row: DutyRow, _ task: SeasonTask, _ season: Season, _ dice: inout SeasonDice
    ) -> DutyRow {
        var row = row
        func move(_ by: Int64) {
            row.plannedStart = Timestamp(milliseconds: task.planned.lowerBound + by)
            row.plannedEnd = Timestamp(milliseconds: task.planned.upperBound + by)
        }
        let others = season.officers.indices.filter {
            season.officers[$0].court == task.court && !task.officers.contains($0)
        }
        let (way, other, hours) = (dice.number(0...2), dice.pick(others), dice.number(2...5))
        switch way {
        case 0:
            row.officers[0] = ScheduledOfficer(id: season.officers[other].number, name: nil)
        case 1: move(Int64(hours) * (dice.chance(0.5) ? 1 : -1) * SeasonTime.hour)
        default: move((dice.chance(0.5) ? 1 : -1) * SeasonTime.day)
        }
        return row
    }
}
