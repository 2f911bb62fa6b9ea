package import Evidence

/// A docking that never came to its end, or whose recorder was taken too early.
package struct UnfinishedVisit: Hashable, Sendable {
    package let visit: String
    package let recorder: String?
    package let volumeLabel: String?
    package let volumeSerial: String?
    package let docked: Timestamp
    /// `interrupted` or `failed`; nil where there is no `undocking` at all.
    package let outcome: String?
}

/// A file on a recorder that may be cleared with the maker's tool.
package struct ClearableFile: Hashable, Sendable {
    package let visit: String
    package let recorder: String?
    package let path: RecorderPath
    package let item: String
    package let sha256: SHA256Digest
    package let size: Int64
}

/// A file that a visit could not take.
package struct RefusedFile: Hashable, Sendable {
    package let visit: String
    package let path: RecorderPath
    package let code: String
    package let reason: String
    package let leaf: Int64
}

/// Something kept that needs a look.
package struct QuarantinedEntry: Hashable, Sendable {
    /// Absent for a partial copy, which is no item.
    package let item: String?
    package let visit: String
    package let path: RecorderPath
    package let code: String
    package let reason: String
    package let size: Int64
    package let sha256: SHA256Digest?
    package let leaf: Int64
}

extension IndexReader {
    /// What are no recorders, as a list in SQL.
    static let documents =
        "(" + DocumentSource.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ") + ")"

    /// A visit is its recorder's last where none of the same recorder came after it. A recorder
    /// without a number of its own is told by its volume's serial and label.
    private static let isLast = """
        NOT EXISTS (
            SELECT 1 FROM visits later WHERE later.origin = v.origin AND later.leaf > v.leaf
                AND later.recorder IS v.recorder
                AND (v.recorder IS NOT NULL OR (later.volumeSerial IS v.volumeSerial
                    AND later.volumeLabel IS v.volumeLabel)))
        """

    /// Visits that did not end well and whose recorder has not been here since, oldest first. One
    /// that is under way is among them: its `undocking` is not yet there.
    package func unfinishedVisits() throws -> [UnfinishedVisit] {
        try rows(
            """
            SELECT station, leaf, recorder, volumeLabel, volumeSerial, docked, outcome
            FROM visits v WHERE outcome IS NOT 'complete' AND \(Self.isLast)
            ORDER BY origin, leaf
            """
        ).map {
            UnfinishedVisit(
                visit: try $0.ledgerName().description, recorder: try $0.optionalText("recorder"),
                volumeLabel: try $0.optionalText("volumeLabel"),
                volumeSerial: try $0.optionalText("volumeSerial"),
                docked: Timestamp(milliseconds: try $0.integer("docked")),
                outcome: try $0.optionalText("outcome"))
        }
    }

    /// The exact files of every recorder whose last visit ended with *may be cleared*.
    package func clearable() throws -> [ClearableFile] {
        try rows(
            """
            SELECT v.station AS visitStation, v.leaf AS visitLeaf, v.recorder, s.path, i.station,
                i.leaf, i.sha256, i.size
            FROM visits v
            JOIN sightings s ON s.origin = v.origin AND s.visit = v.leaf
            JOIN items i ON i.origin = s.origin AND i.leaf = s.item
            WHERE v.mayBeCleared = 1 AND \(Self.isLast)
                AND ifnull(v.recorder, '') NOT IN \(Self.documents)
            ORDER BY v.origin, v.leaf, s.path
            """
        ).map {
            ClearableFile(
                visit: try $0.ledgerName(station: "visitStation", leaf: "visitLeaf").description,
                recorder: try $0.optionalText("recorder"), path: try $0.path("path"),
                item: try $0.ledgerName().description, sha256: try $0.digest("sha256"),
                size: try $0.integer("size"))
        }
    }

    /// What a visit could not take, or what all could not.
    package func refusals(visit: String? = nil) throws -> [RefusedFile] {
        try rows(
            """
            SELECT visit, path, code, reason, leaf FROM refusals
            WHERE ?1 IS NULL OR visit = ?1 ORDER BY origin, leaf, position
            """, [.init(visit)]
        ).map {
            RefusedFile(
                visit: try $0.text("visit"), path: try $0.path("path"), code: try $0.text("code"),
                reason: try $0.text("reason"), leaf: try $0.integer("leaf"))
        }
    }

    /// Everything that needs a look, items and partial copies alike.
    package func quarantined() throws -> [QuarantinedEntry] {
        try rows(
            """
            SELECT q.leaf AS event, i.station, i.leaf, q.visit, q.path, q.code, q.reason, q.size,
                q.sha256
            FROM quarantined q LEFT JOIN items i ON i.origin = q.origin AND i.leaf = q.item
            ORDER BY q.origin, q.leaf, q.position
            """
        ).map { row in
            QuarantinedEntry(
                item: try row.optionalInteger("leaf") == nil ? nil : row.ledgerName().description,
                visit: try row.text("visit"), path: try row.path("path"),
                code: try row.text("code"), reason: try row.text("reason"),
                size: try row.integer("size"),
                sha256: try row.optionalBytes("sha256").flatMap { SHA256Digest(bytes: $0) },
                leaf: try row.integer("event"))
        }
    }

    /// The leaf of the visit's `undocking`; nil where there is none yet.
    package func undocking(ofVisit visit: LedgerName) throws -> Int64? {
        try rows(
            "SELECT undockingLeaf FROM visits WHERE leaf = ? AND station = ?",
            [.integer(visit.leaf), .text(visit.station)]
        ).first?.optionalInteger("undockingLeaf")
    }

    /// The leaves of events of one kind, from a leaf on, in their order.
    package func leaves(
        of kind: CustodyEventKind, from leaf: Int64, limit: Int
    ) throws -> [Int64] {
        try rows(
            "SELECT leaf FROM events WHERE event = ? AND leaf >= ? ORDER BY leaf LIMIT ?",
            [.text(kind.rawValue), .integer(leaf), .integer(Int64(limit))]
        ).map { try $0.integer("leaf") }
    }

    /// The last event of one kind; nil where there is none.
    package func lastEvent(of kind: CustodyEventKind) throws -> (leaf: Int64, time: Timestamp)? {
        try rows(
            "SELECT leaf, time FROM events WHERE event = ? ORDER BY origin DESC, leaf DESC LIMIT 1",
            [.text(kind.rawValue)]
        ).first.map {
            (try $0.integer("leaf"), Timestamp(milliseconds: try $0.integer("time")))
        }
    }

    /// What was found about a visit, its items included.
    package func findings(visit: String) throws -> [Finding] {
        try rows(
            "SELECT * FROM findings WHERE visit = ? ORDER BY origin, leaf, position", [.text(visit)]
        ).map(Finding.init)
    }
}
