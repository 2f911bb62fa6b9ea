package import Evidence
import GRDB

/// A docking as a hand-over receipt has it.
package struct DockingAccount: Hashable, Sendable {
    package let docking: String
    package let recorder: String?
    package let docked: Timestamp
    package let undocked: Timestamp?
    /// `complete`, `interrupted`, `failed`; nil while it is under way.
    package let outcome: String?
    package let files: Int64
    package let bytes: Int64
    /// SHA-256 of the list of files, which was entered before the first was copied.
    package let inventory: String
    package let taken: Int64
    package let known: Int64
    package let needLook: Int64
    package let notTaken: Int64
    /// Of its footage: how long it is, and how much of it is linked to no case.
    package let milliseconds: Int64
    package let unlinked: Int64
    /// Whose recorder it is believed to be.
    package let officer: String?
    /// Who said that he brought it, and the leaf of that.
    package let acknowledgedBy: String?
    package let acknowledgement: Int64?
}

/// What somebody says of whose footage an item is.
package struct ListedClaim: Hashable, Sendable {
    package let item: String
    package let account: String
    package let isMine: Bool
    package let why: String
    package let state: ClaimRow.State
    /// When it was said.
    package let time: Timestamp
    package let answer: String?
    package let answeredBy: String?
}

/// A note about an item.
package struct ItemNote: Hashable, Sendable {
    package let text: String
    package let by: String
    package let time: Timestamp
}

extension IndexReader {
    /// A docking with what came of it; nil where there is none of that name.
    package func account(ofDocking name: String) throws -> DockingAccount? {
        guard let name = LedgerName(name) else { return nil }
        return try rows(
            """
            SELECT v.*, a.account AS acknowledgedBy, a.leaf AS acknowledgement,
                (SELECT sum(i.duration) FROM items i WHERE i.origin = v.origin AND i.leaf IN (
                    SELECT s.item FROM sightings s WHERE s.origin = v.origin AND s.visit = v.leaf)
                    AND i.isFootage = 1) AS duration,
                (SELECT count(*) FROM items i WHERE i.origin = v.origin AND i.leaf IN (
                    SELECT s.item FROM sightings s WHERE s.origin = v.origin AND s.visit = v.leaf)
                    AND i.isFootage = 1 AND i.links = 0 AND i.deleted IS NULL) AS unlinked,
                (SELECT max(i.officer) FROM items i WHERE i.origin = v.origin AND i.leaf IN (
                    SELECT s.item FROM sightings s WHERE s.origin = v.origin AND s.visit = v.leaf)
                    ) AS believed
            FROM visits v
            LEFT JOIN acknowledgements a ON a.origin = v.origin AND a.visit = v.leaf
            WHERE v.origin IN (SELECT id FROM origins) AND v.leaf = ? AND v.station = ?
            """, [.integer(name.leaf), .text(name.station)]
        ).first.map(DockingAccount.init)
    }

    /// Footage of a docking that is linked to no case, by its beginning.
    package func unlinkedItems(ofDocking name: String) throws -> Set<String> {
        guard let name = LedgerName(name) else { return [] }
        return Set(
            try rows(
                """
                SELECT DISTINCT i.station, i.leaf FROM sightings s
                JOIN items i ON i.origin = s.origin AND i.leaf = s.item
                WHERE s.origin IN (SELECT id FROM origins) AND s.visit = ? AND i.station = ?
                    AND i.isFootage = 1 AND i.links = 0
                """, [.integer(name.leaf), .text(name.station)]
            ).map { try $0.ledgerName().description })
    }

    /// What people say of whose footage items are: all that wait for an answer, the oldest first.
    package func openClaims(limit: Int) throws -> [ListedClaim] {
        try claims(
            "c.state = 'open' ORDER BY c.origin, c.leaf, c.item LIMIT ?",
            [
                .integer(Int64(max(0, limit)))
            ])
    }

    /// What is said of one item.
    package func claims(on item: LedgerName) throws -> [ListedClaim] {
        try claims(
            "c.item = ? AND e.station = ? ORDER BY c.leaf, c.account",
            [.integer(item.leaf), .text(item.station)])
    }

    /// What one account says, the newest first.
    package func claims(by account: String, limit: Int) throws -> [ListedClaim] {
        try claims(
            "c.account = ? ORDER BY c.leaf DESC, c.item LIMIT ?",
            [.text(account), .integer(Int64(max(0, limit)))])
    }

    private func claims(
        _ condition: String, _ values: [IndexTables.Value]
    ) throws -> [ListedClaim] {
        try rows(
            """
            SELECT c.*, e.station, e.time FROM claims c
            JOIN events e ON e.origin = c.origin AND e.leaf = c.leaf
            WHERE c.origin IN (SELECT id FROM origins) AND \(condition)
            """, values
        ).compactMap(ListedClaim.init)
    }

    /// Notes about an item, the oldest first.
    package func notes(about item: LedgerName) throws -> [ItemNote] {
        try rows(
            """
            SELECT n.text, n.account, e.time FROM itemNotes n
            JOIN events e ON e.origin = n.origin AND e.leaf = n.leaf
            WHERE n.origin IN (SELECT id FROM origins) AND n.item = ? AND e.station = ?
            ORDER BY n.leaf, n.position
            """, [.integer(item.leaf), .text(item.station)]
        ).map {
            ItemNote(
                text: try $0.text("text"), by: try $0.text("account"),
                time: Timestamp(milliseconds: try $0.integer("time")))
        }
    }
}

extension DockingAccount {
    fileprivate init(_ row: Columns) throws {
        docking = try row.ledgerName().description
        recorder = try row.optionalText("recorder")
        docked = Timestamp(milliseconds: try row.integer("docked"))
        undocked = try row.optionalInteger("undocked").map { Timestamp(milliseconds: $0) }
        outcome = try row.optionalText("outcome")
        files = try row.integer("files")
        bytes = try row.integer("bytes")
        inventory = try row.text("inventory")
        taken = try row.optionalInteger("ingested") ?? 0
        known = try row.optionalInteger("duplicate") ?? 0
        needLook = try row.optionalInteger("quarantined") ?? 0
        notTaken = try row.optionalInteger("refused") ?? 0
        milliseconds = (try row.optionalInteger("duration") ?? 0) / 1000
        unlinked = try row.integer("unlinked")
        officer = try row.optionalText("believed")
        acknowledgedBy = try row.optionalText("acknowledgedBy")
        acknowledgement = try row.optionalInteger("acknowledgement")
    }
}

extension ListedClaim {
    fileprivate init?(_ row: Columns) throws {
        guard let state = ClaimRow.State(rawValue: try row.text("state")) else { return nil }
        self.state = state
        item = try row.ledgerName(leaf: "item").description
        account = try row.text("account")
        isMine = try row.flag("isMine")
        why = try row.text("why")
        time = Timestamp(milliseconds: try row.integer("time"))
        answer = try row.optionalText("answer")
        answeredBy = try row.optionalText("answeredBy")
    }
}
