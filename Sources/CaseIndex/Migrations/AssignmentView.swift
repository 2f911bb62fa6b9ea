import GRDB

/// Which footage is linked to which cases, and what the matcher thought last.
enum AssignmentView: Migration {
    static func apply(to db: Database) throws {
        try db.execute(
            sql: """
                -- `begins` and `ends` are milliseconds of the item's media clock: 0 and NULL for all
                -- of it. `start` is the item's, so that a case's footage lies in the list's order.
                CREATE TABLE assignments (
                    origin INTEGER NOT NULL, item INTEGER NOT NULL, number TEXT NOT NULL,
                    begins INTEGER NOT NULL, ends INTEGER, stands INTEGER NOT NULL,
                    isPersons INTEGER NOT NULL, start INTEGER NOT NULL, leaf INTEGER NOT NULL,
                    position INTEGER NOT NULL, body TEXT NOT NULL,
                    PRIMARY KEY (origin, item, number, begins)) WITHOUT ROWID;
                CREATE INDEX assignmentsByCase
                    ON assignments (number, start DESC, item DESC, origin) WHERE stands = 1;
                -- What is proposed, a JSON array of cases, and the field task that it rests on; all that was
                -- weighed, and why, stands in the record.
                CREATE TABLE matches (
                    origin INTEGER NOT NULL, item INTEGER NOT NULL, leaf INTEGER NOT NULL,
                    decision TEXT NOT NULL, proposed TEXT, duty TEXT,
                    PRIMARY KEY (origin, item)) WITHOUT ROWID;
                -- How many links stand, and how many of them are persons'. `matched` is the leaf of
                -- what the matcher thought last; NULL where it is to think (again).
                ALTER TABLE items ADD COLUMN links INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE items ADD COLUMN personsLinks INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE items ADD COLUMN matched INTEGER;
                CREATE INDEX itemsUnlinked ON items (start DESC, leaf DESC, origin)
                    WHERE links = 0 AND isFootage = 1;
                CREATE INDEX itemsUnmatched ON items (origin, leaf)
                    WHERE matched IS NULL AND personsLinks = 0 AND isFootage = 1
                        AND described IS NOT NULL;
                CREATE INDEX recorderIssuesByOfficer ON recorderIssues (officer, recorder);
                """)
    }
}
