import Evidence

/// What satellite time beside footage says of its recorder's clock.
///
/// A receiver finds its satellites some time after the recording began, and may lose them before it ends:
/// so the clock was ahead by no less than its reading at the beginning less the first fix, and by no more
/// than its reading at the end less the last one.
extension IndexTables {
    private enum Limit {
        /// Wider bounds tell nothing of use.
        static let width: Int64 = 120_000
        static let tolerance: Int64 = 5000
        /// How long a measurement that agrees makes another needless.
        static let fresh: Int64 = 7 * 86_400_000
    }

    /// Sets the bounds for an item that was just described, or for the footage that it lies beside.
    func boundClocks(by item: Int64) throws {
        let footage = try rows(
            "SELECT footage FROM sidecars WHERE origin = ? AND sidecar = ?", [.integer(item)])
        for one in try [item] + footage.map({ try $0.integer("footage") }) {
            try boundClock(ofFootage: one)
        }
    }

    private func boundClock(ofFootage item: Int64) throws {
        guard let (first, last) = try satelliteTimes(of: item),
            let stored = try row(
                """
                SELECT reading, duration, startFrom, recorder, visit FROM items
                WHERE origin = ? AND leaf = ? AND isFootage = 1
                """, [.integer(item)]),
            let source = Self.source(
                recorder: try stored.optionalText("recorder"),
                visit: try stored.optionalInteger("visit")),
            let reading = try stored.optionalInteger("reading"),
            let duration = try stored.optionalInteger("duration"),
            ["named", "container"].contains(try stored.optionalText("startFrom"))
        else { return }
        let low = reading - first
        let high = reading + duration / 1000 - last
        let isUseful = (-Limit.tolerance...Limit.width).contains(high - low)
        try run(
            """
            UPDATE items SET (satelliteLow, satelliteHigh, satelliteDone) = (?3, ?4, NULL)
            WHERE origin = ?1 AND leaf = ?2
            """,
            [
                .integer(item), .init(isUseful ? min(low, high) : nil),
                .init(isUseful ? max(low, high) : nil),
            ])
        guard isUseful else { return }
        let near = try row(
            """
            SELECT leaf FROM clocks
            WHERE origin = ?1 AND source = ?2 AND at BETWEEN ?3 AND ?4 AND offset BETWEEN ?5 AND ?6
            LIMIT 1
            """,
            [
                .text(source), .integer(first - Limit.fresh), .integer(last + Limit.fresh),
                .integer(min(low, high) - Limit.tolerance),
                .integer(max(low, high) + Limit.tolerance),
            ])
        guard let leaf = try near?.integer("leaf") else { return }
        try run(
            "UPDATE items SET satelliteDone = ?3 WHERE origin = ?1 AND leaf = ?2",
            [.integer(item), .integer(leaf)])
    }

    /// The first and the last fix of the item, or of what lies beside it.
    private func satelliteTimes(of item: Int64) throws -> (first: Int64, last: Int64)? {
        let times = try rows(
            """
            SELECT value FROM facts
            WHERE origin = ?1 AND name >= 'track/fixes[' AND name < 'track/fixes\\'
                AND name LIKE '%/time' AND item IN (
                    SELECT ?2 UNION SELECT sidecar FROM sidecars WHERE origin = ?1 AND footage = ?2)
            """, [.integer(item)]
        ).compactMap { Timestamp(try $0.text("value"))?.milliseconds }
        guard let first = times.min(), let last = times.max() else { return nil }
        return (first, last)
    }

    /// The clock is measured by that footage, and for all footage about it that agrees.
    func settle(_ clock: ClockRow, of source: String, leaf: Int64) throws {
        if let item = try item(named: clock.item) {
            try run(
                "UPDATE items SET satelliteDone = ?3 WHERE origin = ?1 AND leaf = ?2",
                [.integer(item), .integer(leaf)])
        }
        let reading = clock.at.milliseconds + clock.offset
        try run(
            """
            UPDATE items SET satelliteDone = ?3
            WHERE origin = ?1 AND satelliteDone IS NULL AND satelliteLow <= ?4 + ?7
                AND satelliteHigh >= ?4 - ?7 AND leaf IN (
                    SELECT item FROM parts
                    WHERE origin = ?1 AND source = ?2 AND start BETWEEN ?5 AND ?6)
            """,
            [
                .text(source), .integer(leaf), .integer(clock.offset),
                .integer(reading - Limit.fresh), .integer(reading + Limit.fresh),
                .integer(Limit.tolerance),
            ])
    }
}
