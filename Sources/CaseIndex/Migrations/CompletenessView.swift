import GRDB

/// What is missing of field tasks, each with how it stands.
enum CompletenessView: Migration {
    static func apply(to db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE missing (
                    origin INTEGER NOT NULL, id TEXT NOT NULL, duty TEXT NOT NULL,
                    leaf INTEGER NOT NULL, body TEXT NOT NULL,
                    PRIMARY KEY (origin, id)) WITHOUT ROWID;
                CREATE INDEX missingByDuty ON missing (origin, duty, id);
                """)
    }
}
