import CaseIndex
import Casework
import Evidence

extension DutyCoverage {
    /// How long before and after a task its officers' unlinked footage is looked for.
    private static let day: Int64 = 12 * 3_600_000

    /// What the index has of a task. Footage of an impossible time may be of any task before the
    /// docking that brought it.
    ///
    /// Footage that a person is asked about counts for the task that he is asked about first: it is
    /// there, whatever he says. Footage that was linked by another task of the same case does not
    /// count, but where one of this task's officers shot it in this task's time.
    init(of duty: DutyRow, _ weights: MatchWeights, _ index: IndexReader) throws {
        let officers = Set(duty.officers.compactMap(\.id))
        let times = duty.window.widened(
            before: Int64(weights.minutesBefore) * 60_000,
            after: Int64(weights.minutesAfter) * 60_000)
        let linked = try index.footage(of: duty.caseNumbers, touching: times)
            .compactMap { file in try Believed(file, index) }
            .filter { $0.counts(for: duty) }
        var elsewhere: [String: Set<String>] = [:]
        var asked: [Believed] = []
        for file in try index.unlinkedFootage(
            touching: duty.window.widened(before: Self.day, after: Self.day))
        where file.duty == nil || file.duty == duty.id {
            guard let file = try Believed(file, index),
                file.item.refused.isDisjoint(with: duty.caseNumbers)
            else { continue }
            if file.file.duty == duty.id {
                asked.append(file)
            } else if let officer = file.officer, officers.contains(officer) {
                elsewhere[officer, default: []].insert(file.item.name)
            }
        }
        for (item, docked) in try index.unlinkedFootage(
            dockedIn: duty.window.widened(before: 0, after: 2 * Self.day))
        where item.refused.isDisjoint(with: duty.caseNumbers) {
            let first = try item.recorder.flatMap {
                try index.docking(of: $0, from: duty.window.lowerBound)?.docked
            }
            guard first ?? docked == docked else { continue }
            // Who had it when it was docked: the time of the footage says nothing.
            let holder = try item.recorder.flatMap { try index.holder(of: $0, at: docked).officer }
            guard let officer = holder ?? item.officer, officers.contains(officer) else { continue }
            elsewhere[officer, default: []].insert(item.name)
        }
        let files = (linked + asked).sorted {
            ($0.file.begins, $0.item.leaf) < ($1.file.begins, $1.item.leaf)
        }
        let footage = try Self.footage(files, index)
        let dockings = try Self.recorders(duty, footage, Set(elsewhere.keys), index).map {
            recorder in
            (
                recorder,
                try index.docking(of: recorder, from: duty.actualEnd ?? duty.window.lowerBound)
            )
        }
        self.init(
            duty: duty, footage: footage,
            recorders: Dictionary(uniqueKeysWithValues: dockings.map { ($0, $1?.docked) }),
            refused: Dictionary(uniqueKeysWithValues: dockings.map { ($0, $1?.refused ?? 0) }),
            elsewhere: elsewhere.mapValues { Int64($0.count) })
    }

    /// A file with whom we believe to have carried its recorder.
    private struct Believed {
        let file: TaskFootage
        let item: MatchableItem
        let officer: String?

        init?(_ file: TaskFootage, _ index: IndexReader) throws {
            guard let item = try index.matchable(file.item) else { return nil }
            (self.file, self.item) = (file, item)
            officer = try MatchQuestion(item, index).officer
        }

        func counts(for duty: DutyRow) -> Bool {
            guard let other = file.duty, other != duty.id else { return true }
            return file.begins < duty.window.upperBound && file.ends > duty.window.lowerBound
                && duty.officers.contains { $0.id != nil && $0.id == officer }
        }
    }

    /// - Parameter files: the oldest first.
    private static func footage(
        _ files: [Believed], _ index: IndexReader
    ) throws -> [Footage] {
        var before: [String: TaskFootage] = [:]
        return try files.map { one in
            let (file, item) = (one.file, one.item)
            var missing = file.missing
            if let recorder = item.recorder, file.sequence != nil {
                if missing == 0, let last = before[recorder] {
                    missing = try Self.missing(between: last, file, of: recorder, index)
                }
                before[recorder] = file
            }
            return Footage(
                item: file.item, recorder: item.recorder, officer: one.officer,
                begins: file.begins, ends: file.ends, missing: missing, problem: file.problem,
                clockOffset: item.clockOffset,
                hasImpossibleTime: item.clockFlags.contains(where: \.makesTimeDoubtful))
        }
    }

    /// Numbers that no file of the recorder bears, between two takes of a task. A leap of more than
    /// ten is another count, as it is within a take.
    private static func missing(
        between one: TaskFootage, _ two: TaskFootage, of recorder: String, _ index: IndexReader
    ) throws -> Int64 {
        guard let first = one.sequence, let last = two.sequence,
            (2...11).contains(last - first)
        else { return 0 }
        let found = try index.numbers(
            of: recorder, between: first + 1..<last, from: one.begins, to: two.begins)
        return last - first - 1 - found
    }

    private static func recorders(
        _ duty: DutyRow, _ footage: [Footage], _ elsewhere: Set<String>, _ index: IndexReader
    ) throws -> [String] {
        var recorders = Set(
            try duty.recorders.filter { recorder in
                let holder = try index.holder(of: recorder, at: duty.window.lowerBound).officer
                return !(holder.map(elsewhere.contains) ?? false)
                    || footage.contains { $0.recorder == recorder }
            })
        for officer in duty.officers.compactMap(\.id) {
            let used = Set(footage.filter { $0.officer == officer }.compactMap(\.recorder))
            if used.isEmpty, elsewhere.contains(officer) { continue }
            for recorder in try index.recorders(everOf: officer)
            where used.isEmpty || used.contains(recorder) {
                let holder = try index.holder(of: recorder, at: duty.window.lowerBound)
                if holder.officer == officer { recorders.insert(recorder) }
            }
        }
        return recorders.sorted()
    }
}

extension ClosedRange<Timestamp> {
    fileprivate func widened(before: Int64, after: Int64) -> Self {
        Timestamp(
            milliseconds: lowerBound.milliseconds - before)...Timestamp(
                milliseconds: upperBound.milliseconds + after)
    }
}
