import Evidence

/// An officer says that he brought a recorder; the first who says so of a docking stays.
enum AcknowledgementProjection: RowProjection {
    static let event = CustodyEventKind.acknowledgement
    static let kind = AcknowledgementRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let said = try AcknowledgementRow(row)
        try tables.run(
            """
            INSERT OR IGNORE INTO acknowledgements (origin, visit, leaf, account)
            VALUES (?, ?, ?, ?)
            """,
            [
                .integer(try tables.visit(named: said.visit, in: event)), .integer(event.index),
                .text(said.by),
            ])
    }
}

/// Somebody says whose footage an item is, and a second person confirms or refuses that.
enum ClaimProjection: RowProjection {
    static let event = CustodyEventKind.annotation
    static let kind = ClaimRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let claim = try ClaimRow(row)
        guard let item = try tables.item(named: claim.item) else {
            throw MalformedEntry(problem: "a claim on no item")
        }
        guard claim.state == .open else {
            try tables.run(
                """
                UPDATE claims SET (state, answer, answeredBy) = (?4, ?5, ?6)
                WHERE origin = ?1 AND item = ?2 AND account = ?3 AND state = 'open'
                """,
                [
                    .integer(item), .text(claim.account), .text(claim.state.rawValue),
                    .text(claim.why), .text(claim.by),
                ])
            return
        }
        try tables.run(
            """
            INSERT OR REPLACE INTO claims (origin, item, account, isMine, why, leaf, state)
            VALUES (?, ?, ?, ?, ?, ?, 'open')
            """,
            [
                .integer(item), .text(claim.account), .init(claim.isMine), .text(claim.why),
                .integer(event.index),
            ])
    }
}

/// Something to know of an item: a note, by which it is found, and a mark.
enum NoteProjection: RowProjection {
    static let event = CustodyEventKind.annotation
    static let kind = NoteRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let note = try NoteRow(row)
        guard let item = try tables.item(named: note.item) else {
            throw MalformedEntry(problem: "a note about no item")
        }
        if let text = note.text {
            try tables.run(
                """
                INSERT INTO itemNotes (origin, item, leaf, position, text, account)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
                [
                    .integer(item), .integer(event.index), .integer(Int64(position)), .text(text),
                    .text(note.by),
                ])
        }
        if let mark = note.mark {
            let stored = try tables.row(
                "SELECT marks FROM items WHERE origin = ? AND leaf = ?", [.integer(item)])
            let marks = Set(try stored?.texts("marks") ?? []).union([mark]).sorted()
            try tables.run(
                """
                UPDATE items SET (marks, matched) = (?3, iif(personsLinks = 0, NULL, matched))
                WHERE origin = ?1 AND leaf = ?2
                """,
                [.integer(item), .text(JSONWriter.line(.array(marks.map(JSONValue.string))))])
        }
        tables.refreshSearch(of: item)
    }
}

/// A notary says that he looked at how the custody log stands.
enum SignOffProjection: RowProjection {
    static let event = CustodyEventKind.approval
    static let kind = SignOffRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let signOff = try SignOffRow(row)
        try tables.run(
            "INSERT OR IGNORE INTO signOffs (origin, leaf, body) VALUES (?, ?, ?)",
            [
                .integer(event.index), .text(JSONWriter.line(.object(signOff.row.members))),
            ])
    }
}

/// Footage that was drawn to be looked at.
enum SpotCheckProjection: RowProjection {
    static let event = CustodyEventKind.spotCheck
    static let kind = SpotCheckRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let check = try SpotCheckRow(row)
        try tables.run(
            "INSERT OR IGNORE INTO spotChecks (origin, leaf, station, body) VALUES (?, ?, ?, ?)",
            [
                .integer(event.index), .text(event.leaf.station),
                .text(JSONWriter.line(.object(check.row.members))),
            ])
    }
}

/// What somebody made of a recording that was drawn.
enum SpotScoreProjection: RowProjection {
    static let event = CustodyEventKind.spotCheck
    static let kind = SpotScoreRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let score = try SpotScoreRow(row)
        guard let check = LedgerName(score.check)?.leaf,
            let item = try tables.item(named: score.item)
        else { throw MalformedEntry(problem: "a score of nothing") }
        try tables.run(
            """
            INSERT OR REPLACE INTO spotScores
                (origin, spotCheck, item, leaf, score, text, account)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(check), .integer(item), .integer(event.index), .integer(score.score),
                .init(score.text), .text(score.by),
            ])
    }
}
