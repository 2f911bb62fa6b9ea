import Evidence

/// What a batch adds to the figures of each day, written with its end.
struct DayCounts {
    struct Count {
        var files: Int64 = 0
        var bytes: Int64 = 0
        var microseconds: Int64 = 0
        var damaged: Int64 = 0
    }

    private(set) var days: [Int64: Count] = [:]

    private static let day: Int64 = 86_400_000
    /// A ledger may be hostile: more than this of one item (4 TiB, 50 days) is not counted, so that no
    /// sum can overflow, however it is batched.
    static let most: Int64 = 1 << 42

    /// - Parameter ingested: when the item was taken in, which is the day that it counts for.
    mutating func add(ingested: Int64, _ change: (inout Count) -> Void) {
        change(
            &days[
                (ingested + Int64(ZoneOffset.china.minutes) * 60_000).flooredQuotient(Self.day),
                default: Count()])
    }
}

extension IndexTables {
    /// Footage that came.
    func count(_ event: EnteredEvent, bytes: Int64) {
        batch.counts.add(ingested: event.leaf.time.milliseconds) {
            $0.files += 1
            $0.bytes += Self.counted(bytes)
        }
    }

    /// Footage that is described, for the first time or once more.
    ///
    /// - Parameter before: the item's row as it was.
    func count(_ facts: MediaFacts, of before: Columns) throws {
        guard try before.flag("isFootage") else { return }
        let length = Self.counted(try before.optionalInteger("duration") ?? 0)
        let wasDamaged = Self.isDamaged(try before.optionalText("status"))
        batch.counts.add(ingested: try before.integer("ingested")) {
            $0.microseconds += Self.counted(facts.durationMicroseconds ?? 0) - length
            $0.damaged +=
                (Self.isDamaged(facts.status.rawValue) ? 1 : 0) - (wasDamaged ? 1 : 0)
        }
    }

    private static func counted(_ value: Int64) -> Int64 { min(max(value, 0), DayCounts.most) }

    private static func isDamaged(_ status: String?) -> Bool {
        status == "damaged" || status == "unreadable"
    }

    /// Writes what the batch added.
    func writeCounts() throws {
        for (day, count) in batch.counts.days.sorted(by: { $0.key < $1.key }) {
            try run(
                """
                INSERT INTO daily (origin, day, files, bytes, microseconds, damaged)
                VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET (files, bytes, microseconds, damaged)
                    = (files + excluded.files, bytes + excluded.bytes,
                        microseconds + excluded.microseconds, damaged + excluded.damaged)
                """,
                [
                    .integer(day), .integer(count.files), .integer(count.bytes),
                    .integer(count.microseconds), .integer(count.damaged),
                ])
        }
        batch.counts = DayCounts()
    }
}
