package import Evidence
import Foundation

/// Weighs field tasks for a piece of footage. Pure: the same input gives the same answer.
package struct Matcher: Sendable {
    private let weights: MatchWeights

    package init(_ weights: MatchWeights = MatchWeights()) { self.weights = weights }

    /// Weighs every task that is given. Tasks of the same cases do not stand in each other's way:
    /// the lead is counted to the best task of other ones.
    ///
    /// - Parameters:
    ///   - refused: cases that a person said it is not of: they are at most proposed.
    ///   - count: how many of the best are in the answer; those of the tasks `besides` are in any case.
    package func match(
        _ subject: MatchSubject, _ duties: [DutyRow], refused: Set<CaseNumber> = [],
        keeping count: Int = .max, besides: Set<String> = []
    ) -> MatchResult {
        // Tasks of whoever is believed to have carried it, on that day.
        let sameDay = subject.officer.map { officer in
            duties.count {
                Self.isOn($0, officer) && Self.distance(subject, $0) < 12 * 3_600_000
            }
        }
        let points = duties.map { duty in
            var sum = 0
            weigh(subject, duty, isOnly: sameDay == 1) { sum += $0.points }
            return sum
        }
        let order = points.indices.sorted {
            points[$0] != points[$1] ? points[$0] > points[$1] : duties[$0].id < duties[$1].id
        }
        let candidates = order.enumerated().filter { rank, place in
            rank < count || !besides.isEmpty && besides.contains(duties[place].id)
        }.map { _, place in
            var reasons: [MatchReason] = []
            weigh(subject, duties[place], isOnly: sameDay == 1) { reasons.append($0) }
            return MatchCandidate(duty: duties[place], reasons: reasons)
        }
        guard let best = candidates.first, best.points >= weights.proposeFrom else {
            return MatchResult(candidates: candidates, decision: .inbox)
        }
        let rival = order.first { duties[$0].caseNumbers != best.duty.caseNumbers }
        let leads =
            best.points - (rival.map { points[$0] } ?? .min / 2) >= weights.lead
        let isClear =
            best.points >= weights.assignFrom && leads
            && refused.isDisjoint(with: best.duty.caseNumbers)
        return MatchResult(candidates: candidates, decision: isClear ? .assign : .propose)
    }

    // MARK: - Evidence

    /// - Parameter add: is given each reason.
    private func weigh(
        _ subject: MatchSubject, _ duty: DutyRow, isOnly: Bool, _ add: (MatchReason) -> Void
    ) {
        var officerPoints = 0
        if let officer = subject.officer {
            let reason = officerReason(subject, officer, duty)
            officerPoints = reason.points
            add(reason)
            if reason.code != .otherOfficer {
                if let claimed = subject.claimedOfficer, claimed != officer {
                    add(MatchReason(.contradictedClaim, weights.contradictedClaim, who: claimed))
                }
                if isOnly { add(MatchReason(.onlyTask, weights.onlyTask)) }
            }
        }
        if let recorder = subject.recorder, !duty.recorders.isEmpty {
            add(recorderReason(recorder, duty, officer: officerPoints))
        }
        add(timeReason(subject, duty))
        if let reason = placeReason(subject, duty) { add(reason) }
        if !subject.casesOfTake.isEmpty,
            !subject.casesOfTake.isDisjoint(with: duty.caseNumbers)
        {
            add(MatchReason(.sameTake, weights.sameTake))
        }
        if subject.hasDoubtfulClock { add(MatchReason(.doubtfulClock, weights.doubtfulClock)) }
        if subject.isImportant { add(MatchReason(.important, weights.important)) }
    }

    private func officerReason(
        _ subject: MatchSubject, _ officer: String, _ duty: DutyRow
    ) -> MatchReason {
        // A task that names the recorder may have been another's after all.
        guard Self.isOn(duty, officer) else {
            return MatchReason(.otherOfficer, weights.otherOfficer, who: officer)
        }
        if subject.attributedOfficer != nil {
            return MatchReason(.attributedOfficer, weights.attributedOfficer, who: officer)
        }
        if subject.scheduledOfficer != nil {
            return MatchReason(.scheduledOfficer, weights.scheduledOfficer, who: officer)
        }
        return subject.registeredOfficer != nil
            ? MatchReason(.registeredOfficer, weights.registeredOfficer, who: officer)
            : MatchReason(.claimedOfficer, weights.claimedOfficer, who: officer)
    }

    /// - Parameter officer: what its officer counts for or against the task.
    private func recorderReason(_ recorder: String, _ duty: DutyRow, officer: Int) -> MatchReason {
        guard duty.recorders.contains(recorder) else {
            return MatchReason(.otherRecorder, weights.otherRecorder)
        }
        let points =
            officer > 0
            ? max(weights.namedRecorder - officer, weights.namedRecorderToo) : weights.namedRecorder
        return MatchReason(.namedRecorder, points, who: recorder)
    }

    private func timeReason(_ subject: MatchSubject, _ duty: DutyRow) -> MatchReason {
        let window = duty.window
        let (first, last) = (window.lowerBound.milliseconds, window.upperBound.milliseconds)
        let (begins, ends) = (subject.begins.milliseconds, subject.ends.milliseconds)
        let overlap = max(0, min(last, ends) - max(first, begins))
        let isInside =
            begins == ends
            ? (first...last).contains(begins) : overlap * 5 >= (ends - begins) * 4
        if isInside { return MatchReason(.timeInside, weights.timeInside) }
        let before = first - Int64(weights.minutesBefore) * 60_000
        let after = last + Int64(weights.minutesAfter) * 60_000
        if ends >= before, begins <= after {
            let distance =
                begins < first ? -Self.minutes(first - begins) : Self.minutes(ends - last)
            return overlap > 0
                ? MatchReason(.timePartly, weights.timePartly, distance: distance)
                : MatchReason(.timeBeside, weights.timeBeside, distance: distance)
        }
        return MatchReason(
            .timeOutside, weights.timeOutside,
            distance: Self.minutes(Self.distance(subject, duty)))
    }

    private func placeReason(_ subject: MatchSubject, _ duty: DutyRow) -> MatchReason? {
        guard let latitude = duty.latitude, let longitude = duty.longitude,
            !subject.points.isEmpty
        else { return nil }
        let place = MatchSubject.Point(latitude: latitude, longitude: longitude)
        let radius = duty.radius ?? 500
        let metres = subject.points.map { Self.metres($0, place) }.min() ?? .max
        if metres <= radius {
            return MatchReason(.insidePlace, weights.insidePlace, distance: Int64(metres))
        }
        guard metres > max(2000, 5 * radius) else { return nil }
        return MatchReason(.farFromPlace, weights.farFromPlace, distance: Int64(metres))
    }

    // MARK: - Measures

    private static func isOn(_ duty: DutyRow, _ officer: String) -> Bool {
        duty.officers.contains { $0.id == officer }
    }

    /// Milliseconds between the footage and the task; 0 where they touch.
    private static func distance(_ subject: MatchSubject, _ duty: DutyRow) -> Int64 {
        let window = duty.window
        return max(
            0, window.lowerBound.milliseconds - subject.ends.milliseconds,
            subject.begins.milliseconds - window.upperBound.milliseconds)
    }

    private static func minutes(_ milliseconds: Int64) -> Int64 { (milliseconds + 59_999) / 60_000 }

    /// Along the great circle, on a sphere of 6,371 km.
    static func metres(_ one: MatchSubject.Point, _ other: MatchSubject.Point) -> Int {
        func radians(_ millionths: Int) -> Double { Double(millionths) / 1_000_000 * .pi / 180 }
        let (first, second) = (radians(one.latitude), radians(other.latitude))
        let across = sin((second - first) / 2)
        let along = sin((radians(other.longitude) - radians(one.longitude)) / 2)
        let part = min(1, across * across + cos(first) * cos(second) * along * along)
        return Int(2 * 6_371_000 * asin(part.squareRoot()))
    }
}
