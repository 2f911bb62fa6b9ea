package import Evidence
import GRDB

extension IndexReader {
    /// What was entered about a recorder, or about all, by the times from which it holds.
    ///
    /// - Parameter moment: only what holds by then.
    package func recorderIssues(
        _ recorder: String? = nil, until moment: Timestamp? = nil
    ) throws -> [RecorderIssueRow] {
        // Two statements: an index serves no `? IS NULL OR`.
        let ofOne = recorder == nil ? "" : "origin IN (SELECT id FROM origins) AND recorder = ? AND"
        let values: [IndexTables.Value] =
            [recorder].compactMap { $0 }.map { .text($0) } + [
                .integer(moment?.milliseconds ?? .max)
            ]
        return try rows(
            """
            SELECT * FROM recorderIssues WHERE \(ofOne) begins <= ?
            ORDER BY recorder, begins, leaf, position
            """, values
        ).compactMap { row in
            guard let step = RecorderIssueRow.Step(rawValue: try row.text("step")) else {
                return nil
            }
            return RecorderIssueRow(
                recorder: try row.text("recorder"), step: step,
                officer: try row.optionalText("officer"),
                from: Timestamp(milliseconds: try row.integer("begins")),
                by: try row.text("account"))
        }
    }

    /// Who had it at that moment, by the register and by the schedule.
    package func holder(
        of recorder: String, at moment: Timestamp, known: ScheduleMemory = ScheduleMemory()
    ) throws -> RecorderHolder {
        var holder = RecorderHolder(
            try known.issues(of: recorder, self).filter { $0.from <= moment })
        let tasks = try duties(of: recorder, at: moment, known: known)
        holder.carrier = Self.carrier(of: recorder, on: tasks)
        return holder
    }

    /// Two tasks that say different things say nothing.
    private static func carrier(of recorder: String, on tasks: [DutyRow]) -> String? {
        let carriers = Set(tasks.compactMap { $0.carrier(of: recorder) })
        return carriers.count == 1 ? carriers.first : nil
    }

    /// Who carries which recorder on the field tasks that are under way at that moment.
    package func carriers(at moment: Timestamp) throws -> [String: String] {
        let tasks = try duties(touching: moment...moment)
        return Set(tasks.flatMap(\.recorders)).reduce(into: [:]) {
            $0[$1] = Self.carrier(of: $1, on: tasks)
        }
    }

    /// Whether there was such a docking.
    package func hasVisit(_ name: LedgerName) throws -> Bool {
        try !rows(
            "SELECT 1 FROM visits WHERE leaf = ? AND station = ?",
            [.integer(name.leaf), .text(name.station)]
        ).isEmpty
    }
}
