package import Evidence
import GRDB

/// What came in on a day, in China's time.
package struct DailyFigures: Hashable, Sendable {
    /// Days since 1970.
    package let day: Int64
    package let files: Int64
    package let bytes: Int64
    package let milliseconds: Int64
    package let damaged: Int64
}

/// How much of a ledger's footage waits for somebody, and what came of its dock.
package struct StandingFigures: Hashable, Sendable {
    package let origin: String
    /// Recorders that were docked since the moment that was asked for.
    package let recorders: Int64
    package let unlinked: Int64
    /// Linked to nothing, and taken in before the moment that was asked for.
    package let overdue: Int64
    package let damaged: Int64
    /// Completeness findings that nobody has explained.
    package let missing: Int64
    package let orders: Int64
    package let ordersOverdue: Int64
    /// What officers say of whose footage is whose, and nobody has answered.
    package let claims: Int64
}

extension IndexReader {
    /// Days with footage, the newest first, of each ledger.
    package func daily(since day: Int64) throws -> [(origin: String, figures: DailyFigures)] {
        try rows(
            """
            SELECT o.origin AS name, d.* FROM daily d JOIN origins o ON o.id = d.origin
            WHERE d.day >= ? ORDER BY o.origin, d.day DESC
            """, [.integer(day)]
        ).map { (try $0.text("name"), try DailyFigures($0)) }
    }

    /// How each ledger stands.
    ///
    /// - Parameters:
    ///   - docked: from when recorders are counted.
    ///   - overdue: before which footage ought to be linked by now.
    package func standing(
        docked: Timestamp, overdue: Timestamp, now: Timestamp
    ) throws -> [StandingFigures] {
        try oneLook {
            try rows("SELECT id, origin FROM origins ORDER BY origin").map { row in
                try standing(
                    of: try row.integer("id"), try row.text("origin"), docked: docked,
                    overdue: overdue, now: now)
            }
        }
    }

    private func standing(
        of origin: Int64, _ name: String, docked: Timestamp, overdue: Timestamp, now: Timestamp
    ) throws -> StandingFigures {
        func count(_ sql: String, _ values: [IndexTables.Value] = []) throws -> Int64 {
            try rows("SELECT (\(sql)) AS count", [.integer(origin)] + values)
                .first?.optionalInteger("count") ?? 0
        }
        // From the index of what is not linked alone, which knows of no deletion: those few are taken
        // off.
        func unlinked(before leaf: Int64) throws -> Int64 {
            let condition = "links = 0 AND isFootage = 1 AND leaf < ?2"
            return try count(
                "SELECT count(*) FROM items WHERE \(condition) AND +origin = ?1",
                [.integer(leaf)])
                - count(
                    """
                    SELECT count(*) FROM items
                    WHERE \(condition) AND origin = ?1 AND deleted IS NOT NULL
                    """, [.integer(leaf)])
        }
        let waiting = try orders(isWaiting: true)
        return StandingFigures(
            origin: name,
            recorders: try count(
                """
                SELECT count(DISTINCT coalesce(recorder, volumeSerial)) FROM visits
                WHERE origin = ?1 AND leaf >= ?2 AND docked >= ?3
                    AND ifnull(recorder, '') NOT IN \(Self.documents)
                """,
                [
                    .integer(try firstLeaf(since: docked, of: origin)),
                    .integer(docked.milliseconds),
                ]),
            unlinked: try unlinked(before: .max),
            overdue: try unlinked(before: try firstLeaf(since: overdue, of: origin)),
            damaged: try count("SELECT sum(damaged) FROM daily WHERE origin = ?1"),
            missing: try count(
                """
                SELECT count(*) FROM missing
                WHERE origin = ?1 AND body ->> '$.state' = 'open'
                """),
            orders: Int64(waiting.count),
            ordersOverdue: Int64(waiting.count { $0.isOverdue(at: now) }),
            claims: try count(
                "SELECT count(*) FROM claims WHERE origin = ?1 AND state = 'open'"))
    }

    /// The first leaf that was entered at a moment or later: entries lie in the order of their time,
    /// but for a clock that was set back.
    private func firstLeaf(since moment: Timestamp, of origin: Int64) throws -> Int64 {
        var (low, high) = (Int64(0), try nextLeaf())
        while low < high {
            let middle = low + (high - low) / 2
            let time = try rows(
                "SELECT time FROM events WHERE origin = ? AND leaf = ?",
                [.integer(origin), .integer(middle)]
            ).first?.integer("time")
            if let time, time < moment.milliseconds { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension DailyFigures {
    fileprivate init(_ row: Columns) throws {
        day = try row.integer("day")
        files = try row.integer("files")
        bytes = try row.integer("bytes")
        milliseconds = try row.integer("microseconds") / 1000
        damaged = try row.integer("damaged")
    }
}
