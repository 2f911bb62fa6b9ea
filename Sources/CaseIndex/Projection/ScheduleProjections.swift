import Evidence

/// A case of a schedule; its last row counts.
enum CaseProjection: RowProjection {
    static let event = CustodyEventKind.schedule
    static let kind = CaseRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let known = try CaseRow(row)
        let number = known.caseNumber
        try tables.run(
            """
            INSERT OR REPLACE INTO cases (origin, number, leaf, year, courtSign, courtDigits, type,
                serial, suffix, restricted, judge, body)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(number.description), .integer(event.index), .integer(Int64(number.year)),
                .text(number.courtSign), .text(number.courtDigits), .text(number.type),
                .integer(Int64(number.number)), .init(number.suffix.map { Int64($0) }),
                .init(known.restricted), .init(known.judge),
                .text(JSONWriter.line(.object(row.members))),
            ])
        try tables.refreshSearch(of: number)
    }
}

/// A duty of a schedule; its last row counts.
enum DutyProjection: RowProjection {
    static let event = CustodyEventKind.schedule
    static let kind = DutyRow.rowKind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let duty = try DutyRow(row)
        let window = duty.window
        let before = try tables.row(
            "SELECT body FROM duties WHERE origin = ? AND id = ?", [.text(duty.id)])
        let old = try before?.schedule(DutyRow.rowKind).map { try DutyRow($0) }
        if let old { try tables.unmatch(around: old) }
        try tables.unmatch(around: duty)
        try tables.run(
            """
            INSERT OR REPLACE INTO duties (origin, id, leaf, begins, ends, body)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                .text(duty.id), .integer(event.index),
                .integer(window.lowerBound.milliseconds), .integer(window.upperBound.milliseconds),
                .text(JSONWriter.line(.object(row.members))),
            ])
        try tables.run("DELETE FROM dutyKeys WHERE origin = ? AND duty = ?", [.text(duty.id)])
        let keys =
            duty.caseNumbers.map { ("case", $0.description) }
            + duty.officers.compactMap { officer in officer.id.map { ("officer", $0) } }
            + duty.recorders.map { ("recorder", $0) }
        for (kind, key) in keys {
            try tables.run(
                """
                INSERT OR IGNORE INTO dutyKeys (origin, kind, key, begins, duty)
                VALUES (?, ?, ?, ?, ?)
                """,
                [
                    .text(kind), .text(key), .integer(window.lowerBound.milliseconds),
                    .text(duty.id),
                ])
        }
        try tables.refreshSearch(of: duty, after: old)
    }
}
