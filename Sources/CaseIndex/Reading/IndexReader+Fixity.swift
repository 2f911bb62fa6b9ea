package import Evidence

/// An item whose bytes are to be read whole.
package struct FixityItem: Hashable, Sendable {
    package let item: LedgerName
    package let sha256: SHA256Digest
    package let sm3: SM3Digest
    package let size: Int64

    package init(item: LedgerName, sha256: SHA256Digest, sm3: SM3Digest, size: Int64) {
        (self.item, self.sha256, self.sm3, self.size) = (item, sha256, sm3, size)
    }
}

/// How far the integrity checks are.
package struct FixityFigures: Hashable, Sendable {
    package let items: Int64
    /// Never read whole since they were sealed and read back.
    package let never: Int64
    /// When the item that was read longest ago was read; nil where none was.
    package let oldest: Timestamp?
    /// Items that are due: never read, or not since that moment.
    package let due: Int64

    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "items": .integer(items), "never": .integer(never), "due": .integer(due),
        ]
        members.set("oldest", oldest?.description)
        return .object(members)
    }
}

extension IndexReader {
    /// Items that are due, in the order of their leaves: never read whole, or not since a moment.
    /// One that was found to be damaged or missing since that moment has been read: it is in the
    /// ledger, and not due again.
    ///
    /// - Parameter isNew: those that were never found whole; else those that once were.
    package func dueForFixity(
        before moment: Timestamp, isNew: Bool, after leaf: Int64, limit: Int
    ) throws -> [FixityItem] {
        try rows(
            """
            SELECT station, leaf, sha256, sm3, size FROM items AS item
            WHERE leaf > ?1 AND deleted IS NULL AND (\(isNew ? "verified IS NULL" : "verified < ?2"))
                AND NOT EXISTS (
                    SELECT 1 FROM findings JOIN events USING (origin, leaf)
                    WHERE findings.origin = item.origin AND findings.item = item.leaf
                        AND findings.code IN ('fixity-mismatch', 'fixity-missing')
                        AND events.time >= ?2)
            ORDER BY leaf LIMIT ?3
            """, [.integer(leaf), .integer(moment.milliseconds), .integer(Int64(limit))]
        ).map { row in
            FixityItem(
                item: try row.ledgerName(), sha256: try row.digest("sha256"),
                sm3: try row.digest("sm3"), size: try row.integer("size"))
        }
    }

    /// - Parameter moment: whatever was read before is due again.
    package func fixityFigures(before moment: Timestamp) throws -> FixityFigures {
        let row = try rows(
            """
            SELECT count(*) AS items, count(*) - count(verified) AS never, min(verified) AS oldest,
                coalesce(sum(verified IS NULL OR verified < ?), 0) AS due
            FROM items WHERE deleted IS NULL
            """, [.integer(moment.milliseconds)]
        ).first
        return FixityFigures(
            items: try row?.integer("items") ?? 0, never: try row?.integer("never") ?? 0,
            oldest: try row?.optionalInteger("oldest").map { Timestamp(milliseconds: $0) },
            due: try row?.integer("due") ?? 0)
    }
}
