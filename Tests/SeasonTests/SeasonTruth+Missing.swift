import Casework
import Evidence
import EvidenceTestKit

/// Something that ought to be there of a field task and is not: what the papers call for as they
/// stand in the end, held against what the store really has of that task.
///
/// - an officer whom the papers name and of whom nothing is stored; or nothing of anybody;
/// - fewer recorders than the kind of action wants;
/// - a hole of twelve minutes or more that no recorder saw (one of eight is no false alarm), a damaged
///   file, and files whose numbers are missing between two stored ones of the task: where the stored file,
///   or the one after, is assignable (see ``SeasonTruth/isAssignable(_:)``), else nobody could say that it
///   is of the task;
/// - a recorder that was carried on the task and did not come back, or later than within a day; one that
///   neither the register nor the task names only where this is said.
///
/// A clock that is off is nothing missing, but to say so of one that is not is a false alarm; so it
/// is to say that an officer recorded at another hour where nothing of his is stored of the task.
struct MissingThing: Hashable {
    let code: CompletenessFinding.Code
    let task: Int
    /// As ``CompletenessFinding/subject``.
    let subject: String

    /// Whether a finding tells of it.
    func isTold(by finding: CompletenessRow) -> Bool {
        guard finding.code == code.rawValue, finding.duty == "T\(task)" else { return false }
        guard code == .gap else { return finding.subject ?? "" == subject }
        guard let one = Timestamp(subject), let two = finding.subject.flatMap({ Timestamp($0) })
        else { return false }
        return abs(one.milliseconds - two.milliseconds) <= 10 * SeasonTime.minute
    }
}

extension SeasonTruth {
    /// - Parameter items: the names of stored files.
    func missing(_ items: [Int: String]) -> [MissingThing] {
        papers.keys.sorted().flatMap { missing(of: $0, items, isLenient: false) }
    }

    /// Whether what a finding says is so.
    func isSo(_ finding: CompletenessRow, _ items: [Int: String]) -> Bool {
        guard let task = Int(finding.duty.dropFirst()), papers[task] != nil else { return false }
        if finding.code == CompletenessFinding.Code.clockOff.rawValue {
            return isClockOff(finding.subject, at: season.tasks[task].really.lowerBound)
        }
        if finding.code == CompletenessFinding.Code.footageElsewhere.rawValue {
            return season.files.contains {
                $0.task == task && stored.contains($0.number)
                    && season.officers[$0.officer].number == finding.subject
            }
        }
        return missing(of: task, items, isLenient: true).contains { $0.isTold(by: finding) }
    }

    private func isClockOff(_ recorder: String?, at moment: Int64) -> Bool {
        let clock = season.recorders.first { $0.number == recorder }?.clock
        return abs(clock?.offset(at: moment) ?? 0) >= 4 * SeasonTime.minute
    }

    private func missing(
        of task: Int, _ items: [Int: String], isLenient: Bool
    ) -> [MissingThing] {
        guard let paper = papers[task] else { return [] }
        let all = season.files.filter { $0.task == task }
        let there = all.filter { stored.contains($0.number) }
        func thing(_ code: CompletenessFinding.Code, _ subject: String) -> MissingThing {
            MissingThing(code: code, task: task, subject: subject)
        }
        let dock = docked(task, paper, isLenient).map { thing($0, $1) }
        guard !there.isEmpty else { return [thing(.noFootage, "")] + dock }
        var things = dock
        let recorded = Set(there.map { season.officers[$0.officer].number })
        things += paper.officers.compactMap(\.id).filter { !recorded.contains($0) }
            .map { thing(.officerWithoutFootage, $0) }
        let least = CompletenessRules().recorders[paper.kind] ?? 0
        if Set(there.map(\.recorder)).count < least { things.append(thing(.tooFewRecorders, "")) }
        things += there.filter { $0.isDamaged && (isLenient || isAssignable($0.number)) }.map {
            thing(.damaged, items[$0.number] ?? "")
        }
        things += holes(there, isLenient).map {
            thing(.gap, Timestamp(milliseconds: $0).description)
        }
        things += afterMissing(all, isLenient).map { thing(.missingSequence, items[$0] ?? "") }
        return things
    }

    /// When holes begin that no recorder saw.
    private func holes(_ files: [SeasonFile], _ isLenient: Bool) -> [Int64] {
        var (found, seen): ([Int64], Int64?) = ([], nil)
        for file in files.sorted(by: { $0.times.lowerBound < $1.times.lowerBound }) {
            if let seen, file.times.lowerBound - seen >= (isLenient ? 8 : 12) * SeasonTime.minute,
                isLenient || isAssignable(file.number)
            {
                found.append(seen)
            }
            seen = max(seen ?? 0, file.times.upperBound)
        }
        return found
    }

    /// Stored files of a task before which numbers are missing that its own files bore; for a
    /// lenient one whatever bore them.
    private func afterMissing(_ files: [SeasonFile], _ isLenient: Bool) -> [Int] {
        files.filter { stored.contains($0.number) && $0.sequence != nil }.compactMap { file in
            let earlier = season.files.prefix(file.number).filter { $0.recorder == file.recorder }
            guard let before = earlier.last, !stored.contains(before.number),
                file.sequence == (before.sequence ?? 0) + 1
            else { return nil }
            let isInside =
                before.task == file.task
                && earlier.contains {
                    $0.task == file.task && stored.contains($0.number)
                        && $0.sequence ?? 0 < before.sequence ?? 0
                }
            return isLenient || isInside && isAssignable(file.number) ? file.number : nil
        }
    }

    private func docked(
        _ task: Int, _ paper: DutyRow, _ isLenient: Bool
    ) -> [(CompletenessFinding.Code, String)] {
        let hours = Int64(CompletenessRules().hoursToDock) * SeasonTime.hour
        let due = paper.window.upperBound.milliseconds + hours
        return carried(task).flatMap { _, recorder -> [(CompletenessFinding.Code, String)] in
            let number = season.recorders[recorder].number
            guard isLenient || isRegistered(number) || paper.recorders.contains(number) else {
                return []
            }
            guard let docking = docking(of: recorder, after: task) else {
                return [(.notDocked, number)]
            }
            var found: [(CompletenessFinding.Code, String)] = []
            if docking.at > due { found.append((.dockedLate, number)) }
            let ofTask = docking.refused.contains { season.files[$0].task == task }
            if ofTask || isLenient && !docking.refused.isEmpty {
                found.append((.refusedFile, number))
            }
            return found
        }
    }
}
