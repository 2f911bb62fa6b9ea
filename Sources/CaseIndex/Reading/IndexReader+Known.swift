package import Evidence

/// A file that an earlier docking took, as the ledger has it.
package struct KnownFile: Hashable, Sendable {
    package let item: String
    package let sha256: SHA256Digest
    /// See ``FileRow/blocks`` and ``FileRow/probe``.
    package let blocks: SHA256Digest
    package let probe: SHA256Digest
}

extension IndexReader {
    /// The file of the same recorder, volume, path, size and change time; the newest of several.
    ///
    /// It says what was there at an earlier docking, and proves nothing about what is there now.
    package func knownFile(
        recorder: String?, volumeSerial: String?, path: RecorderPath, size: Int64,
        modified: FileTime
    ) throws -> KnownFile? {
        let row = try rows(
            """
            SELECT i.station, i.leaf, i.sha256, i.blocks, i.probe
            FROM names n
            JOIN visits v ON v.origin = n.origin AND v.leaf = n.visit
            JOIN items i ON i.origin = n.origin AND i.leaf = n.item
            WHERE n.path = ? AND n.modified = ? AND i.size = ? AND v.recorder IS ?
                AND v.volumeSerial IS ? AND i.blocks IS NOT NULL AND i.probe IS NOT NULL
                AND i.deleted IS NULL
            ORDER BY n.visit DESC, i.leaf DESC LIMIT 1
            """,
            [
                .bytes(path.bytes), .text(modified.description), .integer(size), .init(recorder),
                .init(volumeSerial),
            ]
        ).first
        return try row.map {
            KnownFile(
                item: try $0.ledgerName().description, sha256: try $0.digest("sha256"),
                blocks: try $0.digest("blocks"), probe: try $0.digest("probe"))
        }
    }

    /// The item that this content of this recorder is: the same content on the same recorder,
    /// renamed, is the same item.
    ///
    /// - Parameter path: given for an empty file, which is an item by its path.
    package func item(
        recorder: String?, sha256: SHA256Digest, path: RecorderPath?
    ) throws -> LedgerName? {
        let row: Columns?
        if let path {
            row = try rows(
                """
                SELECT i.station, i.leaf FROM names n
                JOIN items i ON i.origin = n.origin AND i.leaf = n.item
                WHERE n.path = ? AND i.sha256 = ? AND i.recorder IS ? AND i.deleted IS NULL
                ORDER BY i.leaf LIMIT 1
                """, [.bytes(path.bytes), .bytes(sha256.bytes), .init(recorder)]
            ).first
        } else {
            row = try rows(
                """
                SELECT station, leaf FROM items
                WHERE \(DigestIndex.isEqual("sha256", "?1")) AND recorder IS ?2
                    AND deleted IS NULL
                ORDER BY leaf LIMIT 1
                """, [.bytes(sha256.bytes), .init(recorder)]
            ).first
        }
        return try row?.ledgerName()
    }

    /// Items without a description, oldest first: sealed, but a crash came before their facts.
    package func undescribed(limit: Int = .max) throws -> [DescribableItem] {
        try describable(where: "described IS NULL AND deleted IS NULL", limit: limit)
    }

    /// Items of our own ledger without a copy at that place, oldest first, beyond a leaf.
    package func withoutCopy(
        at place: String, after leaf: Int64, limit: Int
    ) throws -> [DescribableItem] {
        try describable(
            where: """
                leaf > \(leaf) AND deleted IS NULL AND NOT EXISTS (
                    SELECT 1 FROM replicas r
                    WHERE r.origin = items.origin AND r.item = items.leaf AND r.place = ?)
                """, [.text(place)], limit: limit)
    }

    /// Whether some item with that content has a copy at that place.
    package func hasCopy(_ sha256: SHA256Digest, at place: String) throws -> Bool {
        try !rows(
            """
            SELECT 1 FROM items i
            JOIN replicas r ON r.origin = i.origin AND r.item = i.leaf AND r.place = ?1
            WHERE \(DigestIndex.isEqual("i.sha256", "?2")) AND i.deleted IS NULL LIMIT 1
            """, [.text(place), .bytes(sha256.bytes)]
        ).isEmpty
    }

    /// Whether that item has a copy at that place.
    package func hasCopy(item: String, at place: String) throws -> Bool {
        guard let name = LedgerName(item) else { return false }
        return try !rows(
            """
            SELECT 1 FROM items i
            JOIN replicas r ON r.origin = i.origin AND r.item = i.leaf AND r.place = ?
            WHERE i.origin IN (SELECT id FROM origins) AND i.leaf = ? AND i.station = ? LIMIT 1
            """, [.text(place), .integer(name.leaf), .text(name.station)]
        ).isEmpty
    }

    /// The items that were entered with a `quarantine`: they need a look.
    package func itemsNeedingALook() throws -> Set<String> {
        let items = try rows(
            """
            SELECT i.station, i.leaf FROM quarantined q
            JOIN items i ON i.origin = q.origin AND i.leaf = q.item
            """)
        return Set(try items.map { try $0.ledgerName().description })
    }

    private func describable(
        where condition: String, _ values: [IndexTables.Value] = [], limit: Int
    ) throws -> [DescribableItem] {
        try rows(
            """
            SELECT station, leaf, sha256, size, path FROM items WHERE \(condition)
            ORDER BY origin, leaf LIMIT \(max(0, limit))
            """, values
        ).map {
            DescribableItem(
                item: try $0.ledgerName().description, sha256: try $0.digest("sha256"),
                size: try $0.integer("size"), path: try $0.optionalPath("path") ?? RecorderPath(""))
        }
    }
}
