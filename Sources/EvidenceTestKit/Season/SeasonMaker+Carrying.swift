import Evidence

/// Who had which recorder with him on which day, and what the register is told of it.
extension SeasonMaker {
    mutating func makeCarrying(_ season: inout Season) {
        var dice = dice(3)
        var own: [Int: Int] = [:]
        for (recorder, known) in season.recorders.enumerated() {
            if let owner = known.owner { own[owner] = recorder }
        }
        for workday in 0..<size.days {
            replaceGone(workday, &own, &season)
            for officer in season.officers.indices {
                season.carried[.init(officer: officer, workday: workday)] = own[officer]
            }
            var swapped: Set<Int> = []
            for officer in season.officers.indices {
                // Half of them go out together, and take each other's off the shelf.
                let (isSwapped, isTogether) = (dice.chance(faults.swapped / 2), dice.chance(0.5))
                let (isUntold, days) = (dice.chance(faults.swapUntold), dice.number(0...3))
                let court = season.officers[officer].court
                let today = season.tasks.filter { $0.workday == workday }
                let mates = today.filter { $0.officers.contains(officer) }.flatMap(\.officers)
                let others = season.officers.indices.filter { season.officers[$0].court == court }
                let other = dice.pick(isTogether && mates.count > 1 ? mates : Array(others))
                guard isSwapped, other != officer, !swapped.contains(officer),
                    !swapped.contains(other), let one = own[officer], let two = own[other]
                else { continue }
                swapped.formUnion([officer, other])
                season.carried[.init(officer: officer, workday: workday)] = two
                season.carried[.init(officer: other, workday: workday)] = one
                if isUntold { continue }
                let midnight = SeasonTime.midnight(workday)
                let told = midnight + Int64(days) * SeasonTime.day + 20 * SeasonTime.hour
                for (recorder, holder) in [(two, officer), (one, other)] {
                    let number = season.recorders[recorder].number
                    issue(
                        number, .lent, season.officers[holder].number,
                        midnight + 7 * SeasonTime.hour, at: told, &season)
                    issue(
                        number, .returned, nil, midnight + 23 * SeasonTime.hour,
                        at: told + 1000, &season)
                }
            }
        }
    }

    /// Whoever's recorder did not come back gets one out of the cupboard the next morning.
    private func replaceGone(_ workday: Int, _ own: inout [Int: Int], _ season: inout Season) {
        for (recorder, day) in goneFrom.sorted(by: { $0.key < $1.key }) where day + 1 == workday {
            guard let owner = season.recorders[recorder].owner else { continue }
            own[owner] = nil
            let used = Set(own.values)
            let spare = season.recorders.indices.first {
                season.recorders[$0].owner == nil && !used.contains($0)
                    && season.recorders[$0].court == season.recorders[recorder].court
            }
            guard let spare else { continue }
            own[owner] = spare
            let morning = SeasonTime.midnight(workday) + 7 * SeasonTime.hour
            issue(
                season.recorders[spare].number, .issued, season.officers[owner].number, morning,
                at: morning, &season)
        }
    }
}
