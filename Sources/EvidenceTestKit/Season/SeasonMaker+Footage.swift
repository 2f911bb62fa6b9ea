import Evidence

/// What the recorders made of the tasks, and between them.
extension SeasonMaker {
    private static let segment = 20 * SeasonTime.minute

    mutating func makeFootage(_ season: inout Season) {
        var dice = dice(4)
        var shots: [(recorder: Int, officer: Int, task: Int?, times: Range<Int64>)] = []
        for task in season.tasks {
            for officer in task.officers {
                let carry = Season.Carry(officer: officer, workday: task.workday)
                let parts = takes(of: task, &dice)
                guard !dice.chance(faults.notRecorded), let recorder = season.carried[carry] else {
                    continue
                }
                shots += parts.map { (recorder, officer, task.number, $0) }
            }
        }
        for workday in 0..<size.days {
            for officer in season.officers.indices {
                let carry = Season.Carry(officer: officer, workday: workday)
                let from = SeasonTime.midnight(workday) + dice.minutes(8 * 60 + 30...17 * 60)
                let times = from..<from + dice.seconds(40...400)
                let own = season.tasks.filter {
                    $0.workday == workday && $0.officers.contains(officer)
                }
                // Whoever is out carries it on; whoever stays in leaves it in the cupboard.
                guard dice.chance(faults.betweenTasks), let recorder = season.carried[carry],
                    !own.isEmpty, !own.contains(where: { Self.touches($0.really, times) })
                else { continue }
                shots.append((recorder, officer, nil, times))
            }
        }
        shots.sort { ($0.times.lowerBound, $0.recorder) < ($1.times.lowerBound, $1.recorder) }
        for (take, shot) in shots.enumerated() {
            var begins = shot.times.lowerBound
            while begins < shot.times.upperBound {
                let ends = min(begins + Self.segment, shot.times.upperBound)
                season.files.append(
                    file(
                        season.files.count, take, shot.recorder, shot.officer, shot.task,
                        begins..<ends, season, &dice))
                begins = ends
            }
        }
        number(&season)
    }

    private static func touches(_ task: Range<Int64>, _ times: Range<Int64>) -> Bool {
        task.lowerBound - 2 * SeasonTime.minute < times.upperBound
            && times.lowerBound < task.upperBound + 2 * SeasonTime.minute
    }

    /// From soon after the beginning until just before the end, with short breaks, or a long one.
    private func takes(of task: SeasonTask, _ dice: inout SeasonDice) -> [Range<Int64>] {
        let begins = task.really.lowerBound + dice.seconds(0...240)
        let ends = task.really.upperBound - dice.seconds(0...240)
        let isLong = dice.chance(faults.pause)
        let pause = isLong ? dice.minutes(15...35) : dice.minutes(1...5)
        let breaks = isLong || dice.chance(0.3)
        let middle = begins + (ends - begins) / 100 * Int64(dice.number(25...60))
        guard breaks, ends - middle > pause + 3 * SeasonTime.minute else { return [begins..<ends] }
        return [begins..<middle, middle + pause..<ends]
    }

    private func file(
        _ number: Int, _ take: Int, _ recorder: Int, _ officer: Int, _ task: Int?,
        _ times: Range<Int64>, _ season: Season, _ dice: inout SeasonDice
    ) -> SeasonFile {
        let (isLost, isRefused) = (dice.chance(faults.lostSegment), dice.chance(faults.refused))
        let (hasNoFix, isWrong) = (dice.chance(faults.noFix), dice.chance(faults.wrongPlace))
        // On the way, or at the court.
        let court = season.officers[officer].court
        var place = (
            latitude: 24_480_000 + court * 300_000 + dice.number(-30_000...30_000),
            longitude: 117_580_000 + dice.number(-30_000...30_000)
        )
        if let task { place = season.tasks[task].place }
        if isWrong { place.latitude += 250_000 }
        let first = times.lowerBound + dice.seconds(5...40)
        let last = times.upperBound - dice.seconds(1...20)
        var fixes: [SatelliteTrack.Fix] = []
        if season.recorders[recorder].hasReceiver, !hasNoFix, last > first {
            fixes = [first, (first + last) / 2000 * 1000, last].map { moment in
                SatelliteTrack.Fix(
                    time: Timestamp(milliseconds: moment / 1000 * 1000),
                    place: MediaFacts.Place(
                        latitudeE7: Int64(place.latitude + dice.number(-400...400)) * 10,
                        longitudeE7: Int64(place.longitude + dice.number(-400...400)) * 10))
            }
        }
        return SeasonFile(
            number: number, take: take, recorder: recorder, officer: officer, task: task,
            times: times, sequence: nil, fate: isLost ? .lost : isRefused ? .refused : .stored,
            isDamaged: dice.chance(faults.damaged), fixes: fixes,
            digests: (SHA256Digest(words: dice.words()), SM3Digest(words: dice.words())))
    }

    /// The counters of the recorders that have one: a file that is gone took its number with it.
    private func number(_ season: inout Season) {
        var dice = dice(5)
        for recorder in season.recorders.indices where season.recorders[recorder].isNumbered {
            var next = Int64(dice.number(1...900))
            var today: Int64 = 0
            for file in season.files.indices where season.files[file].recorder == recorder {
                let day = season.files[file].times.lowerBound / SeasonTime.day
                if day != today, dice.chance(faults.sequenceReset) { next = 1 }
                season.files[file].sequence = next
                (next, today) = (next + 1, day)
            }
        }
    }
}
