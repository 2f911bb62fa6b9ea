import Evidence

/// A piece of what an item is found by.
package struct SearchField: Hashable, Sendable {
    package enum Kind: String, Sendable {
        case item, recorder, officer, name, tag, mark
        case caseNumber, court, party, judge, action, place, note
    }

    package let kind: Kind
    package let text: String
    /// What is shown of it, where that is not the text: a case number in one of its other
    /// spellings.
    package let shown: String

    init(_ kind: Kind, _ text: String, shown: String? = nil) {
        (self.kind, self.text, self.shown) = (kind, text, shown ?? text)
    }
}

extension IndexTables {
    /// All that an item is found by, each text once: its own names and marks, and what schedules
    /// say of the cases and field tasks that it is linked to.
    ///
    /// - Parameter cases: only what is said of those; nil for all.
    func searchFields(
        of item: Int64, ofCases cases: Set<String>? = nil
    ) throws -> [SearchField] {
        guard
            let stored = try row(
                """
                SELECT station, leaf, recorder, officer, claimedOfficer, marks, erased FROM items
                WHERE origin = ? AND leaf = ?
                """, [.integer(item)])
        else { return [] }
        var fields = [SearchField(.item, try stored.ledgerName().description)]
        if let recorder = try stored.optionalText("recorder") {
            fields.append(SearchField(.recorder, recorder))
        }
        for column in ["officer", "claimedOfficer"] {
            if let officer = try stored.optionalText(column) {
                fields.append(SearchField(.officer, officer))
            }
        }
        for name in try rows(
            "SELECT DISTINCT path FROM names WHERE origin = ? AND item = ? ORDER BY path",
            [.integer(item)])
        {
            let path = try name.path("path")
            fields.append(SearchField(.name, path.utf8 ?? path.display))
        }
        for tag in try rows(
            """
            SELECT value FROM facts
            WHERE origin = ? AND item = ? AND name > 'tags/' AND name < 'tags0' ORDER BY name
            """, [.integer(item)])
        {
            if let value = try? tag.optionalText("value") {
                fields.append(SearchField(.tag, value))
            }
        }
        fields += try stored.texts("marks").map { SearchField(.mark, $0) }
        // Of what is erased nobody is to find the persons.
        if try stored.optionalInteger("erased") == nil {
            fields += try caseFields(of: item, cases)
            fields += try rows(
                "SELECT text FROM itemNotes WHERE origin = ? AND item = ? ORDER BY leaf, position",
                [.integer(item)]
            ).map { SearchField(.note, try $0.text("text")) }
        }
        var seen: Set<String> = []
        return fields.filter { seen.insert($0.text).inserted }
    }

    private func caseFields(
        of item: Int64, _ cases: Set<String>?
    ) throws -> [SearchField] {
        try rows(
            """
            SELECT number, body ->> '$.why' AS why, body ->> '$.duty' AS duty FROM assignments
            WHERE origin = ? AND item = ? AND stands = 1 ORDER BY number, begins
            """, [.integer(item)]
        ).flatMap { row -> [SearchField] in
            let number = try row.text("number")
            guard cases?.contains(number) ?? true else { return [] }
            var fields: [SearchField] = []
            if let number = try? CaseNumber(reading: number) { fields += Self.fields(of: number) }
            if let why = try row.optionalText("why") { fields.append(SearchField(.note, why)) }
            fields += try batch.fields(of: .caseNumber(number)) {
                let known = try self.row(
                    "SELECT body FROM cases WHERE origin = ? AND number = ?", [.text(number)])
                return try known?.members("body").map(Self.fields(ofCase:)) ?? []
            }
            guard let duty = try row.optionalText("duty") else { return fields }
            return fields
                + (try batch.fields(of: .duty(duty)) {
                    let known = try self.row(
                        "SELECT body FROM duties WHERE origin = ? AND id = ?", [.text(duty)])
                    return try known?.members("body").map(Self.fields(ofDuty:)) ?? []
                })
        }
    }

    /// As it is written, and with parts left out as people do: 2019闽06执123, 2019执123.
    private static func fields(of number: CaseNumber) -> [SearchField] {
        let suffix = number.description.suffix(while: { $0 != "号" })
        let serial = "\(number.type)\(number.number)\(suffix)"
        return [
            number.description, "\(number.year)\(number.court)\(serial)",
            "\(number.year)\(serial)",
        ].map { SearchField(.caseNumber, $0, shown: number.description) }
    }

    private static func fields(ofCase members: [String: JSONValue]) -> [SearchField] {
        let parties = members["parties"]?.arrayValue?.compactMap(\.stringValue) ?? []
        return fields(members, [("court", .court), ("judge", .judge), ("notes", .note)])
            + parties.map { SearchField(.party, $0) }
    }

    private static func fields(ofDuty members: [String: JSONValue]) -> [SearchField] {
        let officers =
            members["officers"]?.arrayValue?.compactMap { ScheduledOfficer(json: $0) } ?? []
        return fields(
            members,
            [("court", .court), ("action", .action), ("place", .place), ("notes", .note)])
            + officers.flatMap { [$0.id, $0.name] }.compactMap { $0 }.map {
                SearchField(.officer, $0)
            }
    }

    private static func fields(
        _ members: [String: JSONValue], _ wanted: [(String, SearchField.Kind)]
    ) -> [SearchField] {
        wanted.compactMap { name, kind in
            members[name]?.stringValue.map { SearchField(kind, $0) }
        }
    }
}

extension Columns {
    /// A JSON object that stands in a column; nil where there is none.
    fileprivate func members(_ name: String) throws -> [String: JSONValue]? {
        try optionalText(name).flatMap { try? JSONReader.value(of: Array($0.utf8)) }?.objectValue
    }
}

extension String {
    /// The characters behind the last one that does not fit.
    fileprivate func suffix(while fits: (Character) -> Bool) -> Substring {
        self[(lastIndex { !fits($0) }.map(index(after:)) ?? startIndex)...]
    }
}
