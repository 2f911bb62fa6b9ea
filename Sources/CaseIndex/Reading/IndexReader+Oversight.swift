package import Evidence
import GRDB

/// A spot check, with what was made of it.
package struct ListedSpotCheck: Hashable, Sendable {
    package struct Score: Hashable, Sendable {
        package let item: String
        package let score: Int64
        package let text: String?
        package let by: String
    }

    package let name: String
    package let time: Timestamp
    package let row: SpotCheckRow
    package let scores: [Score]
}

/// A notary's word on how the custody log stood.
package struct ListedSignOff: Hashable, Sendable {
    package let leaf: Int64
    package let time: Timestamp
    package let row: SignOffRow
}

extension IndexReader {
    /// Spot checks, the newest first.
    package func spotChecks(limit: Int) throws -> [ListedSpotCheck] {
        try spotChecks(
            "1 ORDER BY s.origin, s.leaf DESC LIMIT ?", [.integer(Int64(max(0, limit)))])
    }

    package func spotCheck(_ name: String) throws -> ListedSpotCheck? {
        guard let name = LedgerName(name) else { return nil }
        return try spotChecks(
            "s.leaf = ? AND s.station = ?", [.integer(name.leaf), .text(name.station)]
        ).first
    }

    private func spotChecks(
        _ condition: String, _ values: [IndexTables.Value]
    ) throws -> [ListedSpotCheck] {
        try rows(
            """
            SELECT s.origin, s.leaf, s.station, s.body, e.time FROM spotChecks s
            JOIN events e ON e.origin = s.origin AND e.leaf = s.leaf
            WHERE s.origin IN (SELECT id FROM origins) AND \(condition)
            """, values
        ).compactMap { row in
            let name = try row.ledgerName()
            guard let record = try row.schedule(SpotCheckRow.kind),
                let check = try? SpotCheckRow(record)
            else { return nil }
            let scores = try rows(
                """
                SELECT p.item, p.score, p.text, p.account FROM spotScores p
                WHERE p.origin = ? AND p.spotCheck = ? ORDER BY p.item
                """, [.integer(try row.integer("origin")), .integer(name.leaf)]
            ).map {
                ListedSpotCheck.Score(
                    item: "\(name.station)-\(try $0.integer("item"))",
                    score: try $0.integer("score"), text: try $0.optionalText("text"),
                    by: try $0.text("account"))
            }
            return ListedSpotCheck(
                name: name.description, time: Timestamp(milliseconds: try row.integer("time")),
                row: check, scores: scores)
        }
    }

    /// How many items were found damaged or missing by an integrity check, and not found whole again
    /// after it.
    package func failedChecks() throws -> Int64 {
        try rows(
            """
            SELECT count(DISTINCT f.item) AS count FROM findings f
            JOIN events e ON e.origin = f.origin AND e.leaf = f.leaf
            JOIN items i ON i.origin = f.origin AND i.leaf = f.item
            WHERE f.item IS NOT NULL AND f.code IN ('fixity-mismatch', 'fixity-missing')
                AND i.deleted IS NULL AND ifnull(i.verified, 0) < e.time
            """
        ).first?.integer("count") ?? 0
    }

    /// What notaries signed off, the newest first.
    package func signOffs(limit: Int) throws -> [ListedSignOff] {
        try rows(
            """
            SELECT s.leaf, s.body, e.time FROM signOffs s
            JOIN events e ON e.origin = s.origin AND e.leaf = s.leaf
            WHERE s.origin IN (SELECT id FROM origins) ORDER BY s.origin, s.leaf DESC LIMIT ?
            """, [.integer(Int64(max(0, limit)))]
        ).compactMap { row in
            guard let record = try row.schedule(SignOffRow.kind),
                let signOff = try? SignOffRow(record)
            else { return nil }
            return ListedSignOff(
                leaf: try row.integer("leaf"),
                time: Timestamp(milliseconds: try row.integer("time")), row: signOff)
        }
    }
}
