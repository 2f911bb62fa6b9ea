package import Evidence
import GRDB

extension IndexReader {
    /// All that was measured of a recorder's clock, the oldest first.
    package func clock(of recorder: String) throws -> [ClockRow] {
        try rows(
            """
            SELECT body FROM clocks WHERE origin IN (SELECT id FROM origins) AND source = ?
            ORDER BY at, leaf, position
            """, [.init(IndexTables.source(recorder: recorder, visit: nil))]
        ).compactMap { row in
            try row.schedule(ClockRow.kind).flatMap { try? ClockRow($0) }
        }
    }

    /// What satellite time beside footage says of clocks and is not entered yet: of each recorder one
    /// measurement, by its first footage.
    package func unmeasuredClocks(by account: String, limit: Int = 500) throws -> [ClockRow] {
        var seen: Set<String> = []
        return try rows(
            """
            SELECT leaf, station, recorder, visit, reading, satelliteLow, satelliteHigh FROM items
            WHERE origin IN (SELECT id FROM origins) AND satelliteLow IS NOT NULL
                AND satelliteDone IS NULL
            ORDER BY leaf LIMIT \(max(0, limit))
            """, []
        ).compactMap { row in
            let name = try row.ledgerName()
            let recorder = try row.optionalText("recorder")
            let visit = try row.optionalInteger("visit")
            guard let source = IndexTables.source(recorder: recorder, visit: visit),
                seen.insert(source).inserted
            else { return nil }
            let (low, high) = (try row.integer("satelliteLow"), try row.integer("satelliteHigh"))
            let offset = low + (high - low) / 2
            let reading = try row.integer("reading")
            return ClockRow(
                recorder: recorder,
                visit: recorder == nil
                    ? visit.map { LedgerName(station: name.station, leaf: $0).description } : nil,
                at: Timestamp(milliseconds: reading - offset), offset: offset,
                // A fix comes once a second, and a name has whole seconds.
                within: (high - low + 1) / 2 + 1000, source: .satellite, item: name.description,
                by: account)
        }
    }

    /// Where an item was shot: by its own facts, and by those of what lies beside it.
    func places(of item: Int64, origin: Int64) throws -> [MediaFacts.Place] {
        var coordinates: [String: (latitude: Int64?, longitude: Int64?)] = [:]
        for row in try rows(
            """
            SELECT item, name, value FROM facts
            WHERE origin = ?1 AND item IN (
                    SELECT ?2 UNION SELECT sidecar FROM sidecars WHERE origin = ?1 AND footage = ?2)
                AND (name IN ('latitudeE7', 'longitudeE7')
                    OR name >= 'track/fixes[' AND name < 'track/fixes\\' AND name LIKE '%E7')
            """, [.integer(origin), .integer(item)])
        {
            let name = try row.text("name")
            let isLatitude = name.hasSuffix("latitudeE7")
            let place = "\(try row.integer("item")) \(name.dropLast(isLatitude ? 10 : 11))"
            let value = try row.integer("value")
            if isLatitude {
                coordinates[place, default: (nil, nil)].latitude = value
            } else {
                coordinates[place, default: (nil, nil)].longitude = value
            }
        }
        return coordinates.sorted { $0.key < $1.key }.compactMap { _, place in
            guard let latitude = place.latitude, let longitude = place.longitude else { return nil }
            return MediaFacts.Place(latitudeE7: latitude, longitudeE7: longitude)
        }
    }
}
