import Evidence
import GRDB

extension IndexTables {
    /// The row of the gram table that belongs to an item: the origin's number and the leaf in one.
    static func gramRow(origin: Int64, leaf: Int64) -> Int64 { origin << leafBits | leaf }

    /// Bits of a gram row that hold the leaf.
    static let leafBits: Int64 = 44

    /// Makes an item's text and its grams agree with its names and tags.
    func refreshSearch(of item: Int64) throws {
        guard
            let stored = try row(
                """
                SELECT station, leaf, recorder, officer, claimedOfficer, search FROM items
                WHERE origin = ? AND leaf = ?
                """, [.integer(item)])
        else { return }
        var fields = [try stored.ledgerName().description]
        for column in ["recorder", "officer", "claimedOfficer"] {
            if let value = try stored.optionalText(column), !fields.contains(value) {
                fields.append(value)
            }
        }
        for name in try rows(
            "SELECT DISTINCT path FROM names WHERE origin = ? AND item = ? ORDER BY path",
            [.integer(item)])
        {
            let path = try name.path("path")
            fields.append(path.utf8 ?? path.display)
        }
        for tag in try rows(
            """
            SELECT value FROM facts
            WHERE origin = ? AND item = ? AND name > 'tags/' AND name < 'tags0' ORDER BY name
            """, [.integer(item)])
        {
            if let value = try? tag.optionalText("value"), !fields.contains(value) {
                fields.append(value)
            }
        }
        let (old, new) = (try stored.text("search"), SearchText.folded(fields))
        guard old != new else { return }
        try run(
            "UPDATE items SET search = ?3 WHERE origin = ?1 AND leaf = ?2",
            [.integer(item), .text(new)])
        try replaceGrams(of: item, SearchText.grams(of: old), by: SearchText.grams(of: new))
    }

    private func replaceGrams(
        of item: Int64, _ old: [UInt64], by new: [UInt64]
    ) throws {
        let number = Self.gramRow(origin: origin, leaf: item)
        // A contentless table forgets a row only when told what it held.
        if !old.isEmpty {
            try db.cachedStatement(
                sql: "INSERT INTO grams (grams, rowid, terms) VALUES ('delete', ?, ?)"
            ).execute(arguments: [number, SearchText.spelled(old)])
        }
        guard !new.isEmpty else { return }
        try db.cachedStatement(sql: "INSERT INTO grams (rowid, terms) VALUES (?, ?)")
            .execute(arguments: [number, SearchText.spelled(new)])
    }
}
