import GRDB

/// When each item's bytes were last read whole and found to be those of its record.
enum FixityView: Migration {
    static func apply(to db: Database) throws {
        // Milliseconds since 1970, of the leaf; NULL for one that was never read since it was sealed.
        try db.execute(sql: "ALTER TABLE items ADD COLUMN verified INTEGER")
        try db.execute(sql: "CREATE INDEX itemsByVerified ON items (verified, leaf)")
    }
}
