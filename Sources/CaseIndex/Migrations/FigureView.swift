import GRDB

/// What came in on each day, counted as it comes (``DayCounts``): sums over all items would take
/// seconds.
enum FigureView: Migration {
    static func apply(to db: Database) throws {
        // Days of China's time since 1970.
        try db.execute(
            sql: """
                CREATE TABLE daily (
                    origin INTEGER NOT NULL, day INTEGER NOT NULL, files INTEGER NOT NULL,
                    bytes INTEGER NOT NULL, microseconds INTEGER NOT NULL,
                    damaged INTEGER NOT NULL,
                    PRIMARY KEY (origin, day)) WITHOUT ROWID;
                CREATE INDEX missingOpen ON missing (origin, id)
                    WHERE body ->> '$.state' = 'open';
                """)
    }
}
