import Evidence

/// A `docking` opens a visit under its own leaf.
enum DockingProjection: RowProjection {
    static let event = CustodyEventKind.docking
    static let kind = VisitRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let visit = try VisitRow(row)
        guard
            try tables.row(
                "SELECT 1 FROM visits WHERE origin = ? AND leaf = ?", [.integer(event.index)])
                == nil
        else { throw MalformedEntry(problem: "a second visit in one docking") }
        try tables.run(
            """
            INSERT INTO visits (origin, leaf, station, docked, profile, model, recorder, officer,
                zone, volumeLabel, volumeSerial, fileSystem, isReadOnly, isFolder, account, files,
                bytes, inventory, inventoryRefused, unfinished, source)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(event.index), .text(event.leaf.station),
                .integer(event.leaf.time.milliseconds), .text(visit.profile), .init(visit.model),
                .init(visit.recorder), .init(visit.officer), .text(visit.zone),
                .init(visit.volumeLabel), .init(visit.volumeSerial), .text(visit.fileSystem),
                .init(visit.isReadOnly), .init(visit.isFolder), .text(visit.by),
                .integer(visit.files), .integer(visit.bytes), .text(visit.inventory),
                .integer(visit.refused), .integer(visit.unfinished),
                .init(visit.source == .court ? nil : visit.source.rawValue),
            ])
    }
}

/// An `undocking` closes the visit it names. The first one counts.
enum UndockingProjection: RowProjection {
    static let event = CustodyEventKind.undocking
    static let kind = UndockingRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let end = try UndockingRow(row)
        let visit = try tables.visit(named: end.visit, in: event)
        guard
            try tables.row(
                "SELECT 1 FROM visits WHERE origin = ? AND leaf = ? AND undockingLeaf IS NULL",
                [.integer(visit)]) != nil
        else { throw MalformedEntry(problem: "an undocking of no open visit") }
        try tables.run(
            """
            UPDATE visits SET (undockingLeaf, undocked, outcome, ingested, duplicate, quarantined,
                refused, bytesTaken, milliseconds, mayBeRemoved, mayBeCleared)
                = (?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
            WHERE origin = ?1 AND leaf = ?2
            """,
            [
                .integer(visit), .integer(event.index), .integer(event.leaf.time.milliseconds),
                .text(end.outcome.rawValue), .integer(end.ingested), .integer(end.duplicate),
                .integer(end.quarantined), .integer(end.refused), .integer(end.bytes),
                .integer(end.milliseconds), .init(end.mayBeRemoved), .init(end.mayBeCleared),
            ])
    }
}

/// A `refusal` is kept with its visit: a file that could not be taken, and why.
enum RefusalProjection: RowProjection {
    static let event = CustodyEventKind.refusal
    static let kind = RefusalRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let refusal = try RefusalRow(row)
        try tables.run(
            """
            INSERT INTO refusals (origin, leaf, position, visit, path, code, reason)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(event.index), .integer(Int64(position)), .text(refusal.visit),
                .bytes(refusal.path.bytes), .text(refusal.code), .text(refusal.reason),
            ])
    }
}
