package import Evidence
import GRDB

/// How much the index holds.
package struct IndexCounts: Hashable, Sendable {
    package let leaves: Int64
    package let visits: Int64
    package let items: Int64
    /// Lines of `list`: items that are no other item's sidecar.
    package let listed: Int64
    /// Of all items; shared content counts each time.
    package let bytes: Int64
    package let quarantined: Int64
    package let refused: Int64
    package let undescribed: Int64
    package let unreplicated: Int64
    /// Rows of the ledger that could not be understood.
    package let notes: Int64
}

/// A row of the ledger that the index could not understand.
package struct IndexNote: Hashable, Sendable {
    package let leaf: Int64
    package let problem: String
}

extension IndexReader {
    package func counts() throws -> IndexCounts {
        let row = try rows(
            """
            SELECT (SELECT count(*) FROM events) AS leaves, (SELECT count(*) FROM visits) AS visits,
                (SELECT count(*) FROM items) AS items,
                (SELECT count(*) FROM items WHERE isListed = 1) AS listed,
                (SELECT coalesce(sum(size), 0) FROM items) AS bytes,
                (SELECT count(*) FROM quarantined) AS quarantined,
                (SELECT count(*) FROM refusals) AS refused,
                (SELECT count(*) FROM items WHERE described IS NULL) AS undescribed,
                (SELECT count(*) FROM items WHERE replicated IS NULL) AS unreplicated,
                (SELECT count(*) FROM notes) AS notes
            """
        ).first
        guard let row else { throw IndexFailure(.damaged, detail: "no counts") }
        return IndexCounts(
            leaves: try row.integer("leaves"), visits: try row.integer("visits"),
            items: try row.integer("items"), listed: try row.integer("listed"),
            bytes: try row.integer("bytes"), quarantined: try row.integer("quarantined"),
            refused: try row.integer("refused"), undescribed: try row.integer("undescribed"),
            unreplicated: try row.integer("unreplicated"), notes: try row.integer("notes"))
    }

    /// Rows of the ledger that could not be understood, in its order.
    package func notes(limit: Int = 1000) throws -> [IndexNote] {
        try rows(
            """
            SELECT leaf, problem FROM notes ORDER BY origin, leaf, position LIMIT \(max(0, limit))
            """
        ).map { IndexNote(leaf: try $0.integer("leaf"), problem: try $0.text("problem")) }
    }

    /// Every item in the ledger's order. It fetches a thousand at a time, so memory stays flat, and
    /// `body` may take its time and ask the index other things.
    package func everyItem(
        _ body: (_ item: LedgerName, _ sha256: SHA256Digest, _ size: Int64) throws -> Void
    ) throws {
        var (origin, leaf) = (Int64(-1), Int64(-1))
        while true {
            let page = try rows(
                """
                SELECT origin, leaf, station, sha256, size FROM items
                WHERE (origin, leaf) > (?, ?) ORDER BY origin, leaf LIMIT 1000
                """, [.integer(origin), .integer(leaf)])
            for row in page {
                try body(try row.ledgerName(), try row.digest("sha256"), try row.integer("size"))
            }
            guard let last = page.last else { return }
            (origin, leaf) = (try last.integer("origin"), try last.integer("leaf"))
        }
    }

    /// What SQLite's own check of every page finds; empty for a sound file. It reads the whole
    /// file.
    package func damage() throws -> [Finding] {
        try rows("PRAGMA integrity_check(100)").compactMap { row in
            let text = try row.text("integrity_check")
            guard text != "ok" else { return nil }
            return Finding(
                code: "index-damaged", subject: "index.sqlite",
                message: Bilingual("The index is damaged.", "索引已损坏。"), found: text)
        }
    }

    /// Every row of every table as a line of text, in an order that depends on their content alone:
    /// two indexes of the same ledger give the same bytes, however they came about. The table of
    /// grams is left out: it follows from `items.search`.
    ///
    /// `body` is called within one look at the index and must not ask it anything.
    package func orderedDump(_ body: ([UInt8]) throws -> Void) throws {
        try read { db in
            for table in try Self.dumpedTables(db) {
                try db.steps(table.sql, []) { statement, columns in
                    let row = Columns(names: table.columns, cells: statement.cells(columns))
                    let values = try table.columns.map { try row.json($0) }
                    let line = JSONWriter.line(.array([.string(table.name)] + values)) + "\n"
                    try body(Array(line.utf8))
                    return true
                }
            }
        }
    }

    private struct DumpedTable {
        let name: String
        let columns: [String]
        let sql: String
    }

    private static func dumpedTables(_ db: Database) throws -> [DumpedTable] {
        let names = try db.rows(
            """
            SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'grams%'
                AND name NOT LIKE 'sqlite_%' ORDER BY name
            """
        ).map { try $0.text("name") }
        return try names.map { name in
            let info = try db.rows(
                "SELECT name, pk FROM pragma_table_info(?) ORDER BY cid", [.text(name)])
            // The number of an origin is chance; its name is not.
            let isOrigins = name == "origins"
            let columns = try info.map { try $0.text("name") }.filter { !isOrigins || $0 != "id" }
            let keys =
                try isOrigins
                ? ["origin"]
                : info.filter { try $0.integer("pk") > 0 }
                    .sorted { try $0.integer("pk") < $1.integer("pk") }.map { try $0.text("name") }
            let selected = columns.map { column in
                column == "origin" && !isOrigins
                    ? "(SELECT o.origin FROM origins o WHERE o.id = t.origin) AS origin"
                    : "t.\"\(column)\" AS \"\(column)\""
            }
            // Sorting by the origin's number keeps to the table's own order, which costs nothing;
            // with one origin that is the order of its name too.
            let order = keys.map { "t.\"\($0)\"" }.joined(separator: ", ")
            return DumpedTable(
                name: name, columns: columns,
                sql:
                    "SELECT \(selected.joined(separator: ", ")) FROM \"\(name)\" t ORDER BY \(order)"
            )
        }
    }
}
