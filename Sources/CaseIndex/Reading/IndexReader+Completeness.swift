package import Evidence
import GRDB

/// Footage that is linked to a case, as a completeness check sees it.
package struct LinkedFootage: Hashable, Sendable {
    package let item: String
    package let begins: Timestamp
    package let ends: Timestamp
    /// Sequence numbers that are missing before it in its take.
    package let missing: Int64
    /// `damaged`, `encrypted` or `unreadable`; nil where it is sound, or not described yet.
    package let problem: String?
}

extension IndexReader {
    /// Tasks that touch a time, the oldest first.
    package func duties(touching times: ClosedRange<Timestamp>, limit: Int = 100_000) throws
        -> [DutyRow]
    {
        try rows(
            """
            SELECT body FROM duties
            WHERE origin IN (SELECT id FROM origins) AND begins <= ? AND ends >= ?
            ORDER BY begins, id LIMIT \(max(0, limit))
            """,
            [
                .integer(times.upperBound.milliseconds), .integer(times.lowerBound.milliseconds),
            ]
        ).compactMap { try $0.schedule(DutyRow.rowKind).map { try DutyRow($0) } }
    }

    /// Footage of these cases that touches a time, each file once, the oldest first.
    package func footage(
        of cases: [CaseNumber], touching times: ClosedRange<Timestamp>
    ) throws -> [LinkedFootage] {
        let (first, last) = (times.lowerBound.milliseconds, times.upperBound.milliseconds)
        var seen: Set<Int64> = []
        return try cases.flatMap { number in
            try rows(
                """
                SELECT i.leaf, i.station, i.start, i.finish, i.status, p.missing
                FROM assignments a JOIN items i ON i.origin = a.origin AND i.leaf = a.item
                LEFT JOIN parts p ON p.origin = a.origin AND p.item = a.item
                WHERE a.number = ? AND a.stands = 1 AND a.start BETWEEN ? AND ?
                    AND ifnull(i.finish, i.start) >= ?
                ORDER BY a.start, a.item
                """,
                [
                    .text(number.description), .integer(first - 86_400_000), .integer(last),
                    .integer(first),
                ])
        }.filter { seen.insert(try $0.integer("leaf")).inserted }.map { row in
            let status = try row.optionalText("status")
            let begins = Timestamp(milliseconds: try row.integer("start"))
            return LinkedFootage(
                item: try row.ledgerName().description, begins: begins,
                ends: try row.optionalInteger("finish").map { Timestamp(milliseconds: $0) }
                    ?? begins,
                missing: try row.optionalInteger("missing") ?? 0,
                problem: ["damaged", "encrypted", "unreadable"].contains(status) ? status : nil)
        }
    }

    /// Recorders that were ever an officer's.
    package func recorders(everOf officer: String) throws -> [String] {
        try rows(
            "SELECT DISTINCT recorder FROM recorderIssues WHERE officer = ? ORDER BY recorder",
            [.text(officer)]
        ).map { try $0.text("recorder") }
    }

    /// When a recorder was docked first from a moment on, and how many files could not be taken then.
    package func docking(
        of recorder: String, from moment: Timestamp
    ) throws -> (docked: Timestamp, refused: Int64)? {
        try rows(
            """
            SELECT docked, refused FROM visits WHERE recorder = ? AND docked >= ?
            ORDER BY docked LIMIT 1
            """,
            [.text(recorder), .integer(moment.milliseconds)]
        ).first.map { row in
            (
                Timestamp(milliseconds: try row.integer("docked")),
                try row.optionalInteger("refused") ?? 0
            )
        }
    }

    /// What was found missing of a task before.
    package func missing(ofDuty duty: String) throws -> [CompletenessRow] {
        try rows(
            """
            SELECT body FROM missing
            WHERE origin IN (SELECT id FROM origins) AND duty = ? ORDER BY id
            """, [.text(duty)]
        ).compactMap { try $0.completeness() }
    }

    /// What was found missing under that id.
    package func missing(_ id: String) throws -> CompletenessRow? {
        try rows(
            "SELECT body FROM missing WHERE origin IN (SELECT id FROM origins) AND id = ?",
            [.text(id)]
        ).first?.completeness()
    }
}

extension Columns {
    fileprivate func completeness() throws -> CompletenessRow? {
        try schedule(CompletenessRow.kind).flatMap { try? CompletenessRow($0) }
    }
}
