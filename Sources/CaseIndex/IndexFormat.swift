import GRDB

/// What tells our file from any other, and one version of it from the next.
enum IndexFormat {
    /// `PRAGMA application_id`: "eDoX".
    static let applicationID: Int64 = 0x6544_6f58

    /// Every schema step, oldest first. The file's `user_version` is how many of them it has had.
    /// One of fewer is made anew from the ledger: a new table has something to say of old events
    /// too.
    static let migrations: [any Migration.Type] = [
        LedgerView.self,
        FixityView.self,
        NotaryView.self,
        ScheduleView.self,
        RecorderView.self,
        AssignmentView.self,
        RecordingView.self,
        CompletenessView.self,
        ClockView.self,
        OrderView.self,
        RetentionView.self,
        ErasureView.self,
        AccessView.self,
        DeskView.self,
        FigureView.self,
        CourtRequestView.self,
    ]

    /// What an open file is to us.
    enum Standing: Equatable {
        /// No tables and no marks of anybody.
        case empty
        /// Ours, with that many migrations applied.
        case ours(version: Int)
        /// Another program's, or made by a later version.
        case foreign(String)
    }

    /// Reads the two marks; touches no table of ours.
    static func standing(of db: Database) throws -> Standing {
        let application = try Int64.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        if application == applicationID {
            guard (1...migrations.count).contains(version) else {
                return .foreign("schema version \(version)")
            }
            return .ours(version: version)
        }
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        return application == 0 && version == 0 && tables == 0
            ? .empty : .foreign("not an index of evidock")
    }

    /// Makes the tables, all in one transaction.
    static func make(_ db: Database) throws {
        try db.inTransaction(.immediate) {
            for migration in migrations { try migration.apply(to: db) }
            try PlannerStatistics.tell(db)
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            try db.execute(sql: "PRAGMA user_version = \(migrations.count)")
            return .commit
        }
    }
}

/// One step of the schema. A step that has been released is never changed: the next one is a new
/// file and a new line in ``IndexFormat/migrations``.
protocol Migration: SendableMetatype {
    static func apply(to db: Database) throws
}
