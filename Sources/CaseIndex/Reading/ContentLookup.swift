package import Evidence
import GRDB

/// An item found by its content: what a list of digests is answered with.
package struct KnownContent: Hashable, Sendable {
    package let item: LedgerName
    package let sha256: SHA256Digest
    package let sm3: SM3Digest
    /// When its ingestion was entered.
    package let time: Timestamp
    /// Whether its digests stand in the leaf itself. Those of sidecars, which could be guessed,
    /// stand in the leaf's record.
    package let isInLeaf: Bool
}

/// Looks up many contents in one look at the index: every answer is of the same state.
///
/// For one thread, and only inside ``IndexReader/lookUp(origin:_:)``.
package struct ContentLookup {
    private let db: Database
    private let origin: Int64
    /// How many leaves of the ledger the index has taken in.
    package let nextLeaf: Int64

    fileprivate init(_ db: Database, origin: String) throws {
        self.db = db
        let row = try db.row("SELECT id, nextLeaf FROM origins WHERE origin = ?", [.text(origin)])
        (self.origin, nextLeaf) = (try row?.integer("id") ?? -1, try row?.integer("nextLeaf") ?? 0)
    }

    /// The items whose SHA-256 or SM3 these 32 bytes are, oldest first.
    package func items(withDigest bytes: [UInt8], limit: Int) throws -> [KnownContent] {
        // The plus keeps SQLite from walking all items of the origin in the order of their leaves.
        func half(_ column: String) -> String {
            "SELECT \(Self.columns) FROM items WHERE \(DigestIndex.isEqual(column, "?2")) AND +origin = ?1"
        }
        return try rows(
            "\(half("sha256")) UNION \(half("sm3")) ORDER BY leaf LIMIT ?3",
            [.bytes(bytes), .integer(Int64(max(0, limit)))]
        ).map(KnownContent.init)
    }

    /// The item that was entered with that leaf.
    package func item(leaf: Int64) throws -> KnownContent? {
        try rows(
            "SELECT \(Self.columns) FROM items WHERE origin = ?1 AND leaf = ?2", [.integer(leaf)]
        ).first.map(KnownContent.init)
    }

    /// The item of that name.
    package func item(_ name: LedgerName) throws -> KnownContent? {
        guard let found = try item(leaf: name.leaf), found.item == name else { return nil }
        return found
    }

    /// The events about an item, oldest first.
    package func events(about item: LedgerName) throws -> [ItemRecord.CustodyLine] {
        try rows(
            """
            SELECT c.leaf, e.event, e.time, c.account FROM custody c
            JOIN events e ON e.origin = c.origin AND e.leaf = c.leaf
            WHERE c.origin = ?1 AND c.item = ?2 ORDER BY c.leaf
            """, [.integer(item.leaf)]
        ).map(ItemRecord.CustodyLine.init)
    }

    private static let columns = "leaf, station, sha256, sm3, ingested, isFootage"

    /// The rows of a query whose first parameter is the origin.
    private func rows(_ sql: String, _ values: [IndexTables.Value]) throws -> [Columns] {
        try db.rows(sql, [.integer(origin)] + values)
    }
}

extension KnownContent {
    init(_ row: Columns) throws {
        item = try row.ledgerName()
        sha256 = try row.digest("sha256")
        sm3 = try row.digest("sm3")
        time = Timestamp(milliseconds: try row.integer("ingested"))
        isInLeaf = try row.flag("isFootage")
    }
}

extension IndexReader {
    /// One look at the index for as many questions as `body` has about one ledger. As long as it
    /// runs, the writer's journal cannot be shortened.
    package func lookUp<Result>(
        origin: String, _ body: (ContentLookup) throws -> Result
    ) throws -> Result {
        try read { try body(ContentLookup($0, origin: origin)) }
    }
}
