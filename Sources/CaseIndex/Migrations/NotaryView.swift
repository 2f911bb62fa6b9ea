import GRDB

/// What notaries have to do with items: whose recorder they came from, certificates, attestations.
enum NotaryView: Migration {
    static func apply(to db: Database) throws {
        try db.execute(sql: "ALTER TABLE visits ADD COLUMN source TEXT")
        try db.execute(
            sql: """
                CREATE TABLE certificates (
                    origin INTEGER NOT NULL, leaf INTEGER NOT NULL, position INTEGER NOT NULL,
                    number TEXT NOT NULL, office TEXT, issued TEXT,
                    document INTEGER NOT NULL, sha256 BLOB NOT NULL,
                    item INTEGER, caseNumber TEXT,
                    PRIMARY KEY (origin, leaf, position)) WITHOUT ROWID;
                CREATE INDEX certificatesByItem ON certificates (origin, item, leaf);
                CREATE INDEX certificatesByNumber ON certificates (number, leaf);
                CREATE INDEX certificatesByCase ON certificates (caseNumber, leaf);
                -- The last word on each item counts.
                CREATE TABLE attestations (
                    origin INTEGER NOT NULL, item INTEGER NOT NULL, attestor TEXT NOT NULL,
                    leaf INTEGER NOT NULL, state TEXT NOT NULL, number TEXT NOT NULL,
                    chainDigest TEXT,
                    PRIMARY KEY (origin, item, attestor)) WITHOUT ROWID;
                CREATE INDEX attestationsByNumber ON attestations (attestor, number);
                CREATE INDEX attestationsByState ON attestations (state, leaf);
                """)
    }
}
