import Evidence

/// An `assignment`: footage is linked to a case, or no longer. What a person said is never changed
/// by the matcher, whatever the ledger holds.
enum AssignmentProjection: RowProjection {
    static let event = CustodyEventKind.assignment
    static let kind = AssignmentRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let assignment = try AssignmentRow(row)
        guard let item = try tables.item(named: assignment.item),
            let stored = try tables.row(
                """
                SELECT start, personsLinks > 0 OR EXISTS (
                    SELECT 1 FROM assignments
                    WHERE origin = ?1 AND item = ?2 AND number = ?3 AND isPersons = 1) AS isPersons
                FROM items WHERE origin = ?1 AND leaf = ?2
                """, [.integer(item), .text(assignment.caseNumber.description)])
        else { throw MalformedEntry(problem: "an assignment of no item") }
        let number = assignment.caseNumber.description
        guard try assignment.isPersons || !stored.flag("isPersons") else { return }
        switch assignment.step {
        case .withdrawn where assignment.from == nil:
            // All parts of it, and the memory that a person said no.
            try tables.run(
                "DELETE FROM assignments WHERE origin = ? AND item = ? AND number = ?",
                [.integer(item), .text(number)])
            guard assignment.isPersons else { break }
            fallthrough
        case .assigned, .withdrawn:
            try tables.run(
                """
                INSERT OR REPLACE INTO assignments (origin, item, number, begins, ends, stands,
                    isPersons, start, leaf, position, body)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    .integer(item), .text(number), .integer(assignment.from ?? 0),
                    .init(assignment.to), .init(assignment.step == .assigned),
                    .init(assignment.isPersons), .integer(try stored.integer("start")),
                    .integer(event.index), .integer(Int64(position)),
                    .text(JSONWriter.line(.object(row.members))),
                ])
        }
        try tables.countLinks(of: item)
        tables.refreshSearch(of: item)
        if assignment.step == .assigned { try tables.unmatchTake(of: item) }
    }
}

/// What the matcher thought of an item; the last word counts.
enum MatchProjection: RowProjection {
    static let event = CustodyEventKind.assignment
    static let kind = MatchRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let match = try MatchRow(row)
        guard let item = try tables.item(named: match.item) else {
            throw MalformedEntry(problem: "a match of no item")
        }
        let proposed = match.proposed.map { JSONValue.string($0.description) }
        let duty = proposed.isEmpty ? nil : match.candidates.first?[key: "duty"]?.stringValue
        try tables.run(
            """
            INSERT OR REPLACE INTO matches (origin, item, leaf, decision, proposed, duty)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(item), .integer(event.index), .text(match.decision),
                .init(proposed.isEmpty ? nil : JSONWriter.line(.array(proposed))), .init(duty),
            ])
        // What came while the matcher thought was not thought of: it looks again.
        if let seen = match.seen, try tables.hasNews(for: item, from: seen, before: event.index) {
            return
        }
        try tables.run(
            "UPDATE items SET matched = ?3 WHERE origin = ?1 AND leaf = ?2",
            [.integer(item), .integer(event.index)])
    }
}

extension IndexTables {
    fileprivate func countLinks(of item: Int64) throws {
        try run(
            """
            UPDATE items SET (links, personsLinks) = (
                SELECT count(*), ifnull(sum(isPersons), 0) FROM assignments
                WHERE origin = ?1 AND item = ?2 AND stands = 1)
            WHERE origin = ?1 AND leaf = ?2
            """, [.integer(item)])
    }

    /// Whether anything that matching goes by was entered with one of those leaves.
    fileprivate func hasNews(for item: Int64, from first: Int64, before last: Int64) throws -> Bool
    {
        guard first < last else { return false }
        return try row(
            """
            SELECT 1 FROM events e WHERE e.origin = ?1 AND e.leaf >= ?2 AND e.leaf < ?3
                AND (e.event IN ('schedule', 'assignment', 'attribution', 'recorder-issue',
                        'clock-measurement')
                    OR e.leaf = (SELECT described FROM items WHERE origin = ?1 AND leaf = ?4))
            LIMIT 1
            """, [.integer(first), .integer(last), .integer(item)]) != nil
    }

    /// What is not linked yet may be of the same case as the rest of its take.
    fileprivate func unmatchTake(of item: Int64) throws {
        try run(
            """
            UPDATE items SET matched = NULL
            WHERE origin = ?1 AND links = 0 AND matched IS NOT NULL AND leaf IN (
                SELECT q.item FROM parts p
                JOIN parts q ON q.origin = p.origin AND q.recording = p.recording
                WHERE p.origin = ?1 AND p.item = ?2 AND q.item <> ?2)
            """, [.integer(item)])
    }

    /// What was thought of an item no longer holds.
    func unmatch(item: Int64) throws {
        try run(
            "UPDATE items SET matched = NULL WHERE origin = ? AND leaf = ?", [.integer(item)])
    }

    /// A recorder is another's from that moment on.
    func unmatch(recorder: String, from begins: Timestamp) throws {
        try run(
            """
            UPDATE items SET matched = NULL
            WHERE origin = ? AND recorder = ? AND start >= ? AND matched IS NOT NULL
            """, [.text(recorder), .integer(begins.milliseconds)])
    }

    /// A field task is new, or not what it was: footage of twelve hours about it that may be its
    /// officers' or its recorders', or is nobody's, is to be matched again.
    func unmatch(around duty: DutyRow) throws {
        let margin: Int64 = 12 * 3_600_000
        let times: [Value] = [
            .integer(duty.window.lowerBound.milliseconds - margin),
            .integer(duty.window.upperBound.milliseconds + margin),
        ]
        let between = "start BETWEEN ?2 AND ?3"
        guard
            try row("SELECT 1 FROM items WHERE origin = ? AND \(between) LIMIT 1", times) != nil
        else { return }
        let unmatch = """
            UPDATE items SET matched = NULL WHERE origin = ?1 AND \(between)
                AND matched IS NOT NULL AND
            """
        try run("\(unmatch) officer IS NULL", times)
        for officer in duty.officers.compactMap(\.id) {
            try run("\(unmatch) officer = ?4", times + [.text(officer)])
            try run(
                """
                \(unmatch) recorder IN (
                    SELECT recorder FROM recorderIssues WHERE officer = ?4)
                """, times + [.text(officer)])
        }
        for recorder in duty.recorders {
            try run("\(unmatch) recorder = ?4", times + [.text(recorder)])
        }
    }
}
