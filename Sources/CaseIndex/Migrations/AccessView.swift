import GRDB

/// Who may see the footage of which case, and who saw what.
enum AccessView: Migration {
    static func apply(to db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE caseAccess (
                    origin INTEGER NOT NULL, number TEXT NOT NULL, account TEXT NOT NULL,
                    leaf INTEGER NOT NULL, stands INTEGER NOT NULL, ground TEXT NOT NULL,
                    until INTEGER, why TEXT NOT NULL, grantor TEXT NOT NULL,
                    PRIMARY KEY (origin, number, account)) WITHOUT ROWID;
                CREATE INDEX caseAccessByAccount ON caseAccess (account, number) WHERE stands = 1;
                -- What a person said last of a case: it is restricted, or it is not.
                CREATE TABLE restrictions (
                    origin INTEGER NOT NULL, number TEXT NOT NULL, leaf INTEGER NOT NULL,
                    restricted INTEGER NOT NULL, why TEXT NOT NULL, account TEXT NOT NULL,
                    PRIMARY KEY (origin, number)) WITHOUT ROWID;
                CREATE TABLE disclosures (
                    origin INTEGER NOT NULL, item INTEGER NOT NULL, leaf INTEGER NOT NULL,
                    position INTEGER NOT NULL, account TEXT NOT NULL, how TEXT NOT NULL,
                    why TEXT, number TEXT,
                    PRIMARY KEY (origin, item, leaf, position)) WITHOUT ROWID;
                ALTER TABLE cases ADD COLUMN judge TEXT;
                CREATE INDEX casesByJudge ON cases (judge, number) WHERE judge IS NOT NULL;
                """)
    }
}
