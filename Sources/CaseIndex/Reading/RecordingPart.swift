import Evidence

/// Where an item stands in its recording.
package struct RecordingPart: Hashable, Sendable {
    /// The name of the recording: of its item that was logged first.
    package let recording: String
    /// Which of how many in its channel, by capture time; nil for a photo or sound that is attached.
    package let segment: Int64?
    package let of: Int64?
    /// Which camera, where a recorder has several.
    package let channel: String?
    /// Milliseconds between the end of the segment before and this one's beginning; negative where they
    /// overlap, nil for the first.
    package let gap: Int64?
    /// Sequence numbers that are missing before it.
    package let missing: Int64?
    /// It begins when the segment before it begins.
    package let isRepeat: Bool

    /// Of a table `parts p`.
    static let columns = """
        p.recording, p.segment, p.channel, p.gap, p.missing, p.isRepeat, (
            SELECT max(q.segment) FROM parts q
            WHERE q.origin = p.origin AND q.recording = p.recording AND q.channel = p.channel
        ) AS segments
        """

    init?(_ row: Columns, station: String) throws {
        guard let leaf = try row.optionalInteger("recording") else { return nil }
        recording = LedgerName(station: station, leaf: leaf).description
        segment = try row.optionalInteger("segment")
        of = segment == nil ? nil : try row.optionalInteger("segments")
        let channel = try row.optionalText("channel") ?? ""
        self.channel = channel.isEmpty ? nil : channel
        gap = try row.optionalInteger("gap")
        missing = try row.optionalInteger("missing")
        isRepeat = try row.optionalInteger("isRepeat") == 1
    }

    /// `recording` of the outward contract; seconds.
    var json: JSONValue {
        var members: [String: JSONValue] = ["id": .string(recording)]
        members.set("segment", segment)
        members.set("of", of)
        members.set("channel", channel)
        if let gap { members["gapBefore"] = .decimal(Double(gap) / 1000) }
        members.set("missingBefore", missing)
        if isRepeat { members["repeat"] = true }
        return .object(members)
    }
}
