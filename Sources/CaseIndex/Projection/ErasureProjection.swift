import Evidence

/// An `erasure`: what was said of a deleted item is gone from the index as it is from the records.
/// The rows are the same whether the index took in the erased rows or what is left of them.
enum ErasureProjection: RowProjection {
    static let event = CustodyEventKind.erasure
    static let kind = ErasureRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let erasure = try ErasureRow(row)
        guard let item = try tables.item(named: erasure.item) else {
            throw MalformedEntry(problem: "an erasure of no item")
        }
        try tables.forget(item, by: event.index)
        try tables.keep(erasure, of: item, in: event)
        tables.refreshSearch(of: item)
    }
}

extension IndexTables {
    /// What names a file, a person or a place; once for all rows of one event.
    fileprivate func forget(_ item: Int64, by leaf: Int64) throws {
        let done = try row(
            "SELECT 1 FROM items WHERE origin = ? AND leaf = ? AND erased = ?",
            [.integer(item), .integer(leaf)])
        guard done == nil else { return }
        try run(
            """
            UPDATE items SET (officer, claimedDevice, claimedOfficer, satelliteLow, satelliteHigh,
                satelliteDone, matched, quarantineReason, erased)
                = (NULL, NULL, NULL, NULL, NULL, NULL, NULL,
                    iif(quarantineReason IS NULL, NULL, ''), ?3)
            WHERE origin = ?1 AND leaf = ?2
            """, [.integer(item), .integer(leaf)])
        try run("DELETE FROM facts WHERE origin = ? AND item = ?", [.integer(item)])
        try run(
            "DELETE FROM names WHERE origin = ? AND item = ? AND \(Self.isNamed)", [.integer(item)])
        let beside = try rows(
            "SELECT sidecar FROM sidecars WHERE origin = ? AND footage = ?", [.integer(item)])
        try run(
            "DELETE FROM sidecars WHERE origin = ?1 AND (footage = ?2 OR sidecar = ?2)",
            [.integer(item)])
        for sidecar in beside {
            try run(
                """
                UPDATE items SET isListed = 1
                WHERE origin = ?1 AND leaf = ?2 AND deleted IS NULL AND NOT EXISTS (
                    SELECT 1 FROM sidecars WHERE origin = ?1 AND sidecar = ?2)
                """, [.integer(try sidecar.integer("sidecar"))])
        }
    }

    /// A path that a recorder had; what stands in its place begins with two strokes.
    private static let isNamed = "substr(path, 1, 2) <> X'2F2F'"

    fileprivate func keep(
        _ erasure: ErasureRow, of item: Int64, in event: EnteredEvent
    ) throws {
        let left = erasure.left
        let leaf = Value.integer(erasure.leaf)
        switch left.kind {
        case FileRow.kind: try keep(try FileRow(left), of: item, from: erasure.leaf, in: event)
        case DescriptionRow.kind:
            let described = try row(
                "SELECT described FROM items WHERE origin = ? AND leaf = ?", [.integer(item)])
            guard try described?.optionalInteger("described") == erasure.leaf else { break }
            try setFacts(of: item, FactRows.ofItem(left))
        case QuarantineRow.kind:
            let path = try QuarantineRow(left).path
            try run(
                """
                UPDATE quarantined SET (path, reason) = (?4, '')
                WHERE origin = ?1 AND leaf = ?2 AND item = ?3
                """, [leaf, .integer(item), .bytes(path.bytes)])
        case FindingRow.kind:
            try run(
                """
                UPDATE findings SET (path, found, subject) = (NULL, NULL, ?4)
                WHERE origin = ?1 AND leaf = ?2 AND item = ?3
                """, [leaf, .integer(item), .text(erasure.item)])
        case MatchRow.kind:
            try run(
                """
                UPDATE matches SET (proposed, duty) = (NULL, NULL)
                WHERE origin = ? AND item = ? AND leaf = ?
                """, [.integer(item), leaf])
        case AssignmentRow.kind:
            let link = try AssignmentRow(left)
            try run(
                """
                UPDATE assignments SET body = ?6
                WHERE origin = ?1 AND item = ?2 AND number = ?3 AND begins = ?4 AND leaf = ?5
                """,
                [
                    .integer(item), .text(link.caseNumber.description), .integer(link.from ?? 0),
                    leaf, .text(JSONWriter.line(.object(left.members))),
                ])
        case PrivateRow.kind:
            try run(
                "UPDATE privates SET why = '' WHERE origin = ? AND item = ? AND leaf = ?",
                [.integer(item), leaf])
        case NoteRow.kind:
            try run(
                "UPDATE itemNotes SET text = '' WHERE origin = ? AND item = ? AND leaf = ?",
                [.integer(item), leaf])
        case SpotScoreRow.kind:
            try run(
                """
                UPDATE spotScores SET text = iif(text IS NULL, NULL, '')
                WHERE origin = ? AND item = ? AND leaf = ?
                """, [.integer(item), leaf])
        case ClaimRow.kind:
            try run(
                """
                UPDATE claims SET (why, answer) = ('', iif(answer IS NULL, NULL, ''))
                WHERE origin = ? AND item = ?
                """, [.integer(item)])
        default: break
        }
    }

    /// A name, and a sighting, that say nothing but that there was one.
    private func keep(
        _ file: FileRow, of item: Int64, from leaf: Int64, in event: EnteredEvent
    ) throws {
        let visit = try visit(named: file.visit, in: event)
        let path = Value.bytes(file.file.path.bytes)
        if leaf == item {
            try run(
                "UPDATE items SET path = ?3 WHERE origin = ?1 AND leaf = ?2",
                [.integer(item), path])
        }
        if leaf == item || file.isNewName {
            try run(
                """
                INSERT OR IGNORE INTO names (origin, item, visit, path, modified, seen)
                SELECT ?1, ?2, ?3, ?4, ?5, time FROM events WHERE origin = ?1 AND leaf = ?6
                """,
                [
                    .integer(item), .integer(visit), path,
                    .text(file.file.modified.description), .integer(leaf),
                ])
        }
        try run(
            "DELETE FROM sightings WHERE origin = ? AND visit = ? AND item = ? AND \(Self.isNamed)",
            [.integer(visit), .integer(item)])
        try run(
            """
            INSERT OR REPLACE INTO sightings (origin, visit, path, item, sidecarOf)
            VALUES (?, ?, ?, ?, NULL)
            """, [.integer(visit), path, .integer(item)])
    }
}
