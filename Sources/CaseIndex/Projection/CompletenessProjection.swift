import Evidence

/// How something that is missing stands; the last word counts.
enum CompletenessProjection: RowProjection {
    static let event = CustodyEventKind.finding
    static let kind = CompletenessRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let missing = try CompletenessRow(row)
        try tables.run(
            """
            INSERT OR REPLACE INTO missing (origin, id, duty, leaf, body)
            VALUES (?, ?, ?, ?, ?)
            """,
            [
                .text(missing.id), .text(missing.duty), .integer(event.index),
                .text(JSONWriter.line(.object(row.members))),
            ])
    }
}
