import Evidence

/// An `ingestion` makes an item under its own leaf.
enum IngestionProjection: RowProjection {
    static let event = CustodyEventKind.ingestion
    static let kind = FileRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let file = try FileRow(row)
        let visit = try tables.visit(named: file.visit, in: event)
        guard try !tables.hasItem(event.index) else {
            throw MalformedEntry(problem: "a second file in one ingestion")
        }
        let claims = file.file.claims
        let times = CaptureTimes(
            named: claims.captured, namedIsUTC: claims.capturedIsUTC,
            zone: ZoneOffset(file.zone), container: nil, fileSystem: file.file.modified,
            durationMicroseconds: nil, taken: event.leaf.time)
        try tables.run(
            """
            INSERT INTO items (origin, leaf, station, ingested, sha256, sm3, size, isFootage, role,
                visit, path, recorder, officer, claimedDevice, claimedOfficer, marks, zone, blocks,
                probe, named, namedIsUTC, fileSystem, startFrom, start, startText, sequence,
                channel, isListed, search)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
                1, '')
            """,
            [
                .integer(event.index), .text(event.leaf.station),
                .integer(event.leaf.time.milliseconds), .bytes(file.sha256.bytes),
                .bytes(file.sm3.bytes), .integer(file.file.size),
                .init(file.file.role.isFootage), .text(file.file.role.rawValue), .integer(visit),
                .bytes(file.file.path.bytes), .init(file.recorder),
                .init(file.officer ?? claims.officer), .init(claims.device), .init(claims.officer),
                .init(marks(claims.marks)), .text(file.zone), .bytes(file.blocks.bytes),
                .bytes(file.probe.bytes), .init(claims.captured?.description),
                .init(claims.capturedIsUTC), .text(file.file.modified.description),
                .text(times.startFrom.rawValue), .integer(times.start.milliseconds),
                .text(times.startText), .init(claims.sequence), .init(claims.channel),
            ])
        if file.file.role.isFootage { tables.count(event, bytes: file.file.size) }
        try tables.addName(of: event.index, file, visit: visit, seen: event)
        try tables.addSighting(of: event.index, file, visit: visit)
        tables.refreshSearch(of: event.index)
    }

    /// An item whose file row was erased or cannot be read: what the leaf itself says is all there
    /// is.
    static func projectBare(_ event: EnteredEvent, into tables: IndexTables) throws {
        guard let sha256 = event.leaf.sha256, let sm3 = event.leaf.sm3, let size = event.leaf.size
        else {
            try tables.addNote(
                leaf: event.index, position: event.rows.count,
                problem: "an ingestion without a file")
            return
        }
        try tables.run(
            """
            INSERT INTO items (origin, leaf, station, ingested, sha256, sm3, size, isFootage,
                namedIsUTC, start, isListed, search)
            VALUES (?, ?, ?, ?4, ?, ?, ?, 1, 0, ?4, 1, '')
            """,
            [
                .integer(event.index), .text(event.leaf.station),
                .integer(event.leaf.time.milliseconds), .bytes(sha256.bytes), .bytes(sm3.bytes),
                .integer(size),
            ])
        tables.count(event, bytes: size)
        tables.refreshSearch(of: event.index)
    }

    private static func marks(_ marks: [String]) -> String? {
        marks.isEmpty ? nil : JSONWriter.line(.array(marks.map(JSONValue.string)))
    }
}

/// A `duplicate`: an item was met again, perhaps under a name it did not have.
enum DuplicateProjection: RowProjection {
    static let event = CustodyEventKind.duplicate
    static let kind = FileRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let file = try FileRow(row)
        let visit = try tables.visit(named: file.visit, in: event)
        guard let item = try tables.item(named: file.item) else {
            throw MalformedEntry(problem: "a duplicate of no item")
        }
        if file.isNewName { try tables.addName(of: item, file, visit: visit, seen: event) }
        // It was being taken again while it was deleted, and is there again.
        try tables.run(
            """
            UPDATE items SET deleted = NULL, erased = NULL, isListed = isFootage
            WHERE origin = ? AND leaf = ? AND deleted IS NOT NULL
            """, [.integer(item)])
        try tables.addSighting(of: item, file, visit: visit)
        if file.isNewName { tables.refreshSearch(of: item) }
    }
}

extension IndexTables {
    fileprivate func addName(
        of item: Int64, _ file: FileRow, visit: Int64, seen event: EnteredEvent
    ) throws {
        try run(
            """
            INSERT OR IGNORE INTO names (origin, item, visit, path, modified, seen)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(item), .integer(visit), .bytes(file.file.path.bytes),
                .text(file.file.modified.description), .integer(event.leaf.time.milliseconds),
            ])
    }

    /// That the path was this item at that visit, and what follows for sidecars: whichever of the
    /// two comes second makes the link.
    fileprivate func addSighting(of item: Int64, _ file: FileRow, visit: Int64) throws {
        let path = file.file.path.bytes
        try run(
            """
            INSERT OR REPLACE INTO sightings (origin, visit, path, item, sidecarOf)
            VALUES (?, ?, ?, ?, ?)
            """,
            [
                .integer(visit), .bytes(path), .integer(item), .init(file.file.sidecarOf?.bytes),
            ])
        if let footage = file.file.sidecarOf {
            let found = try row(
                "SELECT item FROM sightings WHERE origin = ? AND visit = ? AND path = ?",
                [.integer(visit), .bytes(footage.bytes)])
            if let found { try link(sidecar: item, to: try found.integer("item")) }
        }
        for sidecar in try rows(
            """
            SELECT item FROM sightings INDEXED BY sightingsBySidecar
            WHERE origin = ? AND visit = ? AND sidecarOf = ?
            """,
            [.integer(visit), .bytes(path)])
        {
            try link(sidecar: try sidecar.integer("item"), to: item)
        }
    }

    /// Only what is footage has sidecars, and only what is not is one: so no two items can hide
    /// each other from the list.
    private func link(sidecar: Int64, to footage: Int64) throws {
        try run(
            """
            INSERT OR IGNORE INTO sidecars (origin, footage, sidecar)
            SELECT f.origin, f.leaf, s.leaf FROM items f, items s
            WHERE f.origin = ?1 AND f.leaf = ?2 AND f.isFootage = 1
                AND s.origin = ?1 AND s.leaf = ?3 AND s.isFootage = 0
            """,
            [.integer(footage), .integer(sidecar)])
        try run(
            """
            UPDATE items SET isListed = 0 WHERE origin = ?1 AND leaf = ?2 AND EXISTS (
                SELECT 1 FROM sidecars WHERE origin = ?1 AND sidecar = ?2)
            """,
            [.integer(sidecar)])
    }
}
