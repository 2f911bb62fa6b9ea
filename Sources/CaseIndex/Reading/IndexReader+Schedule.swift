package import Evidence
import GRDB

extension IndexReader {
    /// Cases that fit a part of a case number, the newest first; all where nothing is asked for.
    package func cases(_ query: CaseNumberQuery?, limit: Int) throws -> [CaseRow] {
        var conditions: [String] = []
        var values: [IndexTables.Value] = []
        for pattern in query?.patterns ?? [] {
            let (condition, found) = Self.condition(pattern)
            conditions.append(condition)
            values += found
        }
        let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " OR ")
        return try rows(
            """
            SELECT body FROM cases \(filter)
            ORDER BY year DESC, serial DESC, number LIMIT \(max(0, limit))
            """, values
        ).compactMap { try $0.schedule(CaseRow.kind).map { try CaseRow($0) } }
    }

    /// The case of that number, as schedules gave it last.
    package func knownCase(_ number: CaseNumber) throws -> CaseRow? {
        try rows(
            "SELECT body FROM cases WHERE origin IN (SELECT id FROM origins) AND number = ?",
            [.text(number.description)]
        )
        .first?.schedule(CaseRow.kind).map { try CaseRow($0) }
    }

    package func knownDuty(_ id: String) throws -> DutyRow? {
        try rows(
            "SELECT body FROM duties WHERE origin IN (SELECT id FROM origins) AND id = ?",
            [.text(id)]
        )
        .first?.schedule(DutyRow.rowKind).map { try DutyRow($0) }
    }

    /// What a duty can be found by.
    package enum DutyKey: String, Sendable {
        case caseNumber = "case"
        case officer, recorder
    }

    /// Duties of a case, an officer or a recorder, the oldest first.
    package func duties(of key: DutyKey, _ value: String, limit: Int = 10_000) throws -> [DutyRow] {
        try rows(
            """
            SELECT d.body FROM dutyKeys k JOIN duties d ON d.origin = k.origin AND d.id = k.duty
            WHERE k.origin IN (SELECT id FROM origins) AND k.kind = ? AND k.key = ?
            ORDER BY k.begins, k.duty LIMIT \(max(0, limit))
            """, [.text(key.rawValue), .text(value)]
        ).compactMap { try $0.schedule(DutyRow.rowKind).map { try DutyRow($0) } }
    }

    /// Duties that footage of these times may be of: all that touch them, and those of its officers and
    /// its recorder that begin within three days before, or a day after.
    package func duties(
        near times: ClosedRange<Timestamp>, officers: Set<String>, recorder: String?,
        minutesBefore: Int, minutesAfter: Int
    ) throws -> [DutyRow] {
        let (first, last) = (times.lowerBound.milliseconds, times.upperBound.milliseconds)
        var found = try rows(
            """
            SELECT id, body FROM duties
            WHERE begins BETWEEN ? AND ? AND ends >= ? ORDER BY begins, id LIMIT 1000
            """,
            [
                .integer(first - 3 * 86_400_000), .integer(last + Int64(minutesBefore) * 60_000),
                .integer(first - Int64(minutesAfter) * 60_000),
            ])
        let keys =
            officers.sorted().map { ("officer", $0) }
            + [recorder].compactMap { $0 }.map {
                ("recorder", $0)
            }
        for (kind, key) in keys {
            found += try rows(
                """
                SELECT d.id, d.body FROM dutyKeys k
                JOIN duties d ON d.origin = k.origin AND d.id = k.duty
                WHERE k.origin IN (SELECT id FROM origins) AND k.kind = ? AND k.key = ?
                    AND k.begins BETWEEN ? AND ? ORDER BY k.begins, k.duty LIMIT 1000
                """,
                [
                    .text(kind), .text(key), .integer(first - 3 * 86_400_000),
                    .integer(last + 86_400_000),
                ])
        }
        var seen: Set<String> = []
        return try found.compactMap { row in
            guard seen.insert(try row.text("id")).inserted else { return nil }
            return try row.schedule(DutyRow.rowKind).map { try DutyRow($0) }
        }
    }

    private static func condition(
        _ pattern: CaseNumberQuery.Pattern
    ) -> (String, [IndexTables.Value]) {
        var parts: [String] = []
        var values: [IndexTables.Value] = []
        func add(_ condition: String, _ value: IndexTables.Value) {
            parts.append(condition)
            values.append(value)
        }
        if let year = pattern.year { add("year = ?", .integer(Int64(year))) }
        if let number = pattern.number { add("serial = ?", .integer(Int64(number))) }
        if let suffix = pattern.suffix { add("suffix = ?", .integer(Int64(suffix))) }
        for (column, match) in [
            ("courtSign", pattern.courtSign), ("courtDigits", pattern.courtDigits),
            ("type", pattern.type),
        ] {
            switch match {
            case .exactly(let text): add("\(column) = ?", .text(text))
            case .beginning(let text):
                add("substr(\(column), 1, \(text.unicodeScalars.count)) = ?", .text(text))
            case .ending(let text):
                add("substr(\(column), -\(text.unicodeScalars.count)) = ?", .text(text))
            case .containing(let text): add("instr(\(column), ?) > 0", .text(text))
            case nil: break
            }
        }
        return ("(" + (parts.isEmpty ? "1" : parts.joined(separator: " AND ")) + ")", values)
    }
}

extension Columns {
    /// The row of a schedule that stands in `body`.
    func schedule(_ kind: String) throws -> RecordRow? {
        let json = try? JSONReader.value(of: Array(try text("body").utf8))
        return json?.objectValue.map { RecordRow(kind: kind, members: $0) }
    }
}
