import Evidence

/// Another court asks for footage.
enum CourtRequestProjection: RowProjection {
    static let event = CustodyEventKind.order
    static let kind = CourtRequestRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let request = try CourtRequestRow(row)
        let known = try tables.row(
            "SELECT 1 FROM courtRequests WHERE origin = ? AND leaf = ?", [.integer(event.index)])
        guard known == nil else {
            throw MalformedEntry(problem: "a second court's request in one event")
        }
        try tables.run(
            """
            INSERT INTO courtRequests (origin, leaf, station, state, account, body)
            VALUES (?, ?, ?, 'open', ?, ?)
            """,
            [
                .integer(event.index), .text(event.leaf.station), .text(request.by),
                .text(JSONWriter.line(.object(row.members))),
            ])
    }
}

/// What became of it. A step that its state does not allow counts for nothing, whatever the ledger holds:
/// it takes two people, neither of whom entered it, and what is refused or delivered stays so.
enum CourtRequestStepProjection: RowProjection {
    static let event = CustodyEventKind.order
    static let kind = CourtRequestStepRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let step = try CourtRequestStepRow(row)
        guard let request = LedgerName(step.request)?.leaf,
            let stored = try tables.row(
                "SELECT state, account FROM courtRequests WHERE origin = ? AND leaf = ?",
                [.integer(request)])
        else { throw MalformedEntry(problem: "a step of no court's request") }
        let approvers = try tables.rows(
            """
            SELECT account FROM courtRequestSteps
            WHERE origin = ? AND request = ? AND step = 'approved'
            """, [.integer(request)]
        ).map { try $0.text("account") }
        let next: String
        switch (step.step, try stored.text("state")) {
        case (.approved, "open"):
            guard try step.by != stored.text("account"), !approvers.contains(step.by) else {
                return
            }
            next = approvers.isEmpty ? "open" : "approved"
        case (.refused, "open"), (.refused, "approved"): next = "refused"
        case (.packed, "approved"), (.packed, "packed"): next = "packed"
        case (.delivered, "packed"): next = "delivered"
        default: return
        }
        try tables.run(
            """
            INSERT INTO courtRequestSteps (origin, request, leaf, position, step, account, body)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(request), .integer(event.index), .integer(Int64(position)),
                .text(step.step.rawValue), .text(step.by),
                .text(JSONWriter.line(.object(row.members))),
            ])
        try tables.run(
            "UPDATE courtRequests SET state = ?3 WHERE origin = ?1 AND leaf = ?2",
            [.integer(request), .text(next)])
    }
}
