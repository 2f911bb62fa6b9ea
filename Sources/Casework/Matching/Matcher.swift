package import Evidence
import Foundation

/// Weighs field tasks for a piece of footage. Pure: the same input gives the same answer.
package struct Matcher: Sendable {
    private let weights: MatchWeights

    package init(_ weights: MatchWeights = MatchWeights()) { self.weights = weights }

    /// Weighs every task that is given; none is left out of the answer. Tasks of the same cases do not
    /// stand in each other's way: the lead is counted to the best task of other ones.
    ///
    /// - Parameter refused: cases that a person said it is not of: they are at most proposed.
    package func match(
        _ subject: MatchSubject, _ duties: [DutyRow], refused: Set<CaseNumber> = []
    ) -> MatchResult {
        let candidates = duties.map { duty in
            MatchCandidate(duty: duty, reasons: reasons(subject, duty, among: duties))
        }.sorted { left, right in
            left.points != right.points
                ? left.points > right.points : left.duty.id < right.duty.id
        }
        guard let best = candidates.first, best.points >= weights.proposeFrom else {
            return MatchResult(candidates: candidates, decision: .inbox)
        }
        let rival = candidates.first { $0.duty.caseNumbers != best.duty.caseNumbers }
        let leads = best.points - (rival?.points ?? .min / 2) >= weights.lead
        let isClear =
            best.points >= weights.assignFrom && leads
            && refused.isDisjoint(with: best.duty.caseNumbers)
        return MatchResult(candidates: candidates, decision: isClear ? .assign : .propose)
    }

    // MARK: - Evidence

    private func reasons(
        _ subject: MatchSubject, _ duty: DutyRow, among all: [DutyRow]
    ) -> [MatchReason] {
        officerReasons(subject, duty, among: all) + recorderReasons(subject, duty)
            + [timeReason(subject, duty)] + placeReasons(subject, duty) + takeReasons(subject, duty)
            + otherReasons(subject)
    }

    private func officerReasons(
        _ subject: MatchSubject, _ duty: DutyRow, among all: [DutyRow]
    ) -> [MatchReason] {
        guard let officer = subject.officer else { return [] }
        guard Self.isOn(duty, officer) else {
            // A task that names the recorder may have been another's after all.
            return [
                MatchReason(
                    .otherOfficer, weights.otherOfficer,
                    "\(officer) is not on this field task", "\(officer) 不在该任务的执行人员中")
            ]
        }
        var reasons: [MatchReason]
        if subject.attributedOfficer != nil {
            reasons = [
                MatchReason(
                    .attributedOfficer, weights.attributedOfficer,
                    "\(officer), who carried it as somebody confirmed, is on this field task",
                    "经人工确认的佩戴人 \(officer) 在该任务中")
            ]
        } else if subject.registeredOfficer != nil {
            reasons = [
                MatchReason(
                    .registeredOfficer, weights.registeredOfficer,
                    "\(officer), to whom the recorder was issued, is on this field task",
                    "记录仪登记的持有人 \(officer) 在该任务中")
            ]
        } else {
            reasons = [
                MatchReason(
                    .claimedOfficer, weights.claimedOfficer,
                    "\(officer), whom the recorder names, is on this field task",
                    "记录仪自报的 \(officer) 在该任务中")
            ]
        }
        if let claimed = subject.claimedOfficer, claimed != officer {
            reasons.append(
                MatchReason(
                    .contradictedClaim, weights.contradictedClaim,
                    "the recorder itself names \(claimed)", "记录仪自报的人员为 \(claimed)"))
        }
        let sameDay = all.filter {
            Self.isOn($0, officer) && Self.distance(subject, $0) < 12 * 3_600_000
        }
        if sameDay.count == 1 {
            reasons.append(
                MatchReason(
                    .onlyTask, weights.onlyTask,
                    "it is the officer's only field task around that time",
                    "该时段内此人仅有这一项任务"))
        }
        return reasons
    }

    private func recorderReasons(_ subject: MatchSubject, _ duty: DutyRow) -> [MatchReason] {
        guard let recorder = subject.recorder, !duty.recorders.isEmpty else { return [] }
        return [
            duty.recorders.contains(recorder)
                ? MatchReason(
                    .namedRecorder, weights.namedRecorder,
                    "the field task names recorder \(recorder)", "该任务登记了记录仪 \(recorder)")
                : MatchReason(
                    .otherRecorder, weights.otherRecorder,
                    "the field task names other recorders", "该任务登记的是其他记录仪")
        ]
    }

    private func timeReason(_ subject: MatchSubject, _ duty: DutyRow) -> MatchReason {
        let window = duty.window
        let (first, last) = (window.lowerBound.milliseconds, window.upperBound.milliseconds)
        let (begins, ends) = (subject.begins.milliseconds, subject.ends.milliseconds)
        let overlap = max(0, min(last, ends) - max(first, begins))
        let isInside =
            begins == ends
            ? (first...last).contains(begins) : overlap * 5 >= (ends - begins) * 4
        if isInside {
            return MatchReason(
                .timeInside, weights.timeInside, "it lies within the field task's time",
                "拍摄时间在任务时间内")
        }
        let before = first - Int64(weights.minutesBefore) * 60_000
        let after = last + Int64(weights.minutesAfter) * 60_000
        if ends >= before, begins <= after {
            let words =
                begins < first
                ? Bilingual(
                    "it begins \(Self.minutes(first - begins)) min before the field task",
                    "早于任务开始 \(Self.minutes(first - begins)) 分钟")
                : Bilingual(
                    "it ends \(Self.minutes(ends - last)) min after the field task",
                    "晚于任务结束 \(Self.minutes(ends - last)) 分钟")
            return MatchReason(.timeBeside, weights.timeBeside, words.english, words.chinese)
        }
        let away = Self.minutes(Self.distance(subject, duty))
        return MatchReason(
            .timeOutside, weights.timeOutside,
            "it lies \(away) min away from the field task's time",
            "与任务时间相差 \(away) 分钟")
    }

    private func placeReasons(_ subject: MatchSubject, _ duty: DutyRow) -> [MatchReason] {
        guard let latitude = duty.latitude, let longitude = duty.longitude,
            !subject.points.isEmpty
        else { return [] }
        let place = MatchSubject.Point(latitude: latitude, longitude: longitude)
        let radius = duty.radius ?? 500
        let metres = subject.points.map { Self.metres($0, place) }.min() ?? .max
        if metres <= radius {
            return [
                MatchReason(
                    .insidePlace, weights.insidePlace,
                    "it was taken at the place, \(metres) m from it",
                    "拍摄地点距任务地点 \(metres) 米")
            ]
        }
        guard metres > max(2000, 5 * radius) else { return [] }
        return [
            MatchReason(
                .farFromPlace, weights.farFromPlace,
                "it was taken \(metres / 1000) km from the place",
                "拍摄地点距任务地点 \(metres / 1000) 公里")
        ]
    }

    private func takeReasons(_ subject: MatchSubject, _ duty: DutyRow) -> [MatchReason] {
        guard !subject.casesOfTake.isDisjoint(with: duty.caseNumbers) else { return [] }
        return [
            MatchReason(
                .sameTake, weights.sameTake,
                "another file of the same take is linked to the case", "同一段连续录像的其他文件已关联此案")
        ]
    }

    private func otherReasons(_ subject: MatchSubject) -> [MatchReason] {
        var reasons: [MatchReason] = []
        if subject.hasDoubtfulClock {
            reasons.append(
                MatchReason(
                    .doubtfulClock, weights.doubtfulClock, "the recorder's clock is in doubt",
                    "记录仪时钟存疑"))
        }
        if subject.isImportant {
            reasons.append(
                MatchReason(
                    .important, weights.important, "it is marked as important", "标记为重要"))
        }
        return reasons
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
