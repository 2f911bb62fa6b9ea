package import Evidence
import GRDB

/// Footage of a field task, or perhaps of one, as a completeness check sees it.
package struct TaskFootage: Hashable, Sendable {
    package let item: String
    package let begins: Timestamp
    package let ends: Timestamp
    package let sequence: Int64?
    /// Sequence numbers that are missing before it in its take.
    package let missing: Int64
    /// `damaged`, `encrypted` or `unreadable`; nil where it is sound, or not described yet.
    package let problem: String?
    /// The field task that it was linked by; where it is linked to no case, the one that a person
    /// is asked about first.
    package let duty: String?

    fileprivate init(_ row: Columns, duty: String?) throws {
        let status = try row.optionalText("status")
        item = try row.ledgerName().description
        begins = Timestamp(milliseconds: try row.integer("start"))
        ends = Timestamp(
            milliseconds: try row.optionalInteger("finish") ?? begins.milliseconds)
        sequence = try row.optionalInteger("sequence")
        missing = try row.optionalInteger("missing") ?? 0
        problem = ["damaged", "encrypted", "unreadable"].contains(status) ? status : nil
        self.duty = duty
    }
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
    ) throws -> [TaskFootage] {
        let (first, last) = (times.lowerBound.milliseconds, times.upperBound.milliseconds)
        var seen: Set<Int64> = []
        return try cases.flatMap { number in
            try rows(
                """
                SELECT i.leaf, i.station, i.start, i.finish, i.status, i.sequence, p.missing, a.body
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
            let link = try row.schedule(AssignmentRow.kind).flatMap { try? AssignmentRow($0) }
            return try TaskFootage(row, duty: link?.duty)
        }
    }

    /// Footage that is linked to no case and touches a time, the oldest first.
    package func unlinkedFootage(
        touching times: ClosedRange<Timestamp>, limit: Int = 10_000
    ) throws -> [TaskFootage] {
        let (first, last) = (times.lowerBound.milliseconds, times.upperBound.milliseconds)
        return try rows(
            """
            SELECT i.leaf, i.station, i.start, i.finish, i.status, i.sequence, p.missing,
                m.duty
            FROM items i LEFT JOIN parts p ON p.origin = i.origin AND p.item = i.leaf
            LEFT JOIN matches m ON m.origin = i.origin AND m.item = i.leaf
            WHERE i.links = 0 AND i.isFootage = 1 AND i.start BETWEEN ? AND ?
                AND i.described IS NOT NULL AND i.deleted IS NULL
                AND ifnull(i.finish, i.start) >= ?
            ORDER BY i.start, i.leaf LIMIT \(max(0, limit))
            """,
            [.integer(first - 86_400_000), .integer(last), .integer(first)]
        ).map { try TaskFootage($0, duty: $0.optionalText("duty")) }
    }

    /// Footage that is linked to no case, of a time that cannot be right, with the moment of the
    /// docking that brought it.
    package func unlinkedFootage(
        dockedIn times: ClosedRange<Timestamp>, limit: Int = 10_000
    ) throws -> [(item: MatchableItem, docked: Timestamp)] {
        try rows(
            """
            SELECT i.leaf, i.station, v.docked
            FROM visits v JOIN items i ON i.origin = v.origin AND i.visit = v.leaf
            WHERE v.docked BETWEEN ? AND ? AND i.links = 0 AND i.isFootage = 1
                AND i.clockFlags IS NOT NULL AND i.described IS NOT NULL AND i.deleted IS NULL
            ORDER BY i.leaf LIMIT \(max(0, limit))
            """,
            [
                .integer(times.lowerBound.milliseconds), .integer(times.upperBound.milliseconds),
            ]
        ).compactMap { row in
            guard let item = try matchable(row.ledgerName().description),
                item.clockFlags.contains(where: { $0 != .zoneApart })
            else { return nil }
            return (item, Timestamp(milliseconds: try row.integer("docked")))
        }
    }

    /// How many of the numbers between two files of a recorder are there, whatever they are of.
    package func numbers(
        of recorder: String, between numbers: Range<Int64>, from first: Timestamp,
        to last: Timestamp
    ) throws -> Int64 {
        try rows(
            """
            SELECT count(DISTINCT sequence) AS found FROM items
            WHERE recorder = ? AND start BETWEEN ? AND ? AND sequence >= ? AND sequence < ?
            """,
            [
                .text(recorder), .integer(first.milliseconds), .integer(last.milliseconds),
                .integer(numbers.lowerBound), .integer(numbers.upperBound),
            ]
        ).first?.integer("found") ?? 0
    }

    /// Recorders that were ever an officer's.
    package func recorders(everOf officer: String) throws -> [String] {
        try rows(
            "SELECT DISTINCT recorder FROM recorderIssues WHERE officer = ? ORDER BY recorder",
            [.text(officer)]
        ).map { try $0.text("recorder") }
    }

    /// When a recorder was docked first from a moment on, and how many files could not be taken
    /// then.
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
