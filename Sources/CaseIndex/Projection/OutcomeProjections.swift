import Evidence

/// A `quarantine` marks its item, or stands for itself where there is none (a partial copy).
enum QuarantineProjection: RowProjection {
    static let event = CustodyEventKind.quarantine
    static let kind = QuarantineRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let doubt = try QuarantineRow(row)
        let item = try tables.item(named: doubt.item)
        guard doubt.item == nil || item != nil else {
            throw MalformedEntry(problem: "a quarantine of no item")
        }
        let unreadable = JSONValue.array(
            doubt.unreadable.map {
                ["from": .integer($0.lowerBound), "to": .integer($0.upperBound)]
            })
        try tables.run(
            """
            INSERT INTO quarantined (origin, leaf, position, item, visit, path, code, reason, size,
                sha256, sm3, unreadable)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(event.index), .integer(Int64(position)), .init(item), .text(doubt.visit),
                .bytes(doubt.path.bytes), .text(doubt.code), .text(doubt.reason),
                .integer(doubt.size), .init(doubt.sha256?.bytes), .init(doubt.sm3?.bytes),
                .text(JSONWriter.line(unreadable)),
            ])
        if let item {
            try tables.run(
                """
                UPDATE items SET quarantineCode = ?3, quarantineReason = ?4
                WHERE origin = ?1 AND leaf = ?2
                """,
                [.integer(item), .text(doubt.code), .text(doubt.reason)])
        }
    }
}

/// A `finding` is kept, with the item or visit it is about.
enum FindingProjection: RowProjection {
    static let event = CustodyEventKind.finding
    static let kind = FindingRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let found = try FindingRow(row)
        let finding = found.finding
        try tables.run(
            """
            INSERT INTO findings (origin, leaf, position, visit, item, path, code, subject, english,
                chinese, expected, found)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(event.index), .integer(Int64(position)), .init(found.visit),
                .init(try tables.item(named: found.item)), .init(found.path?.bytes),
                .text(finding.code), .text(finding.subject), .text(finding.message.english),
                .text(finding.message.chinese), .init(finding.expected), .init(finding.found),
            ])
    }
}

/// A `replication`: an item has a second copy at a place.
enum ReplicationProjection: RowProjection {
    static let event = CustodyEventKind.replication
    static let kind = ReplicationRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let copy = try ReplicationRow(row)
        guard let item = try tables.item(named: copy.item) else {
            throw MalformedEntry(problem: "a copy of no item")
        }
        guard
            try tables.row(
                "SELECT 1 FROM items WHERE origin = ? AND leaf = ? AND sha256 = ?",
                [.integer(item), .bytes(copy.sha256.bytes)]) != nil
        else { throw MalformedEntry(problem: "a copy with another digest than its item") }
        try tables.run(
            "INSERT OR REPLACE INTO replicas (origin, item, place, leaf) VALUES (?, ?, ?, ?)",
            [.integer(item), .text(copy.place), .integer(event.index)])
        try tables.run(
            "UPDATE items SET replicated = ?3 WHERE origin = ?1 AND leaf = ?2",
            [.integer(item), .integer(event.index)])
    }
}
