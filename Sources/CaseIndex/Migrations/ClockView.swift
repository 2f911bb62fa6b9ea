import GRDB

/// How far the recorders' clocks were off, and which times cannot be right.
enum ClockView: Migration {
    static func apply(to db: Database) throws {
        try db.execute(
            sql: """
                -- `source` as in `parts`; moments and offsets are milliseconds.
                CREATE TABLE clocks (
                    origin INTEGER NOT NULL, source TEXT NOT NULL, at INTEGER NOT NULL,
                    leaf INTEGER NOT NULL, position INTEGER NOT NULL, offset INTEGER NOT NULL,
                    body TEXT NOT NULL,
                    PRIMARY KEY (origin, source, at, leaf, position)) WITHOUT ROWID;
                -- Where the recorder's own clock puts the beginning, by how much it was measured to be
                -- ahead then, and what cannot be right about it: codes with a space between.
                ALTER TABLE items ADD COLUMN reading INTEGER;
                ALTER TABLE items ADD COLUMN clockOffset INTEGER;
                ALTER TABLE items ADD COLUMN clockFlags TEXT;
                -- Between which offsets the clock was, by satellite time beside this footage; and the leaf
                -- of the measurement that has it, or agrees with it.
                ALTER TABLE items ADD COLUMN satelliteLow INTEGER;
                ALTER TABLE items ADD COLUMN satelliteHigh INTEGER;
                ALTER TABLE items ADD COLUMN satelliteDone INTEGER;
                CREATE INDEX itemsBySatellite ON items (origin, leaf)
                    WHERE satelliteLow IS NOT NULL AND satelliteDone IS NULL;
                CREATE INDEX visitsByTurn ON visits (origin, recorder, leaf);
                """)
    }
}
