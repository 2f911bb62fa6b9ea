/// Where and when a recorder was, by satellites: out of a file that was written beside footage, or into
/// it. Only fixes that the receiver called valid.
package struct SatelliteTrack: Hashable, Sendable {
    package struct Fix: Hashable, Sendable {
        /// UTC.
        package let time: Timestamp
        package let place: MediaFacts.Place

        package init(time: Timestamp, place: MediaFacts.Place) {
            (self.time, self.place) = (time, place)
        }
    }

    /// Fixes that are kept of a track, the first and the last among them.
    package static let kept = 32

    /// In the order of their times; at least one.
    package let fixes: [Fix]
    /// How many there were.
    package let count: Int64

    /// Nil where there is no fix.
    package init?(_ all: [Fix]) {
        guard !all.isEmpty else { return nil }
        let ordered = all.sorted { $0.time < $1.time }
        count = Int64(all.count)
        let steps = min(ordered.count, Self.kept)
        fixes = (0..<steps).map { step in
            ordered[steps == 1 ? 0 : step * (ordered.count - 1) / (steps - 1)]
        }
    }

    /// The members of a `facts` row.
    var rowValue: JSONValue {
        [
            "count": .integer(count),
            "fixes": .array(
                fixes.map { fix in
                    [
                        "time": .string(fix.time.description),
                        "latitudeE7": .integer(fix.place.latitudeE7),
                        "longitudeE7": .integer(fix.place.longitudeE7),
                    ]
                }),
        ]
    }

    /// What an inspector or a record says may be hostile.
    init(row: JSONValue) throws(MalformedEntry) {
        var fixes: [Fix] = []
        for value in (row[key: "fixes"]?.arrayValue ?? []).prefix(Self.kept) {
            guard let time = value[key: "time"]?.stringValue.flatMap({ Timestamp($0) }),
                let latitude = value[key: "latitudeE7"]?.integerValue,
                let longitude = value[key: "longitudeE7"]?.integerValue,
                latitude.magnitude <= 900_000_000, longitude.magnitude <= 1_800_000_000
            else { throw MalformedEntry(problem: "a track that is not on the earth") }
            fixes.append(
                Fix(
                    time: time,
                    place: MediaFacts.Place(latitudeE7: latitude, longitudeE7: longitude)))
        }
        guard !fixes.isEmpty, let count = row[key: "count"]?.integerValue, count >= 0 else {
            throw MalformedEntry(problem: "a track without a fix")
        }
        self.fixes = fixes.sorted { $0.time < $1.time }
        self.count = count
    }

    var json: JSONValue {
        var members: [String: JSONValue] = ["count": .integer(count)]
        members.set("from", fixes.first?.time.description)
        members.set("to", fixes.last?.time.description)
        return .object(members)
    }
}
