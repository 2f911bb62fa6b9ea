import Evidence

/// A recorder was issued, lent or returned.
enum RecorderIssueProjection: RowProjection {
    static let event = CustodyEventKind.recorderIssue
    static let kind = RecorderIssueRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let issue = try RecorderIssueRow(row)
        try tables.run(
            """
            INSERT INTO recorderIssues (origin, recorder, begins, leaf, position, step, officer,
                account)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(issue.recorder), .integer(issue.from.milliseconds), .integer(event.index),
                .integer(Int64(position)), .text(issue.step.rawValue), .init(issue.officer),
                .text(issue.by),
            ])
        try tables.unmatch(recorder: issue.recorder, from: issue.from)
    }
}

/// Somebody says who carried the recorder. What was said of an item alone stands against what is
/// said of its docking later.
enum AttributionProjection: RowProjection {
    static let event = CustodyEventKind.attribution
    static let kind = AttributionRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let attribution = try AttributionRow(row)
        let items: [Int64]
        if let name = attribution.visit {
            let visit = try tables.visit(named: name, in: event)
            items = try tables.rows(
                """
                SELECT leaf FROM items
                WHERE origin = ? AND visit = ? AND isAttributed = 0 AND deleted IS NULL
                """, [.integer(visit)]
            ).map { try $0.integer("leaf") }
        } else {
            guard let item = try tables.item(named: attribution.item) else {
                throw MalformedEntry(problem: "an attribution of no item")
            }
            items = [item]
        }
        for item in items {
            try tables.run(
                """
                UPDATE items SET officer = ?3, attribution = ?4, isAttributed = ?5
                WHERE origin = ?1 AND leaf = ?2
                """,
                [
                    .integer(item), .text(attribution.officer), .integer(event.index),
                    .init(attribution.item != nil),
                ])
            try tables.addCustody(item: item, leaf: event.index, account: attribution.by)
            tables.refreshSearch(of: item)
            try tables.unmatch(item: item)
        }
    }
}
