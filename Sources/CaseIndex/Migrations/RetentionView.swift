import GRDB

/// What is held, what is to be deleted, and what was.
enum RetentionView: Migration {
    static func apply(to db: Database) throws {
        try db.execute(
            sql: """
                -- The leaf of its deletion: the bytes are gone, the item's history stays.
                ALTER TABLE items ADD COLUMN deleted INTEGER;
                CREATE INDEX itemsDeleted ON items (origin, leaf) WHERE deleted IS NOT NULL;
                -- A row of a hold's event; `released` is the leaf of its release.
                CREATE TABLE holds (
                    origin INTEGER NOT NULL, leaf INTEGER NOT NULL, position INTEGER NOT NULL,
                    station TEXT NOT NULL, item INTEGER, number TEXT, why TEXT NOT NULL,
                    account TEXT NOT NULL, released INTEGER,
                    PRIMARY KEY (origin, leaf, position)) WITHOUT ROWID;
                CREATE INDEX holdsByItem ON holds (origin, item)
                    WHERE item IS NOT NULL AND released IS NULL;
                CREATE INDEX holdsByCase ON holds (origin, number)
                    WHERE number IS NOT NULL AND released IS NULL;
                -- Who says that an item is private or a test.
                CREATE TABLE privates (
                    origin INTEGER NOT NULL, item INTEGER NOT NULL, account TEXT NOT NULL,
                    leaf INTEGER NOT NULL, time INTEGER NOT NULL, why TEXT NOT NULL,
                    PRIMARY KEY (origin, item, account)) WITHOUT ROWID;
                -- Deletions that were proposed, `withdrawn` by whom and why; `done` is the leaf of the
                -- deletion.
                CREATE TABLE proposals (
                    origin INTEGER NOT NULL, leaf INTEGER NOT NULL, station TEXT NOT NULL,
                    why TEXT NOT NULL, account TEXT NOT NULL, withdrawn TEXT, withdrawnWhy TEXT,
                    done INTEGER,
                    PRIMARY KEY (origin, leaf)) WITHOUT ROWID;
                CREATE TABLE proposed (
                    origin INTEGER NOT NULL, item INTEGER NOT NULL, proposal INTEGER NOT NULL,
                    rule TEXT NOT NULL, until INTEGER NOT NULL,
                    PRIMARY KEY (origin, item, proposal)) WITHOUT ROWID;
                CREATE INDEX proposedByProposal ON proposed (origin, proposal, item);
                CREATE TABLE approvals (
                    origin INTEGER NOT NULL, proposal INTEGER NOT NULL, account TEXT NOT NULL,
                    leaf INTEGER NOT NULL, time INTEGER NOT NULL,
                    PRIMARY KEY (origin, proposal, account)) WITHOUT ROWID;
                """)
    }
}
