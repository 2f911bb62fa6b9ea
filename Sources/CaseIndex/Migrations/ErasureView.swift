import GRDB

/// What was erased of deleted items.
enum ErasureView: Migration {
    static func apply(to db: Database) throws {
        try db.execute(
            sql: """
                -- The leaf of the last erasure of what is said of it.
                ALTER TABLE items ADD COLUMN erased INTEGER;
                CREATE INDEX itemsToErase ON items (origin, leaf)
                    WHERE deleted IS NOT NULL AND erased IS NULL;
                CREATE INDEX erasures ON events (origin, leaf) WHERE event = 'erasure';
                """)
    }
}
