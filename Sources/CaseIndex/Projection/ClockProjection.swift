import Evidence

/// A `clock-measurement`: footage of that recorder takes place when the clock, mended by it, says.
enum ClockProjection: RowProjection {
    static let event = CustodyEventKind.clockMeasurement
    static let kind = ClockRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let clock = try ClockRow(row)
        let visit = try clock.visit.map { try tables.visit(named: $0, in: event) }
        guard let source = IndexTables.source(recorder: clock.recorder, visit: visit) else {
            return
        }
        try tables.run(
            """
            INSERT INTO clocks (origin, source, at, leaf, position, offset, body)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(source), .integer(clock.at.milliseconds), .integer(event.index),
                .integer(Int64(position)), .integer(clock.offset),
                .text(JSONWriter.line(.object(row.members))),
            ])
        for item in try tables.items(touchedBy: clock, of: source)
        where try tables.setTimes(of: item) {
            try tables.unmatch(item: item)
        }
        if clock.source == .satellite { try tables.settle(clock, of: source, leaf: event.index) }
    }
}

extension IndexTables {
    /// What ``times(of:container:duration:)`` goes by, beside what the inspector says.
    static let timeColumns = """
        ingested, named, namedIsUTC, zone, fileSystem, container, duration, recorder, visit, start,
        finish, clockOffset
        """

    /// When an item was shot.
    struct ItemTimes {
        /// By the recorder's own clock.
        let reading: Timestamp
        let mended: CaptureTimes
        /// By how much the clock was ahead, as far as it is known.
        let offset: Int64?
        let flags: Set<ClockFlag>

        /// The values of ``columns``.
        fileprivate var values: [Value] {
            let codes = flags.map(\.rawValue).sorted().joined(separator: " ")
            return [
                .text(mended.startFrom.rawValue), .integer(mended.start.milliseconds),
                .text(mended.startText), .init(mended.end?.milliseconds), .init(mended.endText),
                .integer(reading.milliseconds), .init(offset), .init(codes.isEmpty ? nil : codes),
            ]
        }

        fileprivate static let columns =
            "startFrom, start, startText, finish, finishText, reading, clockOffset, clockFlags"
    }

    /// Sets when an item was shot, by all that is known of it now.
    ///
    /// - Returns: whether the time is another than before.
    func setTimes(of item: Int64) throws -> Bool {
        guard
            let stored = try row(
                "SELECT \(Self.timeColumns) FROM items WHERE origin = ? AND leaf = ?",
                [.integer(item)])
        else { return false }
        let times = try times(
            of: stored, container: try stored.optionalText("container"),
            duration: try stored.optionalInteger("duration"))
        try run(
            """
            UPDATE items SET (\(ItemTimes.columns)) = (?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            WHERE origin = ?1 AND leaf = ?2
            """, [.integer(item)] + times.values)
        try setStart(ofLinks: item, times)
        return try stored.integer("start") != times.mended.start.milliseconds
            || stored.optionalInteger("finish") != times.mended.end?.milliseconds
            || stored.optionalInteger("clockOffset") != times.offset
    }

    /// Sets what the inspector says of an item, and when it was shot by that; it is to be matched
    /// (again).
    ///
    /// - Parameter stored: its row, of ``timeColumns`` at least.
    func describe(
        _ item: Int64, _ stored: Columns, _ facts: MediaFacts, leaf: Int64
    ) throws {
        let times = try times(
            of: stored, container: facts.created, duration: facts.durationMicroseconds)
        // In one statement: each moves the row.
        try run(
            """
            UPDATE items SET (\(ItemTimes.columns), status, container, duration, described, matched)
                = (?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, NULL)
            WHERE origin = ?1 AND leaf = ?2
            """,
            [.integer(item)] + times.values + [
                .text(facts.status.rawValue), .init(facts.created),
                .init(facts.durationMicroseconds), .integer(leaf),
            ])
        try setStart(ofLinks: item, times)
    }

    private func setStart(ofLinks item: Int64, _ times: ItemTimes) throws {
        try run(
            "UPDATE assignments SET start = ?3 WHERE origin = ?1 AND item = ?2",
            [.integer(item), .integer(times.mended.start.milliseconds)])
    }

    /// When an item was shot, by all that is known: the recorder's own clock, by how much it was off,
    /// and what cannot be right about it.
    private func times(
        of stored: Columns, container: String?, duration: Int64?
    ) throws -> ItemTimes {
        let zone = try stored.optionalText("zone").flatMap { ZoneOffset($0) }
        let fileSystem = try stored.optionalText("fileSystem").flatMap { FileTime($0) }
        let taken = Timestamp(milliseconds: try stored.integer("ingested"))
        let times = CaptureTimes(
            named: try stored.optionalText("named").flatMap { CivilTime($0) },
            namedIsUTC: try stored.flag("namedIsUTC"), zone: zone, container: container,
            fileSystem: fileSystem, durationMicroseconds: duration, taken: taken)
        let source = Self.source(
            recorder: try stored.optionalText("recorder"),
            visit: try stored.optionalInteger("visit"))
        let offset =
            times.startFrom == .taken
            ? nil
            : try source.flatMap {
                try clockHistory(of: $0).offset(
                    atReading: times.start.milliseconds, taken: taken.milliseconds)
            }
        let mended = times.mended(by: offset ?? 0, zone: zone)
        var flags = times.flags(
            zone: zone, container: container, fileSystem: fileSystem, taken: taken, offset: offset)
        if times.startFrom != .taken, flags.isDisjoint(with: [.neverSet, .future, .futureByZone]),
            try wasThereBefore(stored, until: mended.end ?? mended.start)
        {
            flags.insert(.beforeLastDocking)
        }
        return ItemTimes(reading: times.start, mended: mended, offset: offset, flags: flags)
    }

    /// Footage that a measurement may say something of: what was shot between the one before it and the
    /// one after it, and what was docked at that time.
    fileprivate func items(touchedBy clock: ClockRow, of source: String) throws -> [Int64] {
        let day: Int64 = 86_400_000
        let near = try readings(near: clock.at.milliseconds, of: source)
        return try rows(
            """
            SELECT item FROM parts WHERE origin = ?1 AND source = ?2 AND start BETWEEN ?3 AND ?4
            UNION
            SELECT i.leaf FROM visits v JOIN items i ON i.origin = v.origin AND i.visit = v.leaf
            WHERE v.origin = ?1 AND v.recorder = ?5 AND v.docked BETWEEN ?6 AND ?7
                AND i.isFootage = 1
            ORDER BY item
            """,
            [
                .text(source), .integer(near.lowerBound), .integer(near.upperBound),
                .init(clock.recorder), .integer(clock.at.milliseconds - 2 * day),
                .integer(clock.at.milliseconds + day),
            ]
        ).map { try $0.integer("item") }
    }

    /// What the clock may have shown between the measurement before that moment and the one after it.
    private func readings(near at: Int64, of source: String) throws -> ClosedRange<Int64> {
        let select = "SELECT at, offset FROM clocks WHERE origin = ? AND source = ? AND at"
        let before = try row(
            "\(select) < ? ORDER BY at DESC, leaf DESC LIMIT 1", [.text(source), .integer(at)])
        let after = try row(
            "\(select) > ? ORDER BY at, leaf LIMIT 1", [.text(source), .integer(at)])
        let here = try rows("\(select) = ?", [.text(source), .integer(at)])
        let offsets = try ([before, after].compactMap { $0 } + here).map {
            try $0.integer("offset")
        }
        let first = try before?.integer("at")
        let last = try after?.integer("at") ?? at + ClockHistory.held
        let low = first.map { $0 + (offsets.min() ?? 0) } ?? .min
        return low...max(low, last + (offsets.max() ?? 0))
    }

    private func clockHistory(of source: String) throws -> ClockHistory {
        ClockHistory(
            try rows(
                """
                SELECT at, offset FROM clocks WHERE origin = ? AND source = ?
                ORDER BY at, leaf, position
                """, [.text(source)]
            ).map { .init(at: try $0.integer("at"), offset: try $0.integer("offset")) })
    }

    /// Whether its recorder gave everything at a docking later than that.
    private func wasThereBefore(_ item: Columns, until end: Timestamp) throws -> Bool {
        guard let recorder = try item.optionalText("recorder"),
            let visit = try item.optionalInteger("visit")
        else { return false }
        let last = try row(
            """
            SELECT docked FROM visits
            WHERE origin = ? AND recorder = ? AND leaf < ? AND mayBeRemoved = 1
            ORDER BY leaf DESC LIMIT 1
            """, [.text(recorder), .integer(visit)]
        )?.integer("docked")
        // Minutes between a mount and the listing of its files, and of clocks.
        return last.map { end.milliseconds + 600_000 < $0 } ?? false
    }
}
