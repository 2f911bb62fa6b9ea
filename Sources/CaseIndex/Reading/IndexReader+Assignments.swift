package import Evidence
import GRDB

/// A case that an item, or a part of it, is linked to.
package struct LinkedCase: Hashable, Sendable {
    package let assignment: AssignmentRow
    package let leaf: Int64

    init?(_ row: Columns) throws {
        guard let record = try row.schedule(AssignmentRow.kind),
            let assignment = try? AssignmentRow(record)
        else { return nil }
        self.assignment = assignment
        leaf = try row.integer("leaf")
    }

    /// Seconds and parts of a hundred, as the outward contract has them.
    var json: JSONValue {
        var members: [String: JSONValue] = [
            "caseNumber": .string(assignment.caseNumber.description),
            "by": .string(assignment.by), "leaf": .integer(leaf),
        ]
        if let from = assignment.from { members["from"] = .decimal(Double(from) / 1000) }
        if let to = assignment.to { members["to"] = .decimal(Double(to) / 1000) }
        if let points = assignment.points {
            members["points"] = .integer(points)
            members["confidence"] = .decimal(Double(min(100, max(0, points))) / 100)
        }
        members.set("duty", assignment.duty)
        if !assignment.reasons.isEmpty { members["reasons"] = .array(assignment.reasons) }
        members.set("why", assignment.why)
        return .object(members)
    }
}

/// What is known of footage that is to be matched with field tasks.
package struct MatchableItem: Hashable, Sendable {
    package let name: String
    package let leaf: Int64
    package let begins: Timestamp
    package let ends: Timestamp?
    package let startFrom: String?
    package let clockOffset: Int64?
    package let clockFlags: [ClockFlag]
    package let recorder: String?
    package let officer: String?
    package let isAttributed: Bool
    package let claimedOfficer: String?
    package let marks: [String]
    /// Where it was shot, as far as it or what lies beside it says so.
    package let places: [MediaFacts.Place]
    /// Cases that the matcher linked it to before.
    package let linked: [AssignmentRow]
    /// Cases that a person said it is not of.
    package let refused: Set<CaseNumber>
    /// Cases that other files of its recording are linked to.
    package let ofTheTake: Set<CaseNumber>
}

extension IndexReader {
    /// Whether any schedule was ever taken in.
    package func hasDuties() throws -> Bool { try !rows("SELECT 1 FROM duties LIMIT 1").isEmpty }

    /// Footage that the matcher has to look at, by its leaf; none that a person has linked.
    package func unmatched(after leaf: Int64, limit: Int) throws -> [MatchableItem] {
        try rows(
            """
            SELECT * FROM items
            WHERE origin IN (SELECT id FROM origins) AND leaf > ? AND matched IS NULL
                AND personsLinks = 0 AND isFootage = 1 AND described IS NOT NULL
                AND deleted IS NULL
            ORDER BY leaf LIMIT \(max(0, limit))
            """, [.integer(leaf)]
        ).map(matchable)
    }

    /// One item, as the matcher sees it.
    package func matchable(_ name: String) throws -> MatchableItem? {
        guard let name = LedgerName(name) else { return nil }
        return try rows(
            """
            SELECT * FROM items
            WHERE origin IN (SELECT id FROM origins) AND leaf = ? AND station = ?
            """, [.integer(name.leaf), .text(name.station)]
        ).first.map(matchable)
    }

    private func matchable(_ row: Columns) throws -> MatchableItem {
        let name = try row.ledgerName()
        let said = try rows(
            """
            SELECT leaf, stands, isPersons, body FROM assignments
            WHERE origin = ? AND item = ? ORDER BY number, begins
            """, [.integer(try row.integer("origin")), .integer(name.leaf)]
        ).compactMap { row in
            try LinkedCase(row).map {
                (
                    row: $0.assignment, stands: try row.flag("stands"),
                    isPersons: try row.flag("isPersons")
                )
            }
        }
        // Only by persons, or by the matcher since it was last to look at them.
        let take = try rows(
            """
            SELECT DISTINCT a.number FROM parts p
            JOIN parts q ON q.origin = p.origin AND q.recording = p.recording AND q.item <> p.item
            JOIN items i ON i.origin = q.origin AND i.leaf = q.item
                AND (i.matched IS NOT NULL OR i.personsLinks > 0)
            JOIN assignments a ON a.origin = q.origin AND a.item = q.item AND a.stands = 1
            WHERE p.origin = ? AND p.item = ?
            """, [.integer(try row.integer("origin")), .integer(name.leaf)]
        ).compactMap { try? CaseNumber(reading: $0.text("number")) }
        return MatchableItem(
            name: name.description, leaf: name.leaf,
            begins: Timestamp(milliseconds: try row.integer("start")),
            ends: try row.optionalInteger("finish").map { Timestamp(milliseconds: $0) },
            startFrom: try row.optionalText("startFrom"),
            clockOffset: try row.optionalInteger("clockOffset"),
            clockFlags: try row.clockFlags(),
            recorder: try row.optionalText("recorder"), officer: try row.optionalText("officer"),
            isAttributed: try row.optionalInteger("attribution") != nil,
            claimedOfficer: try row.optionalText("claimedOfficer"), marks: try row.texts("marks"),
            places: try places(of: name.leaf, origin: try row.integer("origin")),
            linked: said.filter { $0.stands && !$0.isPersons }.map(\.row),
            refused: Set(said.filter { !$0.stands && $0.isPersons }.map(\.row.caseNumber)),
            ofTheTake: Set(take))
    }
}
