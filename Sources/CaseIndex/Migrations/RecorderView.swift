import GRDB

/// Who has which recorder since when, and whose footage somebody says it is.
enum RecorderView: Migration {
    static func apply(to db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE recorderIssues (
                    origin INTEGER NOT NULL, recorder TEXT NOT NULL,
                    begins INTEGER NOT NULL, leaf INTEGER NOT NULL, position INTEGER NOT NULL,
                    step TEXT NOT NULL, officer TEXT, account TEXT NOT NULL,
                    PRIMARY KEY (origin, recorder, begins, leaf, position)) WITHOUT ROWID;
                CREATE INDEX itemsByVisit ON items (origin, visit);
                -- The leaf of the attribution that counts, and whether it was of this item alone.
                ALTER TABLE items ADD COLUMN attribution INTEGER;
                ALTER TABLE items ADD COLUMN isAttributed INTEGER NOT NULL DEFAULT 0;
                """)
    }
}
