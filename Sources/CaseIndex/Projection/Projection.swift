import Evidence

/// What one kind of row, in one kind of event, means for the index.
///
/// One file a kind, or a small group of them; a new kind is a new file and a line in
/// ``Projection/catalogue``.
protocol RowProjection: SendableMetatype {
    static var event: CustodyEventKind { get }
    static var kind: String { get }

    /// Enters the row at that place of the event's record.
    ///
    /// - Throws: `MalformedEntry` where the row is not what its kind says, before anything is
    ///   written; it becomes a note.
    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables) throws
}

/// Turns one event after the other into rows of the index.
///
/// The rows depend on the events alone: not on how they were batched, on the clock, or on chance.
/// A store may be hostile: whatever cannot be understood is noted, and the rest goes on.
struct Projection {
    static let catalogue: [any RowProjection.Type] = [
        DockingProjection.self,
        IngestionProjection.self,
        DuplicateProjection.self,
        DescriptionProjection.self,
        QuarantineProjection.self,
        RefusalProjection.self,
        UndockingProjection.self,
        FindingProjection.self,
        ReplicationProjection.self,
        FixityProjection.self,
        CertificateProjection.self,
        AttestationProjection.self,
        CaseProjection.self,
        DutyProjection.self,
        RecorderIssueProjection.self,
        AttributionProjection.self,
        AssignmentProjection.self,
        MatchProjection.self,
        CompletenessProjection.self,
        ClockProjection.self,
        OrderProjection.self,
        OrderStepProjection.self,
        CourtRequestProjection.self,
        CourtRequestStepProjection.self,
        HoldProjection.self,
        HoldReleaseProjection.self,
        PrivateProjection.self,
        DeletionProposalProjection.self,
        ProposalStepProjection.self,
        DeletionProjection.self,
        ErasureProjection.self,
        CaseAccessProjection.self,
        CaseRestrictionProjection.self,
        DisclosureProjection.self,
        AcknowledgementProjection.self,
        ClaimProjection.self,
        NoteProjection.self,
        SignOffProjection.self,
        SpotCheckProjection.self,
        SpotScoreProjection.self,
    ]

    private struct Key: Hashable {
        let event: CustodyEventKind
        let kind: String
    }

    private static let byKey = Dictionary(
        catalogue.map { (Key(event: $0.event, kind: $0.kind), $0) },
        uniquingKeysWith: { first, _ in first })

    let tables: IndexTables

    func apply(_ event: EnteredEvent) throws {
        try tables.run(
            """
            INSERT INTO events (origin, leaf, station, event, time, missingRows)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(event.index), .text(event.leaf.station), .text(event.leaf.event.rawValue),
                .integer(event.leaf.time.milliseconds), .integer(Int64(event.missingRows.count)),
            ])
        for (position, row) in event.rows.enumerated() {
            guard let projection = Self.byKey[Key(event: event.leaf.event, kind: row.kind)] else {
                continue
            }
            do {
                try projection.project(row, at: position, of: event, into: tables)
            } catch let malformed as MalformedEntry {
                try tables.addNote(
                    leaf: event.index, position: position, problem: malformed.problem)
            }
        }
        if event.leaf.event == .ingestion, try !tables.hasItem(event.index) {
            try IngestionProjection.projectBare(event, into: tables)
        }
        try CustodyProjection.project(event, into: tables)
    }
}

/// Which items an event concerns, whatever its kind, known or not: a line of their custody.
enum CustodyProjection {
    static func project(_ event: EnteredEvent, into tables: IndexTables) throws {
        var concerned = false
        for row in event.rows {
            guard let item = try tables.item(named: row.members["item"]?.stringValue) else {
                continue
            }
            try tables.addCustody(
                item: item, leaf: event.index, account: try account(of: row, in: event, tables))
            concerned = true
            // What is said of an erased item is to be erased too.
            if ErasureRow.isErasable(row.kind) {
                try tables.run(
                    """
                    UPDATE items SET erased = NULL
                    WHERE origin = ? AND leaf = ? AND erased IS NOT NULL
                    """, [.integer(item)])
            }
        }
        if event.leaf.event == .ingestion, try tables.hasItem(event.index) {
            let row = event.rows.first { $0.kind == FileRow.kind }
            try tables.addCustody(
                item: event.index, leaf: event.index,
                account: try row.flatMap { try account(of: $0, in: event, tables) })
            concerned = true
        }
        // Its rows may be erased, or of a later version: the leaf alone tells the item then.
        if !concerned, let previous = event.leaf.previous, try tables.hasItem(previous) {
            try tables.addCustody(item: previous, leaf: event.index, account: nil)
        }
    }

    private static func account(
        of row: RecordRow, in event: EnteredEvent, _ tables: IndexTables
    ) throws -> String? {
        if let by = row.members["by"]?.stringValue { return by }
        guard let visit = row.members["visit"]?.stringValue.flatMap({ LedgerName($0) }),
            visit.station == event.leaf.station
        else { return nil }
        return try tables.account(ofVisit: visit.leaf)
    }
}
