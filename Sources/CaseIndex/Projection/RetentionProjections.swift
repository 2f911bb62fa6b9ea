import Evidence

/// A `hold` keeps an item, or a case's footage.
enum HoldProjection: RowProjection {
    static let event = CustodyEventKind.hold
    static let kind = HoldRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let hold = try HoldRow(row)
        var (item, number): (Int64?, String?) = (nil, nil)
        switch hold.subject {
        case .item(let name):
            guard let found = try tables.item(named: name) else {
                throw MalformedEntry(problem: "a hold of no item")
            }
            item = found
        case .caseNumber(let found): number = found.description
        }
        try tables.run(
            """
            INSERT INTO holds (origin, leaf, position, station, item, number, why, account)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(event.index), .integer(Int64(position)), .text(event.leaf.station),
                .init(item), .init(number), .text(hold.why), .text(hold.by),
            ])
    }
}

/// A `hold-release` ends a hold, whole.
enum HoldReleaseProjection: RowProjection {
    static let event = CustodyEventKind.holdRelease
    static let kind = HoldReleaseRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let release = try HoldReleaseRow(row)
        guard let hold = LedgerName(release.hold)?.leaf else {
            throw MalformedEntry(problem: "a release of no hold")
        }
        for held in try tables.rows(
            """
            SELECT item FROM holds
            WHERE origin = ? AND leaf = ? AND item IS NOT NULL AND released IS NULL
            """, [.integer(hold)])
        {
            try tables.addCustody(
                item: try held.integer("item"), leaf: event.index, account: release.by)
        }
        try tables.run(
            "UPDATE holds SET released = ?3 WHERE origin = ?1 AND leaf = ?2 AND released IS NULL",
            [.integer(hold), .integer(event.index)])
    }
}

/// Somebody says that footage is private or a test; what each said first stays.
enum PrivateProjection: RowProjection {
    static let event = CustodyEventKind.annotation
    static let kind = PrivateRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let said = try PrivateRow(row)
        guard let item = try tables.item(named: said.item) else {
            throw MalformedEntry(problem: "private footage of no item")
        }
        try tables.run(
            """
            INSERT OR IGNORE INTO privates (origin, item, account, leaf, time, why)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(item), .text(said.by), .integer(event.index),
                .integer(event.leaf.time.milliseconds), .text(said.why),
            ])
    }
}

/// A `proposal` to delete items.
enum DeletionProposalProjection: RowProjection {
    static let event = CustodyEventKind.proposal
    static let kind = DeletionProposalRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let proposal = try DeletionProposalRow(row)
        guard let item = try tables.item(named: proposal.item) else {
            throw MalformedEntry(problem: "a proposal to delete no item")
        }
        try tables.run(
            """
            INSERT OR IGNORE INTO proposals (origin, leaf, station, why, account)
            VALUES (?, ?, ?, ?, ?)
            """,
            [
                .integer(event.index), .text(event.leaf.station), .text(proposal.why),
                .text(proposal.by),
            ])
        try tables.run(
            """
            INSERT OR IGNORE INTO proposed (origin, item, proposal, rule, until)
            VALUES (?, ?, ?, ?, ?)
            """,
            [
                .integer(item), .integer(event.index), .text(proposal.rule),
                .integer(proposal.until.milliseconds),
            ])
    }
}

/// An `approval` of a proposed deletion, or its withdrawal; one that was withdrawn stays so.
enum ProposalStepProjection: RowProjection {
    static let event = CustodyEventKind.approval
    static let kind = ProposalStepRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let step = try ProposalStepRow(row)
        guard let proposal = LedgerName(step.proposal)?.leaf,
            let stored = try tables.row(
                "SELECT withdrawn FROM proposals WHERE origin = ? AND leaf = ?",
                [.integer(proposal)])
        else { throw MalformedEntry(problem: "a step of no proposal") }
        guard try stored.optionalText("withdrawn") == nil else { return }
        for item in try tables.rows(
            "SELECT item FROM proposed WHERE origin = ? AND proposal = ?", [.integer(proposal)])
        {
            try tables.addCustody(
                item: try item.integer("item"), leaf: event.index, account: step.by)
        }
        switch step.step {
        case .approved:
            try tables.run(
                """
                INSERT OR IGNORE INTO approvals (origin, proposal, account, leaf, time)
                VALUES (?, ?, ?, ?, ?)
                """,
                [
                    .integer(proposal), .text(step.by), .integer(event.index),
                    .integer(event.leaf.time.milliseconds),
                ])
        case .withdrawn:
            try tables.run(
                """
                UPDATE proposals SET (withdrawn, withdrawnWhy) = (?3, ?4)
                WHERE origin = ?1 AND leaf = ?2
                """, [.integer(proposal), .text(step.by), .init(step.why)])
        }
    }
}

/// A `deletion`: the item is no longer listed, and its history stays.
enum DeletionProjection: RowProjection {
    static let event = CustodyEventKind.deletion
    static let kind = DeletionRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let deletion = try DeletionRow(row)
        guard let item = try tables.item(named: deletion.item) else {
            throw MalformedEntry(problem: "a deletion of no item")
        }
        try tables.run(
            "UPDATE items SET deleted = ?3, isListed = 0 WHERE origin = ?1 AND leaf = ?2",
            [.integer(item), .integer(event.index)])
        guard let proposal = LedgerName(deletion.proposal)?.leaf else { return }
        try tables.run(
            "UPDATE proposals SET done = ?3 WHERE origin = ?1 AND leaf = ?2 AND done IS NULL",
            [.integer(proposal), .integer(event.index)])
    }
}
