package import Evidence
import GRDB

/// Footage, as far as it bears on how long it is kept.
package struct RetainedItem: Hashable, Sendable {
    package struct Case: Hashable, Sendable {
        package let number: CaseNumber
        /// What the schedules say of it, and since when.
        package let known: CaseRow?
        package let changed: Timestamp?
    }

    package struct Claim: Hashable, Sendable {
        package let by: String
        package let time: Timestamp
    }

    package let name: LedgerName
    package let sha256: SHA256Digest
    package let size: Int64
    package let ingested: Timestamp
    package let start: String?
    package let verified: Timestamp?
    package let marks: [String]
    package let source: String?
    package let isCertified: Bool
    package let quarantineCode: String?
    package let cases: [Case]
    package let holds: [String]
    package let privates: [Claim]
    /// A deletion that waits for approval, or for its time.
    package let proposal: String?
    /// Sidecars of it alone, or of what is deleted.
    package let sidecars: [String]
}

/// What is kept by somebody's word.
package struct ListedHold: Hashable, Sendable {
    package let name: String
    package let items: [String]
    package let caseNumbers: [String]
    package let why: String
    package let by: String
    package let isReleased: Bool
}

/// A deletion that was proposed.
package struct ListedProposal: Hashable, Sendable {
    package struct Item: Hashable, Sendable {
        package let name: String
        package let rule: String
        package let isDeleted: Bool
    }

    package struct Approval: Hashable, Sendable {
        package let by: String
        package let time: Timestamp
    }

    package let name: String
    package let leaf: Int64
    package let why: String
    package let by: String
    /// In their order, each person once.
    package let approvals: [Approval]
    package let withdrawnBy: String?
    package let withdrawnWhy: String?
    /// The leaf of the deletion.
    package let done: Int64?
    package let items: [Item]

    package var isOpen: Bool { withdrawnBy == nil && done == nil }
}

extension IndexReader {
    /// Footage that is not deleted, by its leaf.
    package func retained(after leaf: Int64, limit: Int) throws -> [RetainedItem] {
        try read { db in
            try db.rows(
                Self.retained("i.isFootage = 1 AND i.deleted IS NULL AND i.leaf > ?", limit),
                [.integer(leaf)]
            ).map { try Self.retained($0, db) }
        }
    }

    /// One item of those; nil where it is gone.
    package func retained(_ name: String) throws -> RetainedItem? {
        guard let name = LedgerName(name) else { return nil }
        return try read { db in
            try db.rows(
                Self.retained("i.deleted IS NULL AND i.leaf = ? AND i.station = ?", 1),
                [.integer(name.leaf), .text(name.station)]
            ).first.map { try Self.retained($0, db) }
        }
    }

    private static func retained(_ condition: String, _ limit: Int) -> String {
        """
        SELECT i.origin, i.leaf, i.station, i.sha256, i.size, i.ingested, i.startText, i.verified,
            i.marks, i.quarantineCode, v.source, EXISTS (
                SELECT 1 FROM certificates c
                WHERE c.origin = i.origin AND (c.item = i.leaf OR c.caseNumber IN (
                    SELECT a.number FROM assignments a
                    WHERE a.origin = i.origin AND a.item = i.leaf AND a.stands = 1))
            ) AS certified
        FROM items i LEFT JOIN visits v ON v.origin = i.origin AND v.leaf = i.visit
        WHERE i.origin IN (SELECT id FROM origins) AND \(condition)
        ORDER BY i.leaf LIMIT \(max(0, limit))
        """
    }

    private static func retained(_ row: Columns, _ db: Database) throws -> RetainedItem {
        let (origin, leaf) = (try row.integer("origin"), try row.integer("leaf"))
        let name = try row.ledgerName()
        func fetch(_ sql: String) throws -> [Columns] {
            try db.rows(sql, [.integer(origin), .integer(leaf)])
        }
        let cases = try fetch(
            """
            SELECT DISTINCT a.number, c.body, e.time FROM assignments a
            LEFT JOIN cases c ON c.origin = a.origin AND c.number = a.number
            LEFT JOIN events e ON e.origin = c.origin AND e.leaf = c.leaf
            WHERE a.origin = ? AND a.item = ? AND a.stands = 1 ORDER BY a.number
            """
        ).compactMap { row -> RetainedItem.Case? in
            guard let number = try? CaseNumber(reading: row.text("number")) else { return nil }
            let known =
                try row.optionalText("body") == nil
                ? nil : row.schedule(CaseRow.kind).flatMap { try? CaseRow($0) }
            return RetainedItem.Case(
                number: number, known: known,
                changed: try row.optionalInteger("time").map { Timestamp(milliseconds: $0) })
        }
        let privates = try fetch(
            "SELECT account, time FROM privates WHERE origin = ? AND item = ? ORDER BY time, leaf"
        ).map {
            RetainedItem.Claim(
                by: try $0.text("account"), time: Timestamp(milliseconds: try $0.integer("time")))
        }
        let proposal = try fetch(
            """
            SELECT p.leaf, p.station FROM proposed q
            JOIN proposals p ON p.origin = q.origin AND p.leaf = q.proposal
            WHERE q.origin = ? AND q.item = ? AND p.withdrawn IS NULL AND p.done IS NULL
            """
        ).first
        let sidecars = try fetch(
            """
            SELECT i.leaf, i.station FROM sidecars s
            JOIN items i ON i.origin = s.origin AND i.leaf = s.sidecar
            WHERE s.origin = ?1 AND s.footage = ?2 AND i.deleted IS NULL AND NOT EXISTS (
                SELECT 1 FROM sidecars o
                JOIN items f ON f.origin = o.origin AND f.leaf = o.footage AND f.deleted IS NULL
                WHERE o.origin = ?1 AND o.sidecar = s.sidecar AND o.footage <> ?2)
            ORDER BY i.leaf
            """
        ).map { try $0.ledgerName().description }
        return RetainedItem(
            name: name, sha256: try row.digest("sha256"), size: try row.integer("size"),
            ingested: Timestamp(milliseconds: try row.integer("ingested")),
            start: try row.optionalText("startText"),
            verified: try row.optionalInteger("verified").map { Timestamp(milliseconds: $0) },
            marks: try row.texts("marks"), source: try row.optionalText("source"),
            isCertified: try row.flag("certified"),
            quarantineCode: try row.optionalText("quarantineCode"), cases: cases,
            holds: try holds(db, item: leaf, origin: origin), privates: privates,
            proposal: try proposal?.ledgerName().description, sidecars: sidecars)
    }

    /// Holds on an item, or on a case that it is linked to.
    static func holds(_ db: Database, item: Int64, origin: Int64) throws -> [String] {
        try db.rows(
            """
            SELECT leaf, station FROM holds
            WHERE origin = ?1 AND item = ?2 AND released IS NULL
            UNION SELECT h.leaf, h.station FROM assignments a
            JOIN holds h ON h.origin = a.origin AND h.number = a.number AND h.released IS NULL
            WHERE a.origin = ?1 AND a.item = ?2 AND a.stands = 1 ORDER BY leaf
            """, [.integer(origin), .integer(item)]
        ).map { try $0.ledgerName().description }
    }

    /// Holds, the oldest first.
    package func holds(isReleased: Bool? = nil) throws -> [ListedHold] {
        let found = try rows(
            """
            SELECT * FROM holds WHERE origin IN (SELECT id FROM origins)
            ORDER BY origin, leaf, position
            """)
        return try Dictionary(grouping: found) { try $0.ledgerName() }
            .sorted { $0.key.leaf < $1.key.leaf }
            .compactMap { name, rows in
                guard let first = rows.first else { return nil }
                let hold = ListedHold(
                    name: name.description,
                    items: try rows.compactMap { row in
                        try row.optionalInteger("item").map { "\(name.station)-\($0)" }
                    }, caseNumbers: try rows.compactMap { try $0.optionalText("number") },
                    why: try first.text("why"), by: try first.text("account"),
                    isReleased: try first.optionalInteger("released") != nil)
                return isReleased ?? hold.isReleased == hold.isReleased ? hold : nil
            }
    }

    /// Proposed deletions, the oldest first; only one, or only those that wait.
    package func proposals(
        _ name: String? = nil, isOpen: Bool = false
    ) throws -> [ListedProposal] {
        let only = name.flatMap { LedgerName($0) }
        if name != nil, only == nil { return [] }
        return try rows(
            """
            SELECT * FROM proposals
            WHERE origin IN (SELECT id FROM origins) AND (?1 IS NULL OR leaf = ?1 AND station = ?2)
                AND (?3 = 0 OR withdrawn IS NULL AND done IS NULL)
            ORDER BY origin, leaf
            """, [.init(only?.leaf), .init(only?.station), .init(isOpen)]
        ).map(proposal)
    }

    private func proposal(_ row: Columns) throws -> ListedProposal {
        let name = try row.ledgerName()
        let key: [IndexTables.Value] = [
            .integer(try row.integer("origin")), .integer(name.leaf),
        ]
        let approvals = try rows(
            """
            SELECT account, time FROM approvals WHERE origin = ? AND proposal = ?
            ORDER BY leaf, account
            """, key
        ).map {
            ListedProposal.Approval(
                by: try $0.text("account"), time: Timestamp(milliseconds: try $0.integer("time")))
        }
        let items = try rows(
            """
            SELECT i.station, i.leaf, i.deleted, q.rule FROM proposed q
            JOIN items i ON i.origin = q.origin AND i.leaf = q.item
            WHERE q.origin = ? AND q.proposal = ? ORDER BY i.leaf
            """, key
        ).map {
            ListedProposal.Item(
                name: try $0.ledgerName().description, rule: try $0.text("rule"),
                isDeleted: try $0.optionalInteger("deleted") != nil)
        }
        return ListedProposal(
            name: name.description, leaf: name.leaf, why: try row.text("why"),
            by: try row.text("account"), approvals: approvals,
            withdrawnBy: try row.optionalText("withdrawn"),
            withdrawnWhy: try row.optionalText("withdrawnWhy"),
            done: try row.optionalInteger("done"), items: items)
    }

    /// Whether any item still needs that content, these left aside.
    package func isNeeded(_ sha256: SHA256Digest, beside going: Set<String>) throws -> Bool {
        let items = try rows(
            """
            SELECT station, leaf FROM items
            WHERE \(DigestIndex.isEqual("sha256", "?1")) AND deleted IS NULL
            """,
            [.bytes(sha256.bytes)])
        if try items.contains(where: { !going.contains(try $0.ledgerName().description) }) {
            return true
        }
        return try !rows(
            "SELECT 1 FROM quarantined WHERE sha256 = ? AND item IS NULL LIMIT 1",
            [.bytes(sha256.bytes)]
        ).isEmpty
    }

    /// Deleted items of which the records still say something, by their leaf.
    package func unerased(limit: Int) throws -> [LedgerName] {
        try rows(
            """
            SELECT station, leaf FROM items
            WHERE origin IN (SELECT id FROM origins) AND deleted IS NOT NULL AND erased IS NULL
            ORDER BY leaf LIMIT \(max(0, limit))
            """
        ).map { try $0.ledgerName() }
    }

    /// The leaves that say something of an item.
    package func leaves(about item: LedgerName) throws -> [Int64] {
        try rows(
            """
            SELECT leaf FROM custody
            WHERE origin IN (SELECT id FROM origins) AND item = ? ORDER BY leaf
            """, [.integer(item.leaf)]
        ).map { try $0.integer("leaf") }
    }

    /// The leaves of erasures from that one on.
    package func erasures(from leaf: Int64) throws -> [Int64] {
        try rows(
            """
            SELECT leaf FROM events
            WHERE origin IN (SELECT id FROM origins) AND event = 'erasure' AND leaf >= ?
            ORDER BY leaf
            """, [.integer(leaf)]
        ).map { try $0.integer("leaf") }
    }

    /// Contents of deleted items that no other item has.
    package func contentsGone() throws -> [SHA256Digest] {
        try rows(
            """
            SELECT DISTINCT d.sha256 FROM items d
            WHERE d.deleted IS NOT NULL AND NOT EXISTS (
                    SELECT 1 FROM items l
                    WHERE \(DigestIndex.isEqual("l.sha256", "d.sha256")) AND l.deleted IS NULL)
                AND NOT EXISTS (
                    SELECT 1 FROM quarantined q WHERE q.sha256 = d.sha256 AND q.item IS NULL)
            ORDER BY d.sha256
            """
        ).map { try $0.digest("sha256") }
    }
}
