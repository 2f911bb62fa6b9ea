import GRDB

/// The first schema: events, visits, items with their names and facts, and what was found.
///
/// Every key begins with the origin (as a small number, see `origins`), so that one index can hold
/// the ledgers of many stations. Items, visits and events are named by their leaf. Moments are
/// milliseconds since 1970; `startText` and `endText` are RFC 3339 in the item's own zone. Paths
/// are the recorder's bytes.
enum LedgerView: Migration {
    static func apply(to db: Database) throws {
        for statement in tables + indexes { try db.execute(sql: statement) }
    }

    private static let tables = [
        """
        CREATE TABLE origins (
            id INTEGER PRIMARY KEY, origin TEXT NOT NULL UNIQUE, nextLeaf INTEGER NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE events (
            origin INTEGER NOT NULL, leaf INTEGER NOT NULL, station TEXT NOT NULL,
            event TEXT NOT NULL, time INTEGER NOT NULL, missingRows INTEGER NOT NULL,
            PRIMARY KEY (origin, leaf)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE visits (
            origin INTEGER NOT NULL, leaf INTEGER NOT NULL, station TEXT NOT NULL,
            docked INTEGER NOT NULL, profile TEXT NOT NULL, model TEXT, recorder TEXT,
            officer TEXT, zone TEXT NOT NULL, volumeLabel TEXT, volumeSerial TEXT,
            fileSystem TEXT NOT NULL, isReadOnly INTEGER NOT NULL, isFolder INTEGER NOT NULL,
            account TEXT NOT NULL, files INTEGER NOT NULL, bytes INTEGER NOT NULL,
            inventory TEXT NOT NULL, inventoryRefused INTEGER NOT NULL,
            unfinished INTEGER NOT NULL,
            undockingLeaf INTEGER, undocked INTEGER, outcome TEXT, ingested INTEGER,
            duplicate INTEGER, quarantined INTEGER, refused INTEGER, bytesTaken INTEGER,
            milliseconds INTEGER, mayBeRemoved INTEGER, mayBeCleared INTEGER,
            PRIMARY KEY (origin, leaf)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE items (
            origin INTEGER NOT NULL, leaf INTEGER NOT NULL, station TEXT NOT NULL,
            ingested INTEGER NOT NULL, sha256 BLOB NOT NULL, sm3 BLOB NOT NULL,
            size INTEGER NOT NULL, isFootage INTEGER NOT NULL, role TEXT, visit INTEGER,
            path BLOB, recorder TEXT, officer TEXT, claimedDevice TEXT, claimedOfficer TEXT,
            marks TEXT, zone TEXT, blocks BLOB, probe BLOB, named TEXT,
            namedIsUTC INTEGER NOT NULL, fileSystem TEXT, container TEXT, duration INTEGER,
            status TEXT, startFrom TEXT, start INTEGER NOT NULL, startText TEXT, finish INTEGER,
            finishText TEXT, quarantineCode TEXT, quarantineReason TEXT,
            isListed INTEGER NOT NULL, described INTEGER, replicated INTEGER,
            search TEXT NOT NULL,
            PRIMARY KEY (origin, leaf)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE names (
            origin INTEGER NOT NULL, item INTEGER NOT NULL, visit INTEGER NOT NULL,
            path BLOB NOT NULL, modified TEXT NOT NULL, seen INTEGER NOT NULL,
            PRIMARY KEY (origin, item, visit, path)
        ) STRICT, WITHOUT ROWID
        """,
        // Which item a path was at each visit; `sidecarOf` is a path of the same visit.
        """
        CREATE TABLE sightings (
            origin INTEGER NOT NULL, visit INTEGER NOT NULL, path BLOB NOT NULL,
            item INTEGER NOT NULL, sidecarOf BLOB,
            PRIMARY KEY (origin, visit, path)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE sidecars (
            origin INTEGER NOT NULL, footage INTEGER NOT NULL, sidecar INTEGER NOT NULL,
            PRIMARY KEY (origin, footage, sidecar)
        ) STRICT, WITHOUT ROWID
        """,
        // What the inspector read, a row a value; a new field of it needs no migration.
        """
        CREATE TABLE facts (
            origin INTEGER NOT NULL, item INTEGER NOT NULL, name TEXT NOT NULL,
            value ANY NOT NULL,
            PRIMARY KEY (origin, item, name)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE custody (
            origin INTEGER NOT NULL, item INTEGER NOT NULL, leaf INTEGER NOT NULL, account TEXT,
            PRIMARY KEY (origin, item, leaf)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE quarantined (
            origin INTEGER NOT NULL, leaf INTEGER NOT NULL, position INTEGER NOT NULL,
            item INTEGER, visit TEXT NOT NULL, path BLOB NOT NULL, code TEXT NOT NULL,
            reason TEXT NOT NULL, size INTEGER NOT NULL, sha256 BLOB, sm3 BLOB,
            unreadable TEXT NOT NULL,
            PRIMARY KEY (origin, leaf, position)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE refusals (
            origin INTEGER NOT NULL, leaf INTEGER NOT NULL, position INTEGER NOT NULL,
            visit TEXT NOT NULL, path BLOB NOT NULL, code TEXT NOT NULL, reason TEXT NOT NULL,
            PRIMARY KEY (origin, leaf, position)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE findings (
            origin INTEGER NOT NULL, leaf INTEGER NOT NULL, position INTEGER NOT NULL,
            visit TEXT, item INTEGER, path BLOB, code TEXT NOT NULL, subject TEXT NOT NULL,
            english TEXT NOT NULL, chinese TEXT NOT NULL, expected TEXT, found TEXT,
            PRIMARY KEY (origin, leaf, position)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE replicas (
            origin INTEGER NOT NULL, item INTEGER NOT NULL, place TEXT NOT NULL,
            leaf INTEGER NOT NULL,
            PRIMARY KEY (origin, item, place)
        ) STRICT, WITHOUT ROWID
        """,
        // Rows that could not be understood: kept in the ledger, and said here.
        """
        CREATE TABLE notes (
            origin INTEGER NOT NULL, leaf INTEGER NOT NULL, position INTEGER NOT NULL,
            problem TEXT NOT NULL,
            PRIMARY KEY (origin, leaf, position)
        ) STRICT, WITHOUT ROWID
        """,
        // The grams of `items.search` (see SearchText), and nothing else: no text, no positions.
        """
        CREATE VIRTUAL TABLE grams USING fts5 (
            terms, content = '', columnsize = 0, detail = none, tokenize = 'ascii'
        )
        """,
    ]

    private static let indexes = [
        "CREATE INDEX itemsByStart ON items (start DESC, leaf DESC, origin, isListed)",
        """
        CREATE INDEX itemsByOfficer
            ON items (officer, start DESC, leaf DESC, origin, isListed, recorder)
        """,
        """
        CREATE INDEX itemsByRecorder
            ON items (recorder, start DESC, leaf DESC, origin, isListed, officer)
        """,
        "CREATE INDEX itemsBySHA256 ON items (\(DigestIndex.key("sha256")))",
        "CREATE INDEX itemsBySM3 ON items (\(DigestIndex.key("sm3")))",
        "CREATE INDEX itemsUndescribed ON items (origin, leaf) WHERE described IS NULL",
        "CREATE INDEX itemsUnreplicated ON items (origin, leaf) WHERE replicated IS NULL",
        "CREATE INDEX namesByPath ON names (path, modified)",
        """
        CREATE INDEX sightingsBySidecar
            ON sightings (origin, visit, sidecarOf) WHERE sidecarOf IS NOT NULL
        """,
        "CREATE INDEX sidecarsBySidecar ON sidecars (origin, sidecar)",
        "CREATE INDEX visitsByRecorder ON visits (recorder, volumeSerial, origin, leaf)",
        "CREATE INDEX quarantinedBySHA256 ON quarantined (sha256)",
        "CREATE INDEX refusalsByVisit ON refusals (origin, visit)",
        "CREATE INDEX findingsByItem ON findings (origin, item) WHERE item IS NOT NULL",
        "CREATE INDEX findingsByVisit ON findings (origin, visit) WHERE visit IS NOT NULL",
    ]
}
