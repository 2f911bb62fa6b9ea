package import Evidence
import GRDB

/// The one writer of the case index: brings it, leaf by leaf, to what the ledger says.
///
/// The file is SQLite in WAL mode with `synchronous = FULL`; readers work beside it. It can be
/// deleted at any time and replayed. SQLite's calls run on a queue of their own, never on the
/// cooperative pool; those that are not `async` block their caller.
package final class IndexWriter: Sendable {
    private let queue: DatabaseQueue
    private let origin: Int64

    private init(queue: DatabaseQueue, origin: Int64) {
        (self.queue, self.origin) = (queue, origin)
    }

    /// Opens the index of one ledger, made with all its tables where there is none.
    ///
    /// On return the file is there, of the newest schema, and durable as far as SQLite makes it.
    ///
    /// - Parameter origin: of the ledger, as its checkpoints have it.
    /// - Throws: ``IndexFailure``: `index-damaged` for what is no index, another station's, or of
    ///   a newer schema (nothing is changed then); `index-disk`, `index-unavailable`, `index-busy`.
    package static func open(path: String, origin: String) throws -> IndexWriter {
        try IndexFailure.mapping {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            let number = try queue.writeWithoutTransaction { db in
                let isEmpty: Bool
                switch try IndexFormat.standing(of: db) {
                case .empty: isEmpty = true
                case .ours(IndexFormat.migrations.count): isEmpty = false
                case .ours(let found):
                    throw IndexFailure(.damaged, detail: "schema version \(found)")
                case .foreign(let problem): throw IndexFailure(.damaged, detail: problem)
                }
                // Not before the file is known to be ours or empty: this writes into it.
                let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
                guard mode == "wal" else { throw IndexFailure(.disk, detail: "no WAL here") }
                try db.execute(sql: "PRAGMA synchronous = FULL")
                // 32 MiB: digests fall anywhere in their indexes, and a replay meets all of them.
                try db.execute(sql: "PRAGMA cache_size = -32768")
                if isEmpty { try IndexFormat.make(db) }
                return try originNumber(origin, db)
            }
            return IndexWriter(queue: queue, origin: number)
        }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "case-index"
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = false
        return configuration
    }

    private static func originNumber(_ origin: String, _ db: Database) throws -> Int64 {
        let known = try db.rows("SELECT id, origin FROM origins")
        if let row = try known.first(where: { try $0.text("origin") == origin }) {
            return try row.integer("id")
        }
        guard known.isEmpty else {
            throw IndexFailure(.damaged, detail: "it belongs to another station")
        }
        try db.execute(
            sql: "INSERT INTO origins (id, origin, nextLeaf) VALUES (1, ?, 0)",
            arguments: [origin])
        return 1
    }

    /// Whether the file is an index of this ledger that this version can read. Cheap: it looks at
    /// the marks and at the origin, and not at every page; deeper damage comes to light as
    /// `index-damaged` when it is met, or by ``IndexReader/damage()``.
    package static func isUsable(path: String, origin: String) -> Bool {
        guard let reader = try? IndexReader(path: path) else { return false }
        return (try? reader.origins().contains(origin)) ?? false
    }

    /// The leaf that `apply` expects next: how many the index has.
    package func nextLeaf() throws -> Int64 {
        try IndexFailure.mapping {
            try queue.read { try Self.nextLeaf($0, origin: origin) }
        }
    }

    private static func nextLeaf(_ db: Database, origin: Int64) throws -> Int64 {
        guard
            let next = try Int64.fetchOne(
                db, sql: "SELECT nextLeaf FROM origins WHERE id = ?", arguments: [origin])
        else { throw IndexFailure(.damaged, detail: "no origin") }
        return next
    }

    /// Takes events in, in the ledger's order, all or none. What the index has already is passed
    /// over, so that giving events again is harmless.
    ///
    /// When it returns, the rows are committed and synced. A power cut before loses at most this
    /// batch, which the next start gives again.
    ///
    /// - Throws: `index-gap` where an event does not follow on the one before.
    package func apply(_ events: [EnteredEvent]) async throws {
        guard !events.isEmpty else { return }
        let origin = origin
        do {
            try await queue.write { db in
                var next = try Self.nextLeaf(db, origin: origin)
                let projection = Projection(tables: IndexTables(db: db, origin: origin))
                for event in events where event.index >= next {
                    guard event.index == next else {
                        throw IndexFailure(
                            .gap, detail: "leaf \(next) was expected, \(event.index) came")
                    }
                    try projection.apply(event)
                    next += 1
                }
                try projection.tables.refreshSearch()
                try projection.tables.writeCounts()
                try db.execute(
                    sql: "UPDATE origins SET nextLeaf = ? WHERE id = ?", arguments: [next, origin])
            }
        } catch let error as DatabaseError {
            throw IndexFailure(error)
        }
    }

    /// Moves the journal into the file and closes it; nothing can be asked of it afterwards.
    package func close() throws {
        try IndexFailure.mapping { try queue.close() }
    }
}
