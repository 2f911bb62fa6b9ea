import Evidence
import GRDB

@testable import CaseIndex

/// Makes a large index out of one that holds a real day: every row of it once more for each further
/// day, with leaves, moments, digests, cases and field tasks of its own. So the rows are just those
/// that the program itself writes, whatever its schema.
struct Multiplying {
    let path: String
    /// Columns that name leaves, by table; moments are shifted by days.
    private static let leaves: Set<String> = [
        "leaf", "item", "visit", "footage", "sidecar", "recording", "described", "matched",
        "undockingLeaf", "alias", "replicated",
    ]
    private static let moments: Set<String> = [
        "time", "docked", "ingested", "start", "finish", "reading", "seen", "begins", "ends",
        "undocked",
    ]

    /// - Parameter days: how many there are in all.
    func run(days: Int) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = OFF")
            try db.execute(sql: "PRAGMA cache_size = -2000000")
            db.add(
                function: DatabaseFunction("gramsOf", argumentCount: 1, pure: true) { values in
                    String.fromDatabaseValue(values[0]).map {
                        SearchText.spelled(SearchText.grams(of: $0))
                    }
                })
            let indexes = try Row.fetchAll(
                db,
                sql: "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
            ).map { (name: $0["name"] as String, sql: $0["sql"] as String) }
            for index in indexes { try db.execute(sql: "DROP INDEX \(index.name)") }
            let stride = try Int64.fetchOne(db, sql: "SELECT nextLeaf FROM origins") ?? 0
            let tables = try String.fetchAll(
                db,
                sql: """
                    SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'
                        AND name NOT LIKE 'grams%' AND name NOT IN ('origins', 'daily')
                    ORDER BY name
                    """)
            let copies = try tables.compactMap { try copy(of: $0, stride: stride, db) }
            for day in 1..<max(days, 1) {
                try db.inTransaction {
                    for sql in copies { try db.execute(sql: sql, arguments: ["day": day]) }
                    try db.execute(
                        sql: """
                            INSERT INTO grams (rowid, terms)
                            SELECT origin << \(IndexTables.leafBits) | leaf, gramsOf(search) FROM items
                            WHERE origin IN (SELECT id FROM origins)
                                AND leaf >= :first AND leaf < :last
                            """,
                        arguments: ["first": Int64(day) * stride, "last": Int64(day + 1) * stride])
                    return .commit
                }
            }
            try db.execute(
                sql: "UPDATE origins SET nextLeaf = ?", arguments: [Int64(max(days, 1)) * stride])
            for index in indexes { try db.execute(sql: index.sql) }
            // An index that is dropped takes what the planner knew of it along.
            try PlannerStatistics.tell(db)
            try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        }
        try queue.close()
    }

    /// The statement that copies a table's rows of the first day to `:day`; nil where it has none.
    private func copy(of table: String, stride: Int64, _ db: Database) throws -> String? {
        guard try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM \(table))") == true else {
            return nil
        }
        let columns = try db.columns(in: table).map(\.name)
        let values = columns.map { column -> String in
            switch (table, column) {
            case ("items", "search"):
                return
                    "replace(search, station || '-' || leaf, station || '-' || (leaf + :day * \(stride)))"
            case ("items", "sha256"), ("items", "sm3"): return "randomblob(32)"
            case ("assignments", "begins"), ("assignments", "ends"): return column
            case (_, "number") where ["assignments", "cases"].contains(table):
                return "replace(number, '号', '号之' || :day)"
            case ("duties", "id"), ("dutyKeys", "duty"): return "\(column) || '-' || :day"
            case ("dutyKeys", "key"):
                return "CASE kind WHEN 'caseNumber' THEN key || :day ELSE key END"
            default: break
            }
            if Self.leaves.contains(column) { return "\(column) + :day * \(stride)" }
            if Self.moments.contains(column) { return "\(column) + :day * \(Indexing.dayLength)" }
            return "\"\(column)\""
        }
        // The first day stands apart, so that none of the others is read again.
        try db.execute(sql: "CREATE TEMP TABLE first_\(table) AS SELECT * FROM main.\(table)")
        let names = columns.map { "\"\($0)\"" }.joined(separator: ", ")
        return """
            INSERT INTO main.\(table) (\(names))
            SELECT \(values.joined(separator: ", ")) FROM first_\(table)
            """
    }
}
