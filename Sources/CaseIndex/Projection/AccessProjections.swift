import Evidence

/// Somebody may see the footage of a case, or no longer; what was said last counts.
enum CaseAccessProjection: RowProjection {
    static let event = CustodyEventKind.accessChange
    static let kind = CaseAccessRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let access = try CaseAccessRow(row)
        try tables.run(
            """
            INSERT OR REPLACE INTO caseAccess
                (origin, number, account, leaf, stands, ground, until, why, grantor)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(access.caseNumber.description), .text(access.account),
                .integer(event.index), .init(access.step == .granted),
                .text(access.ground.rawValue), .init(access.until?.milliseconds),
                .text(access.why), .text(access.by),
            ])
    }
}

/// A case is restricted, or no longer.
enum CaseRestrictionProjection: RowProjection {
    static let event = CustodyEventKind.accessChange
    static let kind = CaseRestrictionRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let restriction = try CaseRestrictionRow(row)
        try tables.run(
            """
            INSERT OR REPLACE INTO restrictions (origin, number, leaf, restricted, why, account)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                .text(restriction.caseNumber.description), .integer(event.index),
                .init(restriction.isRestricted), .text(restriction.why), .text(restriction.by),
            ])
    }
}

/// Somebody saw footage, or what is said of it, or took it along.
enum DisclosureProjection: RowProjection {
    static let event = CustodyEventKind.disclosure
    static let kind = DisclosureRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let disclosure = try DisclosureRow(row)
        guard let item = try tables.item(named: disclosure.item) else {
            throw MalformedEntry(problem: "a disclosure of no item")
        }
        try tables.run(
            """
            INSERT INTO disclosures (origin, item, leaf, position, account, how, why, number)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(item), .integer(event.index), .integer(Int64(position)),
                .text(disclosure.by), .text(disclosure.how), .init(disclosure.why),
                .init(disclosure.caseNumber?.description),
            ])
    }
}
