import GRDB

/// What other courts ask for, and what became of it.
enum CourtRequestView: Migration {
    static func apply(to db: Database) throws {
        try db.execute(
            sql: """
                -- `account` entered it. `state` is open, or the last step that counts.
                CREATE TABLE courtRequests (
                    origin INTEGER NOT NULL, leaf INTEGER NOT NULL, station TEXT NOT NULL,
                    state TEXT NOT NULL, account TEXT NOT NULL, body TEXT NOT NULL,
                    PRIMARY KEY (origin, leaf)) WITHOUT ROWID;
                CREATE TABLE courtRequestSteps (
                    origin INTEGER NOT NULL, request INTEGER NOT NULL, leaf INTEGER NOT NULL,
                    position INTEGER NOT NULL, step TEXT NOT NULL, account TEXT NOT NULL,
                    body TEXT NOT NULL,
                    PRIMARY KEY (origin, request, leaf, position)) WITHOUT ROWID;
                """)
    }
}
