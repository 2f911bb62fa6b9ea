import Evidence
import GRDB

/// Reads the case index, beside whoever writes it.
///
/// Each call is one consistent look at the index and blocks its caller: call it off the cooperative
/// pool. Everything it throws is an ``IndexFailure``.
package struct IndexReader: Sendable {
    let queue: DatabaseQueue

    /// Opens an index that is there; makes and changes nothing.
    ///
    /// - Throws: `index-unavailable` where there is no file, `index-damaged` where it is no index
    ///   of this version.
    package init(path: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.label = "case-index-reader"
        configuration.busyMode = .timeout(5)
        queue = try IndexFailure.mapping {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.unsafeRead { db in
                switch try IndexFormat.standing(of: db) {
                case .ours(IndexFormat.migrations.count): break
                case .ours(let version):
                    throw IndexFailure(.damaged, detail: "schema version \(version)")
                case .empty: throw IndexFailure(.damaged, detail: "no index was made yet")
                case .foreign(let problem): throw IndexFailure(.damaged, detail: problem)
                }
            }
            return queue
        }
    }

    /// Many questions of one state of the index: whatever `body` asks this reader sees the same.
    package func oneLook<T>(_ body: () throws -> T) throws -> T { try read { _ in try body() } }

    /// One look: every statement inside sees the same state. A look inside a look is the same one.
    func read<T>(_ body: (Database) throws -> T) throws -> T {
        try IndexFailure.mapping {
            try queue.unsafeReentrantRead { db in
                guard !db.isInsideTransaction else { return try body(db) }
                var result: T?
                try db.inTransaction(.deferred) {
                    result = try body(db)
                    return .commit
                }
                guard let result else { throw IndexFailure(.busy, detail: "no look was had") }
                return result
            }
        }
    }

    func rows(_ sql: String, _ values: [IndexTables.Value] = []) throws -> [Columns] {
        try read { try $0.rows(sql, values) }
    }

    /// The origins of the ledgers it holds.
    package func origins() throws -> [String] {
        try rows("SELECT origin FROM origins ORDER BY origin").map { try $0.text("origin") }
    }

    /// How many leaves of the ledger it has taken in; of the one it holds, or of that origin.
    package func nextLeaf(origin: String? = nil) throws -> Int64 {
        try rows(
            "SELECT nextLeaf FROM origins WHERE ?1 IS NULL OR origin = ?1 ORDER BY id LIMIT 1",
            [.init(origin)]
        ).first?.integer("nextLeaf") ?? 0
    }
}
