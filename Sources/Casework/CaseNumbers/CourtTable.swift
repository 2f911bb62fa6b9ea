package import Evidence

/// A court as a table of courts names it.
package struct Court: Hashable, Sendable {
    package enum Level: String, Sendable, CaseIterable {
        case supreme, high, intermediate, basic, special
    }

    /// Every code that the court goes by, today's first: after a redistricting it keeps its old one
    /// until the court itself is changed.
    package let codes: [String]
    package let name: Bilingual
    package let level: Level
    /// A code of the court above it.
    package let parent: String?
}

/// The courts that a station knows, by code. What is not in it is still a court.
package struct CourtTable: Sendable {
    package let courts: [Court]
    private let places: [String: Int]
    private let names: [String: Int]

    /// The built-in table: Fujian's high court and the courts of Zhangzhou.
    package static func builtIn() throws(TableFault) -> CourtTable {
        try CourtTable(json: PackageResources.courts_json)
    }

    /// - Parameters:
    ///   - json: `{"courts": [{"codes": […], "zh", "en", "level", "parent"}]}`
    ///   - base: courts that are known besides; one whose code stands in `json` is replaced.
    package init(json: [UInt8], over base: CourtTable? = nil) throws(TableFault) {
        var own: [Court] = []
        for (place, row) in try TableFault.rows(of: json, named: "courts") {
            guard let codes = row[key: "codes"]?.arrayValue?.compactMap(\.stringValue),
                !codes.isEmpty, codes.allSatisfy({ !$0.isEmpty })
            else { throw TableFault(place: place + ".codes") }
            guard let chinese = row[key: "zh"]?.stringValue else {
                throw TableFault(place: place + ".zh")
            }
            guard let level = row[key: "level"]?.stringValue.flatMap(Court.Level.init) else {
                throw TableFault(place: place + ".level")
            }
            let english = row[key: "en"]?.stringValue ?? chinese
            own.append(
                Court(
                    codes: codes, name: Bilingual(english, chinese), level: level,
                    parent: row[key: "parent"]?.stringValue))
        }
        let replaced = Set(own.flatMap(\.codes))
        let kept = (base?.courts ?? []).filter { replaced.isDisjoint(with: $0.codes) }
        courts = kept + own
        var (places, names): ([String: Int], [String: Int]) = ([:], [:])
        for (index, court) in courts.enumerated() {
            for code in court.codes {
                guard places.updateValue(index, forKey: code) == nil else {
                    throw TableFault(place: "courts, a code that stands twice")
                }
            }
            for name in [court.name.chinese, court.name.english.lowercased()] {
                names[name] = index
            }
        }
        (self.places, self.names) = (places, names)
    }

    package func court(_ code: String) -> Court? { places[code].map { courts[$0] } }

    /// The court that goes by this name, whole, in either language.
    package func court(named name: String) -> Court? {
        (names[name] ?? names[name.lowercased()]).map { courts[$0] }
    }

    /// Every code of the court that goes by this one; the code alone where the court is unknown.
    package func codes(alongside code: String) -> [String] { court(code)?.codes ?? [code] }

    /// The numbers that a case may go by where its court has several codes, its own first.
    package func numbers(alongside number: CaseNumber) -> [CaseNumber] {
        [number]
            + codes(alongside: number.court).filter { $0 != number.court }
            .compactMap(number.at(court:))
    }

    /// Every code of the court and of those above it, whose people see its cases.
    package func chain(above code: String) -> Set<String> {
        var found: Set<String> = []
        var next: String? = code
        while let code = next, !found.contains(code) {
            found.formUnion(codes(alongside: code))
            next = court(code)?.parent
        }
        return found
    }

    /// Every code of the court and of those below it, its own first.
    package func codes(below code: String) -> [String] {
        let own = codes(alongside: code)
        return own
            + courts.flatMap(\.codes).filter {
                !own.contains($0) && chain(above: $0).contains(code)
            }
    }

    /// Whether two codes are those of one court.
    package func isSame(_ one: String, _ other: String) -> Bool {
        one == other || places[one] != nil && places[one] == places[other]
    }
}

/// A table that cannot be understood, and the member at fault.
package struct TableFault: Error, Hashable, Sendable {
    package let place: String

    package init(place: String) { self.place = place }

    package var reason: Bilingual {
        Bilingual("The table cannot be understood at \(place)", "数据表有误：\(place)")
    }

    static let sizeLimit = 4 << 20

    static func rows(
        of json: [UInt8], named name: String
    ) throws(TableFault) -> [(place: String, row: JSONValue)] {
        guard json.count <= sizeLimit else { throw TableFault(place: "its size") }
        let value: JSONValue
        do { value = try JSONReader.value(of: json) } catch {
            throw TableFault(place: "byte \(error.offset): \(error.problem)")
        }
        guard let rows = value[key: name]?.arrayValue else { throw TableFault(place: name) }
        return rows.enumerated().map { ("\(name)[\($0)]", $1) }
    }
}
