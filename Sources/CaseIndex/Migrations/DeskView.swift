import GRDB

/// What people say at the desks: who brought a recorder, whose footage is whose, and what is to be
/// known of it.
enum DeskView: Migration {
    static func apply(to db: Database) throws {
        try db.execute(
            sql: """
                -- The first who said so.
                CREATE TABLE acknowledgements (
                    origin INTEGER NOT NULL, visit INTEGER NOT NULL, leaf INTEGER NOT NULL,
                    account TEXT NOT NULL,
                    PRIMARY KEY (origin, visit)) WITHOUT ROWID;
                -- `isMine` is what the account says; `state` what a second person made of it.
                CREATE TABLE claims (
                    origin INTEGER NOT NULL, item INTEGER NOT NULL, account TEXT NOT NULL,
                    isMine INTEGER NOT NULL, why TEXT NOT NULL, leaf INTEGER NOT NULL,
                    state TEXT NOT NULL, answer TEXT, answeredBy TEXT,
                    PRIMARY KEY (origin, item, account)) WITHOUT ROWID;
                CREATE INDEX claimsOpen ON claims (origin, leaf, item) WHERE state = 'open';
                CREATE TABLE itemNotes (
                    origin INTEGER NOT NULL, item INTEGER NOT NULL, leaf INTEGER NOT NULL,
                    position INTEGER NOT NULL, text TEXT NOT NULL, account TEXT NOT NULL,
                    PRIMARY KEY (origin, item, leaf, position)) WITHOUT ROWID;
                CREATE TABLE signOffs (
                    origin INTEGER NOT NULL, leaf INTEGER NOT NULL, body TEXT NOT NULL,
                    PRIMARY KEY (origin, leaf)) WITHOUT ROWID;
                CREATE TABLE spotChecks (
                    origin INTEGER NOT NULL, leaf INTEGER NOT NULL, station TEXT NOT NULL,
                    body TEXT NOT NULL,
                    PRIMARY KEY (origin, leaf)) WITHOUT ROWID;
                CREATE TABLE spotScores (
                    origin INTEGER NOT NULL, spotCheck INTEGER NOT NULL, item INTEGER NOT NULL,
                    leaf INTEGER NOT NULL, score INTEGER NOT NULL, text TEXT,
                    account TEXT NOT NULL,
                    PRIMARY KEY (origin, spotCheck, item)) WITHOUT ROWID;
                """)
    }
}
