/// A row of a `clock-measurement`: how far a recorder's clock was off at a moment.
package struct ClockRow: Hashable, Sendable {
    package static let kind = "clock"

    /// What allowed the clock to be measured.
    package enum Source: String, Sendable, CaseIterable {
        /// A person said by how much it is off.
        case given
        /// A person read the recorder's display.
        case shown
        /// Satellite time that was written beside footage, or into it.
        case satellite
    }

    /// One of the two: a recorder, or the docking of one that has no number.
    package var recorder: String?
    package var visit: String?
    /// When it was measured, by true time.
    package var at: Timestamp
    /// How many milliseconds the recorder's clock was ahead of true time; negative where it was behind.
    package var offset: Int64
    /// By how many milliseconds the offset may be wrong.
    package var within: Int64
    package var source: Source
    /// The footage that it was measured by.
    package var item: String?
    package var by: String

    package init(
        recorder: String?, visit: String?, at: Timestamp, offset: Int64, within: Int64,
        source: Source, item: String?, by: String
    ) {
        (self.recorder, self.visit, self.at) = (recorder, visit, at)
        (self.offset, self.within, self.source) = (offset, within, source)
        (self.item, self.by) = (item, by)
    }

    package var row: RecordRow {
        var members: [String: JSONValue] = [
            "at": .string(at.description), "offset": .integer(offset),
            "within": .integer(within), "source": .string(source.rawValue), "by": .string(by),
        ]
        members.set("recorder", recorder)
        members.set("visit", visit)
        members.set("item", item)
        return RecordRow(kind: Self.kind, members: members)
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        recorder = read.optionalString("recorder")
        visit = read.optionalString("visit")
        guard (recorder == nil) != (visit == nil) else {
            throw MalformedEntry(problem: "a clock of both a recorder and a docking, or of neither")
        }
        at = try read.timestamp("at")
        offset = try read.integer("offset")
        within = try read.integer("within")
        guard let source = Source(rawValue: try read.string("source")) else {
            throw MalformedEntry(problem: "a clock measured in an unknown way")
        }
        // A hundred years: no clock is further off, and sums of it cannot overflow.
        guard offset.magnitude <= 3_155_760_000_000, within >= 0 else {
            throw MalformedEntry(problem: "a clock that is off by more than can be")
        }
        self.source = source
        item = read.optionalString("item")
        by = try read.string("by")
    }
}
