import GRDB

/// What came in on each day, counted as it comes: sums over all items would take seconds.
enum FigureView: Migration {
    static func apply(to db: Database) throws {
        // Days of China's time since 1970.
        let day = "(new.ingested + 28800000) / 86400000"
        try db.execute(
            sql: """
                CREATE TABLE daily (
                    origin INTEGER NOT NULL, day INTEGER NOT NULL, files INTEGER NOT NULL,
                    bytes INTEGER NOT NULL, microseconds INTEGER NOT NULL,
                    damaged INTEGER NOT NULL,
                    PRIMARY KEY (origin, day)) WITHOUT ROWID;
                CREATE TRIGGER itemsCounted AFTER INSERT ON items WHEN new.isFootage = 1 BEGIN
                    INSERT INTO daily VALUES (new.origin, \(day), 1, new.size, 0, 0)
                    ON CONFLICT DO UPDATE
                        SET (files, bytes) = (files + 1, bytes + excluded.bytes);
                END;
                CREATE TRIGGER itemsMeasured AFTER UPDATE OF duration, status ON items
                    WHEN new.isFootage = 1 BEGIN
                    UPDATE daily SET
                        microseconds = microseconds + ifnull(new.duration, 0)
                            - ifnull(old.duration, 0),
                        damaged = damaged + (ifnull(new.status, '') IN ('damaged', 'unreadable'))
                            - (ifnull(old.status, '') IN ('damaged', 'unreadable'))
                    WHERE origin = new.origin AND day = \(day);
                END;
                CREATE INDEX missingOpen ON missing (origin, id)
                    WHERE body ->> '$.state' = 'open';
                """)
    }
}
