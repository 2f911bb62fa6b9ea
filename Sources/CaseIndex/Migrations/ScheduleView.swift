import GRDB

/// Cases and duties as schedules gave them last.
enum ScheduleView: Migration {
    static func apply(to db: Database) throws {
        // Times are milliseconds since 1970; texts of several values are JSON arrays. `body` is the
        // whole row as JSON: what is not searched for stands there alone.
        try db.execute(
            sql: """
                CREATE TABLE cases (
                    origin INTEGER NOT NULL, number TEXT NOT NULL, leaf INTEGER NOT NULL,
                    year INTEGER NOT NULL, courtSign TEXT NOT NULL, courtDigits TEXT NOT NULL,
                    type TEXT NOT NULL, serial INTEGER NOT NULL, suffix INTEGER,
                    restricted INTEGER NOT NULL, body TEXT NOT NULL,
                    PRIMARY KEY (origin, number)) WITHOUT ROWID;
                CREATE INDEX casesBySerial ON cases (serial, year);
                CREATE INDEX casesByCourt ON cases (courtSign, courtDigits, year, type, serial);
                CREATE TABLE duties (
                    origin INTEGER NOT NULL, id TEXT NOT NULL, leaf INTEGER NOT NULL,
                    begins INTEGER NOT NULL, ends INTEGER NOT NULL, body TEXT NOT NULL,
                    PRIMARY KEY (origin, id)) WITHOUT ROWID;
                CREATE INDEX dutiesByTime ON duties (begins, ends);
                -- What a duty is found by: its cases, its officers' numbers, its recorders.
                CREATE TABLE dutyKeys (
                    origin INTEGER NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL,
                    begins INTEGER NOT NULL, duty TEXT NOT NULL,
                    PRIMARY KEY (origin, kind, key, begins, duty)) WITHOUT ROWID;
                CREATE INDEX dutyKeysByDuty ON dutyKeys (origin, duty);
                """)
    }
}
