import Evidence

/// Which column of a file means what, as its header says.
package struct ColumnMapping: Sendable {
    package let kind: ScheduleKind
    /// For every column of the file what it means; nil where nobody knows.
    package let columns: [ScheduleColumn?]
    /// Headers that mean nothing to us: their columns are left out.
    package let ignored: [String]

    /// - Throws: `columns-missing` or `column-twice`, with the names.
    init(
        header: [String], second: [String], words: ScheduleWords, expecting: ScheduleKind?,
        line: Int
    ) throws(ScheduleFailure) {
        var found: [ScheduleColumn?] = []
        var ignored: [String] = []
        for index in 0..<max(header.count, second.count) {
            let names = [header, second].compactMap { index < $0.count ? $0[index] : nil }
            let column = names.lazy.compactMap { words.columns[ScheduleWords.normal($0)] }.first
            if column == nil, let name = names.first, !name.isEmpty {
                ignored.append(String(name.prefix(60)))
            }
            found.append(column)
        }
        let known = found.compactMap(\.self)
        func has(_ columns: Set<ScheduleColumn>) -> Bool { known.contains(where: columns.contains) }
        let isOfRegister =
            known.contains(.recorders) && has(ScheduleColumn.ofRegister)
            && !known.contains(.caseNumber)
        kind =
            expecting
            ?? (isOfRegister ? .recorders : has(ScheduleColumn.ofDuties) ? .duties : .cases)
        if kind == .cases, !known.contains(.category) {
            // A list of cases that has a 类别 but no 案件类别 means the case's.
            found = found.map { $0 == .kind ? .category : $0 }
        }
        var seen: Set<ScheduleColumn> = []
        for column in found.compactMap(\.self) where !seen.insert(column).inserted {
            throw ScheduleFailure(
                .columnTwice, line: line, detail: "\(words.label(column).chinese) (\(column.name))")
        }
        let missing = kind.mandatory.filter { !seen.contains($0) }
        guard missing.isEmpty else {
            let names = missing.map { "\(words.label($0).chinese) (\($0.name))" }
            throw ScheduleFailure(
                .columnsMissing, line: line, detail: names.joined(separator: ", "))
        }
        for column in found.compactMap(\.self) where kind.unused.contains(column) {
            ignored.append(column.name)
        }
        (columns, self.ignored) = (found, ignored)
    }

    /// How many of these headers mean something.
    static func known(_ header: [String], _ words: ScheduleWords) -> Int {
        header.count { words.columns[ScheduleWords.normal($0)] != nil }
    }

    private static let units: Set<String> = [
        "", "m", "米", "度", "°", "deg", "degrees", "metres", "meters", "必填", "选填", "required",
        "optional", "text", "文本", "yyyymmdd", "yyyymmddhh", "yyyymmddhhmm", "yyyy/mm/dd",
        "yyyy/mm/ddhhmm",
    ]

    /// Whether a row below the header is a second one: the same in English, or units.
    static func isSecondHeader(_ row: [String], _ words: ScheduleWords) -> Bool {
        let filled = row.filter { !$0.isEmpty }
        return !filled.isEmpty
            && filled.allSatisfy {
                let word = ScheduleWords.normal($0)
                return words.columns[word] != nil || units.contains(word)
            }
    }
}
