import GRDB

/// Which files are one recording: segments, chapters, channels side by side, and what was shot or said
/// meanwhile.
enum RecordingView: Migration {
    static func apply(to db: Database) throws {
        try db.execute(
            sql: """
                ALTER TABLE items ADD COLUMN sequence INTEGER;
                ALTER TABLE items ADD COLUMN channel TEXT;
                -- A recording is named by the leaf of its item that was logged first. `source` is its
                -- recorder, or the docking where that is unknown; `parameters` what a take keeps from
                -- one file to the next. A part that is attached has no segment. `gap` is in
                -- milliseconds, negative where the two overlap; `missing` counts sequence numbers.
                CREATE TABLE parts (
                    origin INTEGER NOT NULL, item INTEGER NOT NULL, recording INTEGER NOT NULL,
                    source TEXT NOT NULL, role TEXT NOT NULL, channel TEXT NOT NULL,
                    parameters TEXT NOT NULL, start INTEGER NOT NULL, finish INTEGER NOT NULL,
                    sequence INTEGER, segment INTEGER, gap INTEGER, missing INTEGER,
                    isRepeat INTEGER NOT NULL DEFAULT 0,
                    PRIMARY KEY (origin, item)) WITHOUT ROWID;
                CREATE INDEX partsByStart ON parts (origin, source, start, item);
                CREATE INDEX partsByFinish ON parts (origin, source, finish, item);
                CREATE INDEX partsByRecording ON parts (origin, recording, item);
                -- Names that recordings had before they turned out to be one with an older one.
                CREATE TABLE recordingAliases (
                    origin INTEGER NOT NULL, alias INTEGER NOT NULL, recording INTEGER NOT NULL,
                    PRIMARY KEY (origin, alias)) WITHOUT ROWID;
                CREATE INDEX recordingAliasesByRecording
                    ON recordingAliases (origin, recording);
                """)
    }
}
