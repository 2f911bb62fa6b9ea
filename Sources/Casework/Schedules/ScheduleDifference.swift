package import Evidence

/// What a schedule changes in what is known already, row by row.
package struct ScheduleDifference: Sendable {
    package enum Answer: Hashable, Sendable {
        /// Not known before.
        case accepted
        /// Known with other values, in the fields of these names.
        case changed([String])
        case unchanged
        /// The same as an earlier row of the file, on that line.
        case repeated(line: Int)
        case refused(RowRefusal)
    }

    private let cases: [String: CaseRow]
    private let duties: [String: DutyRow]
    private let issues: [String: RecorderIssueRow]

    /// - Parameters: what is known, by the rows' own `id`.
    package init(
        cases: [String: CaseRow] = [:], duties: [String: DutyRow] = [:],
        issues: [String: RecorderIssueRow] = [:]
    ) {
        (self.cases, self.duties, self.issues) = (cases, duties, issues)
    }

    package func answer(to verdict: RowVerdict) -> Answer {
        switch verdict.result {
        case .refused(let refusal): return .refused(refusal)
        case .repeated(let line): return .repeated(line: line)
        case .acceptedCase(let row):
            guard let known = cases[row.id] else { return .accepted }
            return known == row ? .unchanged : .changed(Self.changes(from: known, to: row))
        case .acceptedDuty(let row):
            guard let known = duties[row.id] else { return .accepted }
            return known == row ? .unchanged : .changed(Self.changes(from: known, to: row))
        case .acceptedIssue(let row):
            guard let known = issues[row.id] else { return .accepted }
            let changes = [
                (ScheduleColumn.step, known.step == row.step),
                (.officers, known.officer == row.officer),
            ].filter { !$0.1 }.map(\.0.name)
            return changes.isEmpty ? .unchanged : .changed(changes)
        }
    }

    static func changes(from old: CaseRow, to new: CaseRow) -> [String] {
        let fields: [(ScheduleColumn, Bool)] = [
            (.court, old.court == new.court), (.parties, old.parties == new.parties),
            (.judge, old.judge == new.judge), (.state, old.state == new.state),
            (.category, old.category == new.category),
            (.restricted, old.restricted == new.restricted), (.notes, old.notes == new.notes),
        ]
        return fields.filter { !$0.1 }.map(\.0.name)
    }

    static func changes(from old: DutyRow, to new: DutyRow) -> [String] {
        let fields: [(ScheduleColumn, Bool)] = [
            (.caseNumber, old.caseNumbers == new.caseNumbers), (.kind, old.kind == new.kind),
            (.court, old.court == new.court), (.officers, old.officers == new.officers),
            (.recorders, old.recorders == new.recorders && old.carriers == new.carriers),
            (.plannedStart, old.plannedStart == new.plannedStart),
            (.plannedEnd, old.plannedEnd == new.plannedEnd),
            (.actualStart, old.actualStart == new.actualStart),
            (.actualEnd, old.actualEnd == new.actualEnd), (.place, old.place == new.place),
            (.latitude, old.latitude == new.latitude),
            (.longitude, old.longitude == new.longitude), (.radius, old.radius == new.radius),
            (.notes, old.notes == new.notes),
        ]
        return fields.filter { !$0.1 }.map(\.0.name)
    }
}
