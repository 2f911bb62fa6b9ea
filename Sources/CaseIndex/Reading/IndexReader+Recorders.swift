package import Evidence
import GRDB

extension IndexReader {
    /// What was entered about a recorder, or about all, by the times from which it holds.
    ///
    /// - Parameter moment: only what holds by then.
    package func recorderIssues(
        _ recorder: String? = nil, until moment: Timestamp? = nil
    ) throws -> [RecorderIssueRow] {
        try rows(
            """
            SELECT * FROM recorderIssues
            WHERE (?1 IS NULL OR recorder = ?1) AND begins <= ?2
            ORDER BY recorder, begins, leaf, position
            """, [.init(recorder), .integer(moment?.milliseconds ?? .max)]
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

    /// Who had it at that moment.
    package func holder(of recorder: String, at moment: Timestamp) throws -> RecorderHolder {
        RecorderHolder(try recorderIssues(recorder, until: moment))
    }

    /// Whether there was such a docking.
    package func hasVisit(_ name: LedgerName) throws -> Bool {
        try !rows(
            "SELECT 1 FROM visits WHERE leaf = ? AND station = ?",
            [.integer(name.leaf), .text(name.station)]
        ).isEmpty
    }
}
