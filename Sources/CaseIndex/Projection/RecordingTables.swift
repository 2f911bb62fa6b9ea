import Evidence

/// Files of one take become one recording, in whatever order they come: by recorder, codec
/// parameters and capture time, never by the order of names.
///
/// A file follows another of the same channel where it begins within a few seconds of the other's
/// end, is its next chapter, or comes after it by sequence numbers with a hole that the missing
/// files would fill. Another channel stands beside it where both begin together. Photos and sound
/// taken meanwhile are attached. All of it is said by the clock of the recorder alone, so that a
/// clock that is off changes nothing.
extension IndexTables {
    /// What a file is to the grouping.
    struct Part: Hashable {
        let item: Int64
        var recording: Int64
        let source: String
        let role: String
        let channel: String
        let parameters: String
        let start: Int64
        let finish: Int64
        let sequence: Int64?

        var isVideo: Bool { role == FileRole.video.rawValue }
    }

    private enum Limit {
        /// Between the end of a file and the beginning of the next; FAT counts in steps of 2 s.
        static let gap: Int64 = 5000
        static let overlap: Int64 = 3000
        /// Between the beginnings of two channels, or of two chapters that both bear the take's
        /// time.
        static let together: Int64 = 2000
        /// Sequence numbers that may be missing inside a take.
        static let missing: Int64 = 10
        /// A leap of more is another count.
        static let counted: Int64 = 1000
        /// How far off the file before or after a hole is looked for.
        static let hole: Int64 = 2 * 3_600_000
        /// Parts of a recording: more is no take.
        static let parts: Int64 = 600
        static let neighbours = 64
        /// Files before, and after, a hole, the file itself among them.
        static let beyond = 5
    }

    /// Puts an item that was just described where it belongs. What is no footage, or has neither
    /// time nor recorder, stays alone.
    ///
    /// - Parameters:
    ///   - parameters: see ``FactRows/parameters(_:)``.
    ///   - isNew: it was never described before.
    func group(item: Int64, parameters: String, isNew: Bool) throws {
        guard let part = try part(of: item, parameters) else { return }
        let before = isNew ? nil : try recording(of: item)
        let neighbours = try neighbours(of: part).filter { Self.belong(part, $0) }
        // Most files are a take of their own.
        let isAlone = before == nil && neighbours.isEmpty
        try insert(part, recording: before ?? item, segment: isAlone && part.isVideo ? 1 : nil)
        guard !isAlone else { return }
        for neighbour in neighbours {
            guard let own = try recording(of: item), let other = try recording(of: neighbour.item)
            else { continue }
            try merge(own, other)
        }
        if let recording = try recording(of: item) { try number(recording) }
    }

    private func recording(of item: Int64) throws -> Int64? {
        try row("SELECT recording FROM parts WHERE origin = ? AND item = ?", [.integer(item)])?
            .integer("recording")
    }

    // MARK: - What belongs together

    private static func belong(_ one: Part, _ two: Part) -> Bool {
        guard one.isVideo, two.isVideo else { return isAttached(one, two) || isAttached(two, one) }
        if one.channel != two.channel {
            return !one.channel.isEmpty && !two.channel.isEmpty
                && abs(one.start - two.start) <= Limit.together
        }
        guard one.parameters == two.parameters else { return false }
        let (first, second) =
            (one.start, one.sequence ?? 0, one.item) < (two.start, two.sequence ?? 0, two.item)
            ? (one, two) : (two, one)
        return follows(first, second)
    }

    private static func follows(_ first: Part, _ second: Part) -> Bool {
        // Without a length nothing is known of its end.
        guard first.finish > first.start, second.finish > second.start else { return false }
        let gap = second.start - first.finish
        if (-Limit.overlap...Limit.gap).contains(gap) { return true }
        guard let one = first.sequence, let two = second.sequence else { return false }
        // Chapters may all bear the time at which the take began.
        if second.start - first.start <= Limit.together { return two == one + 1 }
        let missing = two - one - 1
        guard (1...Limit.missing).contains(missing), gap > 0 else { return false }
        return gap <= missing * (first.finish - first.start + Limit.gap) + Limit.gap
    }

    /// A photo, or sound of its own, that was taken during a video.
    private static func isAttached(_ one: Part, _ video: Part) -> Bool {
        !one.isVideo && video.isVideo && one.start >= video.start
            && one.start <= video.finish + Limit.gap
    }

    // MARK: - Reading

    private func part(of item: Int64, _ parameters: String) throws -> Part? {
        guard
            let row = try row(
                """
                SELECT i.role, i.recorder, i.visit, i.channel, i.sequence, i.reading, i.duration,
                    i.startFrom
                FROM items i WHERE i.origin = ? AND i.leaf = ? AND i.isFootage = 1
                """, [.integer(item)]),
            let role = try row.optionalText("role"), try row.optionalText("startFrom") != "taken"
        else { return nil }
        guard
            let source = Self.source(
                recorder: try row.optionalText("recorder"),
                visit: try row.optionalInteger("visit")),
            let start = try row.optionalInteger("reading")
        else { return nil }
        return Part(
            item: item, recording: item, source: source, role: role,
            channel: try row.optionalText("channel") ?? "", parameters: parameters,
            start: start, finish: start + max(0, try row.optionalInteger("duration") ?? 0) / 1000,
            sequence: try row.optionalInteger("sequence"))
    }

    /// Whose clock it is: the recorder's, or that of a docking of one without a number.
    static func source(recorder: String?, visit: Int64?) -> String? {
        recorder.map { "recorder " + $0 } ?? visit.map { "visit \($0)" }
    }

    private func neighbours(of part: Part) throws -> [Part] {
        func fetch(
            _ condition: String, _ values: [Value], limit: Int = Limit.neighbours
        ) throws -> [Part] {
            try rows(
                """
                SELECT * FROM parts WHERE origin = ? AND source = ? AND \(condition)
                LIMIT \(limit)
                """, [.text(part.source)] + values
            ).map(Part.init).filter { $0.item != part.item }
        }
        var found =
            try fetch(
                "start BETWEEN ? AND ? ORDER BY start, item",
                [
                    .integer(part.start - Limit.together),
                    .integer(part.finish + Limit.gap),
                ])
            + fetch(
                "finish BETWEEN ? AND ? ORDER BY finish DESC, item",
                [
                    .integer(part.start - Limit.gap),
                    .integer(part.finish + Limit.gap),
                ])
        if !part.isVideo || part.sequence != nil {
            // The next before: across a hole, or the video that goes on while a photo is taken.
            found += try fetch(
                "start BETWEEN ? AND ? ORDER BY start DESC, item DESC",
                [.integer(part.start - Limit.hole), .integer(part.start)], limit: Limit.beyond)
        }
        if part.isVideo, part.sequence != nil {
            found += try fetch(
                "start BETWEEN ? AND ? ORDER BY start, item",
                [.integer(part.start), .integer(part.finish + Limit.hole)], limit: Limit.beyond)
        }
        var seen: Set<Int64> = []
        return found.filter { seen.insert($0.item).inserted }
    }

    // MARK: - Writing

    private func insert(_ part: Part, recording: Int64, segment: Int64?) throws {
        try run(
            """
            INSERT OR REPLACE INTO parts (origin, item, recording, source, role, channel, parameters,
                start, finish, sequence, segment)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(part.item), .integer(recording), .text(part.source), .text(part.role),
                .text(part.channel), .text(part.parameters), .integer(part.start),
                .integer(part.finish), .init(part.sequence), .init(segment),
            ])
    }

    /// The older name stays; the other becomes an alias of it.
    private func merge(_ one: Int64, _ two: Int64) throws {
        guard one != two else { return }
        let (kept, gone) = (min(one, two), max(one, two))
        let parts = try row(
            "SELECT count(*) AS parts FROM parts WHERE origin = ?1 AND recording IN (?2, ?3)",
            [.integer(kept), .integer(gone)])
        guard try parts?.integer("parts") ?? 0 <= Limit.parts else { return }
        for statement in [
            "UPDATE parts SET recording = ?2 WHERE origin = ?1 AND recording = ?3",
            "UPDATE recordingAliases SET recording = ?2 WHERE origin = ?1 AND recording = ?3",
            """
            INSERT OR REPLACE INTO recordingAliases (origin, recording, alias) VALUES (?1, ?2, ?3)
            """,
        ] { try run(statement, [.integer(kept), .integer(gone)]) }
    }

    /// Counts the segments of each channel, and what lies between them.
    private func number(_ recording: Int64) throws {
        let stored = try rows(
            "SELECT * FROM parts WHERE origin = ? AND recording = ? ORDER BY item",
            [.integer(recording)]
        ).map { (part: try Part($0), place: try Place($0)) }
        // Channels may share one counter, and photos with them.
        let numbers = Set(stored.compactMap(\.part.sequence))
        var places: [Int64: Place] = [:]
        for segments in Dictionary(
            grouping: stored.map(\.part).filter(\.isVideo), by: \.channel
        ).values {
            let ordered = segments.sorted {
                ($0.start, $0.sequence ?? 0, $0.item) < ($1.start, $1.sequence ?? 0, $1.item)
            }
            for (number, part) in ordered.enumerated() {
                var place = Place(after: number == 0 ? nil : ordered[number - 1], part, numbers)
                place.segment = Int64(number + 1)
                places[part.item] = place
            }
        }
        for (part, before) in stored {
            let place = places[part.item] ?? Place()
            if place != before { try set(part.item, place) }
        }
    }

    private func set(_ item: Int64, _ place: Place) throws {
        try run(
            """
            UPDATE parts SET (segment, gap, missing, isRepeat) = (?3, ?4, ?5, ?6)
            WHERE origin = ?1 AND item = ?2
            """,
            [
                .integer(item), .init(place.segment), .init(place.gap), .init(place.missing),
                .init(place.isRepeat),
            ])
    }

    /// Where a part stands in its recording.
    private struct Place: Equatable {
        var segment: Int64?
        var gap: Int64?
        var missing: Int64?
        var isRepeat = false

        init() {}

        init(_ row: Columns) throws {
            segment = try row.optionalInteger("segment")
            gap = try row.optionalInteger("gap")
            missing = try row.optionalInteger("missing")
            isRepeat = try row.flag("isRepeat")
        }

        init(after before: Part?, _ part: Part, _ numbers: Set<Int64>) {
            guard let before else { return }
            let follows = before.sequence.map { part.sequence == $0 + 1 } ?? false
            let isChapter = part.start - before.start <= Limit.together && follows
            gap = isChapter ? 0 : part.start - before.finish
            isRepeat = !isChapter && part.start == before.start
            if let one = before.sequence, let two = part.sequence, two > one + 1,
                two - one <= Limit.counted
            {
                let count = (one + 1..<two).count { !numbers.contains($0) }
                missing = count > 0 ? Int64(count) : nil
            }
        }
    }
}

extension IndexTables.Part {
    fileprivate init(_ row: Columns) throws {
        self.init(
            item: try row.integer("item"), recording: try row.integer("recording"),
            source: try row.text("source"), role: try row.text("role"),
            channel: try row.text("channel"), parameters: try row.text("parameters"),
            start: try row.integer("start"), finish: try row.integer("finish"),
            sequence: try row.optionalInteger("sequence"))
    }
}
