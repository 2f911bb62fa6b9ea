import Evidence

/// A `fixity-check`: the bytes of these items were read whole, and are those of their records.
enum FixityProjection: RowProjection {
    static let event = CustodyEventKind.fixityCheck
    static let kind = FixityRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let check = try FixityRow(row)
        for name in check.items {
            guard let item = try tables.item(named: name) else { continue }
            try tables.run(
                "UPDATE items SET verified = ?3 WHERE origin = ?1 AND leaf = ?2",
                [.integer(item), .integer(event.leaf.time.milliseconds)])
        }
    }
}
