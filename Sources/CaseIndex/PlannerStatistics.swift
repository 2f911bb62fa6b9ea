import GRDB

/// What SQLite's planner cannot know of an index that is still empty, told once in `sqlite_stat1`
/// (https://www.sqlite.org/fileformat2.html#stat1tab), so that its plans are the same from the
/// first row to the last.
///
/// Above all: one index holds few ledgers, so an `origin` alone narrows nothing. Left to itself the
/// planner takes it for one in ten rows, and reads a whole table by the first column of its key
/// where another index has the row. ANALYZE is never run: what it finds in a small index is wrong
/// for a large one.
enum PlannerStatistics {
    /// Rows of a large table.
    private static let rows = 10_000_000
    /// How many of them share the value of an ordinary column, and of one that names a leaf.
    private static let (share, sharedLeaf) = (10_000, 10)
    private static let leaves: Set<String> = [
        "alias", "footage", "item", "leaf", "recording", "sidecar", "visit",
    ]

    /// Told of every index of every table; in force for connections opened from then on, and for
    /// this one.
    static func tell(_ db: Database) throws {
        // Makes the table, and finds nothing to put there.
        try db.execute(sql: "ANALYZE")
        try db.execute(sql: "DELETE FROM sqlite_stat1")
        let indexes = try Row.fetchAll(
            db,
            sql: """
                SELECT t.name AS tableName, i.name AS name, i."unique" AS isUnique,
                    i.origin = 'pk' AS isKey, i.partial AS isPartial, l.wr AS isWithoutRowID
                FROM sqlite_schema t, pragma_table_list(t.name) l, pragma_index_list(t.name) i
                WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE 'grams%'
                    AND l.type = 'table'
                """)
        for index in indexes {
            let name: String = index["name"]
            let columns = try String?.fetchAll(
                db, sql: "SELECT name FROM pragma_index_info(?) ORDER BY seqno", arguments: [name])
            let isKey: Bool = index["isKey"]
            let isWithoutRowID: Bool = index["isWithoutRowID"]
            // The key of a table without row numbers goes by the table's own name there.
            let table: String = index["tableName"]
            try db.execute(
                sql: "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)",
                arguments: [
                    table, isKey && isWithoutRowID ? table : name,
                    statistics(
                        of: columns, isUnique: index["isUnique"], isPartial: index["isPartial"]),
                ])
        }
        try db.execute(sql: "ANALYZE sqlite_schema")
    }

    /// All rows, then how many share the first column's value, the first two columns', and so on.
    private static func statistics(
        of columns: [String?], isUnique: Bool, isPartial: Bool
    ) -> String {
        var left = isPartial ? rows / 2 : rows
        var numbers = [left]
        for (place, column) in columns.enumerated() {
            if isUnique, place == columns.count - 1 {
                left = 1
            } else if column.map(leaves.contains) ?? true {
                // What is no column is the beginning of a digest.
                left = min(left, sharedLeaf)
            } else if column != "origin" {
                left = left > share ? share : max(left / 10, 2)
            }
            numbers.append(left)
        }
        return numbers.map(String.init).joined(separator: " ")
    }
}
