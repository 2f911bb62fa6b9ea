import Evidence

/// What a column of a schedule means.
package enum ScheduleColumn: Int, Sendable, CaseIterable {
    case id, caseNumber, court, kind, officers, officerNumbers, recorders, date
    case plannedStart, plannedEnd, actualStart, actualEnd
    case place, latitude, longitude, radius
    case parties, judge, state, category, restricted, notes
    case step, since, holder, holderNumber

    /// The name that a mapping and the JSON form use.
    package var name: String { String(describing: self) }

    package init?(name: String) {
        guard let column = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = column
    }

    /// Columns that only a schedule of duties has.
    static let ofDuties: Set<ScheduleColumn> = [
        .officers, .officerNumbers, .recorders, .date, .plannedStart, .plannedEnd, .actualStart,
        .actualEnd, .latitude, .longitude, .radius,
    ]
    /// Columns that only a register of recorders has.
    static let ofRegister: Set<ScheduleColumn> = [.step, .since, .holder, .holderNumber]
    private static let ofCases: Set<ScheduleColumn> = [
        .parties, .judge, .state, .category, .restricted,
    ]

    /// Columns that a row of that kind has no place for.
    static func unused(by kind: ScheduleKind) -> Set<ScheduleColumn> {
        switch kind {
        case .cases: ofDuties.union(ofRegister).union([.id, .kind, .place])
        case .duties: ofCases.union(ofRegister)
        case .recorders:
            Set(allCases).subtracting(ofRegister)
                .subtracting([.recorders, .officers, .officerNumbers])
        }
    }
}

/// Whether rows are cases, duties, or entries of the register of recorders.
package enum ScheduleKind: String, Sendable, CaseIterable {
    case cases, duties, recorders

    /// Columns that a row of this kind has no place for: whoever gives them is told.
    var unused: Set<ScheduleColumn> { ScheduleColumn.unused(by: self) }

    var mandatory: [ScheduleColumn] {
        switch self {
        case .cases: [.caseNumber]
        case .duties: [.caseNumber, .kind, .plannedStart]
        case .recorders: [.recorders, .since]
        }
    }
}

/// The words by which headers and cells say what they mean, in Chinese and English, from data.
package struct ScheduleWords: Sendable {
    let columns: [String: ScheduleColumn]
    /// The first word of each column, as a person is told.
    let labels: [ScheduleColumn: Bilingual]
    private let kinds: [String: String]
    /// The kinds of action that the house has a word for.
    package var actions: [String] { Set(kinds.values).sorted() }
    private let states: [String: String]
    private let steps: [String: String]
    private let answers: [String: Bool]

    /// - Parameter mapping: a site's own headers, each with the name of a ``ScheduleColumn``; they
    ///   stand over the built-in words.
    package init(mapping: [String: String] = [:]) throws(ScheduleFailure) {
        var columns: [String: ScheduleColumn] = [:]
        var labels: [ScheduleColumn: Bilingual] = [:]
        for (name, words) in Self.lists("columns", of: PackageResources.columns_json) {
            guard let column = ScheduleColumn(name: name) else {
                throw ScheduleFailure(.mappingUnclear, detail: name)
            }
            for word in words + [name] { columns[Self.normal(word)] = column }
            labels[column] = Bilingual(name, words.first ?? name)
        }
        for (header, name) in mapping {
            guard let column = ScheduleColumn(name: name) else {
                throw ScheduleFailure(.mappingUnclear, detail: name)
            }
            columns[Self.normal(header)] = column
        }
        (self.columns, self.labels) = (columns, labels)
        let words = PackageResources.words_json
        kinds = Self.inverted(Self.lists("kinds", of: words))
        states = Self.inverted(Self.lists("states", of: words))
        steps = Self.inverted(Self.lists("steps", of: words))
        var answers: [String: Bool] = [:]
        let value = try? JSONReader.value(of: words)
        for (name, answer) in [("yes", true), ("no", false)] {
            for word in value?[key: name]?.arrayValue ?? [] {
                if let word = word.stringValue { answers[Self.normal(word)] = answer }
            }
        }
        self.answers = answers
    }

    func label(_ column: ScheduleColumn) -> Bilingual {
        labels[column] ?? Bilingual(column.name, column.name)
    }

    /// The house's word for a kind of action; nil where it is none that is known.
    package func kind(_ text: String) -> String? { kinds[Self.normal(text)] }
    func state(_ text: String) -> String? { states[Self.normal(text)] }
    func step(_ text: String) -> RecorderIssueRow.Step? {
        steps[Self.normal(text)].flatMap(RecorderIssueRow.Step.init(rawValue:))
    }
    func answer(_ text: String) -> Bool? { answers[Self.normal(text)] }

    /// A header without what people put around it: spaces, `_`, `*`, brackets and what is in them.
    static func normal(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        var depth = 0
        for scalar in text.unicodeScalars {
            switch scalar {
            case "(", "（", "[", "【", "〔": depth += 1
            case ")", "）", "]", "】", "〕": depth = max(0, depth - 1)
            case "_", "-", "*", "＊", ":", "：", "\u{feff}", "\u{200b}", ".": break
            default:
                guard depth == 0, !scalar.properties.isWhitespace else { continue }
                let wide = (0xff01...0xff5e).contains(scalar.value)
                out.append(wide ? Unicode.Scalar(scalar.value - 0xfee0) ?? scalar : scalar)
            }
        }
        return String(out).lowercased()
    }

    private static func lists(
        _ name: String, of json: [UInt8]
    ) -> [(name: String, words: [String])] {
        let value = try? JSONReader.value(of: json)
        return (value?[key: name]?.objectValue ?? [:]).map { name, words in
            (name, words.arrayValue?.compactMap(\.stringValue) ?? [])
        }
    }

    private static func inverted(_ lists: [(name: String, words: [String])]) -> [String: String] {
        var table: [String: String] = [:]
        for (name, words) in lists {
            for word in words + [name] { table[normal(word)] = name }
        }
        return table
    }
}
