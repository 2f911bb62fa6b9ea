package import Evidence
import GRDB

/// What a person's `ITEM` turned out to be.
package enum FoundItem: Sendable {
    case one(ItemRecord)
    /// Their names, in the order of their leaves; at most ``IndexReader/severalLimit``.
    case several([String])
    case none
}

/// An item and where its bytes are.
package struct DescribableItem: Hashable, Sendable {
    package let item: String
    package let sha256: SHA256Digest
    package let size: Int64
    /// Its first name; empty where that was erased.
    package let path: RecorderPath

    package init(item: String, sha256: SHA256Digest, size: Int64, path: RecorderPath) {
        (self.item, self.sha256, self.size, self.path) = (item, sha256, size, path)
    }
}

/// Whose an item is, and to which cases it or a part of it is linked.
package struct ItemHolding: Sendable {
    /// Who is believed to have carried the recorder.
    package let officer: String?
    /// False where its bytes were deleted when their time was over.
    package let isKept: Bool
    package let cases: [LinkedCase]
}

extension IndexReader {
    /// How many names an ambiguous digest is answered with at most.
    package static var severalLimit: Int { 1000 }

    /// Fewer digits of a digest than this are no digest.
    package static var digitsAtLeast: Int { 4 }

    /// The item of that name, or the one whose SHA-256 or SM3 is, or begins with, those
    /// hexadecimal digits.
    package func item(_ text: String) throws -> FoundItem {
        try read { db in
            let keys: [Columns]
            if let name = LedgerName(text) {
                keys = try db.rows(
                    """
                    SELECT origin, leaf, station FROM items
                    WHERE origin IN (SELECT id FROM origins) AND leaf = ? AND station = ?
                    """, [.integer(name.leaf), .text(name.station)])
            } else if let range = DigestRange(text) {
                keys = try Self.keys(in: range, db)
            } else {
                return .none
            }
            guard let first = keys.first else { return .none }
            guard keys.count == 1 else {
                return .several(try keys.map { try $0.ledgerName().description })
            }
            return try Self.record(db, key: first).map(FoundItem.one) ?? .none
        }
    }

    /// Of the item of that very name, without the rest of what is known of it; nil where there is none.
    package func holding(of name: LedgerName) throws -> ItemHolding? {
        try read { db in
            guard
                let row = try db.rows(
                    """
                    SELECT origin, officer, deleted FROM items
                    WHERE origin IN (SELECT id FROM origins) AND leaf = ? AND station = ?
                    """, [.integer(name.leaf), .text(name.station)]
                ).first
            else { return nil }
            let origin = IndexTables.Value.integer(try row.integer("origin"))
            return ItemHolding(
                officer: try row.optionalText("officer"),
                isKept: try row.optionalInteger("deleted") == nil,
                cases: try Self.cases(db, [origin, .integer(name.leaf)]))
        }
    }

    /// - Parameter key: origin and leaf of an item.
    private static func cases(
        _ db: Database, _ key: [IndexTables.Value]
    ) throws -> [LinkedCase] {
        try db.rows(
            """
            SELECT leaf, body FROM assignments
            WHERE origin = ? AND item = ? AND stands = 1 ORDER BY number, begins
            """, key
        ).compactMap(LinkedCase.init)
    }

    private static func keys(in range: DigestRange, _ db: Database) throws -> [Columns] {
        func half(_ column: String) -> String {
            """
            SELECT origin, leaf, station FROM (
                SELECT origin, leaf, station FROM items
                WHERE \(DigestIndex.isBetween(column, "?1", "?2")) LIMIT \(severalLimit))
            """
        }
        return try db.rows(
            "\(half("sha256")) UNION \(half("sm3")) ORDER BY leaf, origin LIMIT \(severalLimit)",
            [.bytes(range.first), .bytes(range.last)])
    }

    /// The items that share this content, oldest first.
    package func items(withSHA256 sha256: SHA256Digest, limit: Int = 1000) throws -> [ListedItem] {
        try rows(
            """
            SELECT *, NULL AS sidecars FROM items WHERE \(DigestIndex.isEqual("sha256", "?1"))
            ORDER BY leaf, origin LIMIT \(max(0, limit))
            """, [.bytes(sha256.bytes)]
        ).map(ListedItem.init)
    }

    private static func record(_ db: Database, key: Columns) throws -> ItemRecord? {
        let values: [IndexTables.Value] = [
            .integer(try key.integer("origin")), .integer(try key.integer("leaf")),
        ]
        func fetch(_ sql: String) throws -> [Columns] { try db.rows(sql, values) }
        guard let row = try fetch("SELECT * FROM items WHERE origin = ? AND leaf = ?").first else {
            return nil
        }
        var record = try ItemRecord(row)
        let station = try row.text("station")
        record.names = try names(
            try fetch(
                """
                SELECT n.path, n.visit, n.seen, v.docked, coalesce(v.recorder, i.recorder) AS id
                FROM names n JOIN items i ON i.origin = n.origin AND i.leaf = n.item
                LEFT JOIN visits v ON v.origin = n.origin AND v.leaf = n.visit
                WHERE n.origin = ? AND n.item = ? ORDER BY n.seen, n.visit, n.path
                """), station: station)
        if let visit = try fetch(
            """
            SELECT v.model, v.profile, v.source FROM items i
            JOIN visits v ON v.origin = i.origin AND v.leaf = i.visit
            WHERE i.origin = ? AND i.leaf = ?
            """
        ).first {
            record.model = try visit.optionalText("model")
            record.profile = try visit.optionalText("profile")
            record.source = try visit.optionalText("source")
        }
        let facts = try fetch("SELECT name, value FROM facts WHERE origin = ? AND item = ?").map {
            (name: try $0.text("name"), value: try $0.json("value"))
        }
        record.media = try? MediaFacts(members: FactRows.members(facts))
        func items(_ sql: String) throws -> [String] {
            try fetch(sql).map { "\(station)-\(try $0.integer("leaf"))" }
        }
        record.sidecars = try items(
            "SELECT sidecar AS leaf FROM sidecars WHERE origin = ? AND footage = ? ORDER BY sidecar"
        )
        record.sidecarOf = try items(
            "SELECT footage AS leaf FROM sidecars WHERE origin = ? AND sidecar = ? ORDER BY footage"
        )
        record.custody = try fetch(
            """
            SELECT c.leaf, e.event, e.time, c.account FROM custody c
            JOIN events e ON e.origin = c.origin AND e.leaf = c.leaf
            WHERE c.origin = ? AND c.item = ? ORDER BY c.leaf
            """
        ).map(ItemRecord.CustodyLine.init)
        record.findings = try fetch(
            "SELECT * FROM findings WHERE origin = ? AND item = ? ORDER BY leaf, position"
        ).map(Finding.init)
        record.certificates = try fetch(
            """
            SELECT c.*, e.station FROM certificates c
            JOIN events e ON e.origin = c.origin AND e.leaf = c.leaf
            WHERE c.origin = ? AND c.item = ? ORDER BY c.leaf, c.position
            """
        ).map(ListedCertificate.init)
        record.attestations = try fetch(
            """
            SELECT a.*, e.station FROM attestations a
            JOIN events e ON e.origin = a.origin AND e.leaf = a.leaf
            WHERE a.origin = ? AND a.item = ? ORDER BY a.leaf
            """
        ).compactMap { try? ListedAttestation($0) }
        record.recording = try fetch(
            """
            SELECT \(RecordingPart.columns) FROM parts p WHERE p.origin = ? AND p.item = ?
            """
        ).first.flatMap { try RecordingPart($0, station: station) }
        record.cases = try cases(db, values)
        record.proposed =
            try fetch(
                "SELECT proposed FROM matches WHERE origin = ? AND item = ?"
            ).first?.texts("proposed") ?? []
        record.holds = try holds(
            db, item: try key.integer("leaf"), origin: try key.integer("origin"))
        record.copies = try fetch(
            "SELECT place FROM replicas WHERE origin = ? AND item = ? ORDER BY place"
        ).map { try $0.text("place") }
        return record
    }

    /// Each path once, as it was first seen.
    private static func names(_ rows: [Columns], station: String) throws -> [ItemRecord.Name] {
        var seen: Set<RecorderPath> = []
        return try rows.compactMap { row in
            let path = try row.path("path")
            guard seen.insert(path).inserted else { return nil }
            let docked = try row.optionalInteger("docked") ?? row.integer("seen")
            return ItemRecord.Name(
                path: path, recorder: try row.optionalText("id"),
                visit: "\(station)-\(try row.integer("visit"))",
                docked: Timestamp(milliseconds: docked))
        }
    }
}

extension ItemRecord.CustodyLine {
    init(_ row: Columns) throws {
        leaf = try row.integer("leaf")
        event = try row.text("event")
        time = Timestamp(milliseconds: try row.integer("time"))
        by = try row.optionalText("account")
    }
}

extension Finding {
    init(_ row: Columns) throws {
        self.init(
            code: try row.text("code"), subject: try row.text("subject"),
            message: Bilingual(try row.text("english"), try row.text("chinese")),
            expected: try row.optionalText("expected"), found: try row.optionalText("found"))
    }
}

/// The digests that begin with some hexadecimal digits, as the least and the greatest of them.
struct DigestRange: Equatable {
    let first: [UInt8]
    let last: [UInt8]

    init?(_ text: String) {
        let digits = text.lowercased()
        guard (IndexReader.digitsAtLeast...64).contains(digits.utf8.count) else { return nil }
        func filled(_ digit: String) -> [UInt8]? {
            Hex.decode(digits + String(repeating: digit, count: 64 - digits.utf8.count))
        }
        guard let first = filled("0"), let last = filled("f") else { return nil }
        (self.first, self.last) = (first, last)
    }
}
