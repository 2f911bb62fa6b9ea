package import Evidence
import GRDB

extension IndexReader {
    /// Cases that fit a part of a case number, the newest first; all where nothing is asked for.
    ///
    /// - Parameter sight: only what somebody may see; restricted cases of his courts are not.
    package func cases(
        _ query: CaseNumberQuery?, seenBy sight: ListFilter.Sight? = nil, limit: Int
    ) throws -> [CaseRow] {
        var conditions: [String] = []
        var values: [IndexTables.Value] = []
        for pattern in query?.patterns ?? [] {
            let (condition, found) = Self.condition(pattern)
            conditions.append(condition)
            values += found
        }
        var filter = conditions.isEmpty ? "1" : "(" + conditions.joined(separator: " OR ") + ")"
        if let sight {
            let each = ["0"] + sight.courts.map { _ in CourtCondition.sql(of: "number") }
            filter += """
                 AND (number IN (SELECT value FROM json_each(?)) OR (\(each.joined(separator: " OR ")))
                    AND NOT EXISTS (
                        SELECT 1 FROM cases c LEFT JOIN restrictions r
                            ON r.origin = c.origin AND r.number = c.number
                        WHERE c.origin = cases.origin AND c.number = cases.number
                            AND \(CaseRestriction.holds)))
                """
            values.append(.text(JSONWriter.line(.array(sight.cases.map(JSONValue.string)))))
            values += CourtCondition.values(sight.courts)
        }
        return try rows(
            """
            SELECT body FROM cases WHERE \(filter)
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

    /// Duties that footage of these times may be of: all that touch them, and those of its officers
    /// and its recorder that begin within three days before, or a day after.
    package func duties(
        near times: ClosedRange<Timestamp>, officers: Set<String>, recorder: String?,
        minutesBefore: Int, minutesAfter: Int, known: ScheduleMemory = ScheduleMemory()
    ) throws -> [DutyRow] {
        let (first, last) = (times.lowerBound.milliseconds, times.upperBound.milliseconds)
        var found = try known.numbers(
            from: first - Int64(minutesAfter) * 60_000, to: last + Int64(minutesBefore) * 60_000,
            self)
        let keys =
            officers.sorted().map { ScheduleMemory.Key(.officer, $0) }
            + [recorder].compactMap { $0 }.map { ScheduleMemory.Key(.recorder, $0) }
        for key in keys {
            found += try known.numbers(
                of: key, from: first - ScheduleMemory.longest, to: last + 86_400_000, self
            ).prefix(ScheduleMemory.limit)
        }
        return known.duties(found)
    }

    /// Duties that name the recorder and were under way then.
    func duties(of recorder: String, at moment: Timestamp, known: ScheduleMemory) throws
        -> [DutyRow]
    {
        try known.numbers(
            of: ScheduleMemory.Key(.recorder, recorder),
            from: moment.milliseconds - ScheduleMemory.longest,
            to: moment.milliseconds, self
        ).compactMap { known.duty($0) }.filter { $0.window.contains(moment) }
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
