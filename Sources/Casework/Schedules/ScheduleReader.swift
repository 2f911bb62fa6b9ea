import Evidence

/// Reads a schedule of cases or duties, or a register of recorders, as CSV or JSON, row by row:
/// each is accepted, told to be a repetition, or refused with its place and reason. Nothing is kept
/// of a row once it was given, but its line and two digests, 16 bytes in all.
///
/// Whoever takes the rows takes them all or none: a failure may come after many were given.
package struct ScheduleReader: Sendable {
    private let words: ScheduleWords
    private let builder: RowBuilder

    /// - Parameters:
    ///   - zone: of the times that name none.
    ///   - mapping: a site's own headers, each with the name of a ``ScheduleColumn``.
    package init(
        zone: ScheduleZone = .china, mapping: [String: String] = [:], courts: CourtTable,
        types: CaseTypeTable
    ) throws(ScheduleFailure) {
        words = try ScheduleWords(mapping: mapping)
        builder = RowBuilder(words: words, zone: zone, courts: courts, types: types)
    }

    /// Reads a whole file, JSON where its first sign is `{` or `[`, else CSV.
    ///
    /// - Parameter expecting: what a CSV file holds, where that is known; else its header says it.
    package func read(
        _ bytes: [UInt8], expecting: ScheduleKind? = nil,
        _ take: (RowVerdict) throws(ScheduleFailure) -> Void
    ) throws(ScheduleFailure) -> ScheduleSummary {
        guard !bytes.isEmpty else { throw ScheduleFailure(.empty) }
        let text = try ScheduleText(bytes)
        var desk = RowDesk(words: words, builder: builder)
        desk.summary.encoding = text.encoding.rawValue
        if ScheduleJSON.looksLike(bytes) {
            try ScheduleJSON.read(bytes, &desk, take)
        } else {
            try readCSV(text, expecting, &desk, take)
        }
        guard desk.summary.rows > 0 else { throw ScheduleFailure(.empty) }
        return desk.summary
    }

    private func readCSV(
        _ text: ScheduleText, _ expecting: ScheduleKind?, _ desk: inout RowDesk,
        _ take: (RowVerdict) throws(ScheduleFailure) -> Void
    ) throws(ScheduleFailure) {
        var csv: CSVReader?
        var header = HeaderSearch(words: words, expecting: expecting)
        var mapping: ColumnMapping?
        func row(_ row: CSVRow) throws(ScheduleFailure) {
            guard !row.isBlank else {
                desk.summary.blank += 1
                return
            }
            if mapping == nil {
                mapping = try header.take(row)
                if let mapping { desk.summary.ignored = mapping.ignored }
                guard mapping != nil, !header.consumed else { return }
            }
            if let mapping { try take(desk.verdict(on: row, mapping)) }
        }
        try text.forEachPiece { piece throws(ScheduleFailure) in
            var reader = csv ?? CSVReader(separator: CSVReader.separator(in: piece))
            csv = nil
            try reader.read(piece, row)
            csv = reader
        }
        try csv?.end(row)
        if mapping == nil { try header.end() }
    }
}

/// Finds the header among the first rows: below a title, alone, or with a second one below it.
private struct HeaderSearch {
    let words: ScheduleWords
    let expecting: ScheduleKind?
    private var header: (texts: [String], line: Int)?
    private var seen = 0
    /// Whether the row that ended the search was part of the header.
    private(set) var consumed = false

    init(words: ScheduleWords, expecting: ScheduleKind?) {
        (self.words, self.expecting) = (words, expecting)
    }

    mutating func take(_ row: CSVRow) throws(ScheduleFailure) -> ColumnMapping? {
        let texts = (0..<row.count).map { row.text($0).trimmedOfSpace }
        if let header {
            consumed = ColumnMapping.isSecondHeader(texts, words)
            return try ColumnMapping(
                header: header.texts, second: consumed ? texts : [], words: words,
                expecting: expecting, line: header.line)
        }
        seen += 1
        let filled = texts.count { !$0.isEmpty }
        let known = ColumnMapping.known(texts, words)
        if known >= 2 || known == 1 && filled == 1 || seen == 5 || filled > 2 {
            header = (texts, row.line)
        }
        return nil
    }

    /// A file that ended within its header: says what is missing there, if anything.
    func end() throws(ScheduleFailure) {
        guard let header else { return }
        _ = try ColumnMapping(
            header: header.texts, second: [], words: words, expecting: expecting,
            line: header.line)
    }
}

extension String {
    fileprivate var trimmedOfSpace: String {
        var view = Substring(self).unicodeScalars
        while let first = view.first, first.properties.isWhitespace { view.removeFirst() }
        while let last = view.last, last.properties.isWhitespace { view.removeLast() }
        return String(view)
    }
}

/// Where rows are judged one after the other, and repetitions noticed.
struct RowDesk {
    let words: ScheduleWords
    let builder: RowBuilder
    var summary = ScheduleSummary()
    /// By a digest of the row's identity: its line, and a digest of all of it. The digests are
    /// Swift's own (SipHash) with keys drawn by the process, so that no file can be made to
    /// collide; of a million rows two do by chance once in thirty million files.
    private var seen: [Int: (line: Int32, content: Int32)] = [:]

    init(words: ScheduleWords, builder: RowBuilder) {
        (self.words, self.builder) = (words, builder)
    }

    mutating func verdict(on row: CSVRow, _ mapping: ColumnMapping) -> RowVerdict {
        var cells = ScheduleCells()
        guard row.count <= mapping.columns.count else {
            return refused(
                row.line,
                RowRefusal(nil, "More fields than the header has", "该行的列数多于表头"),
                mapping.columns.count + 1)
        }
        for index in 0..<row.count {
            guard let column = mapping.columns[index], !row[index].isEmpty else { continue }
            cells[column] = .text(row.text(index))
        }
        return verdict(on: cells, mapping.kind, line: row.line) { column in
            mapping.columns.firstIndex(of: column).map { $0 + 1 }
        }
    }

    mutating func verdict(
        on cells: ScheduleCells, _ kind: ScheduleKind, line: Int,
        place: (ScheduleColumn) -> Int?
    ) -> RowVerdict {
        var warnings: [Bilingual] = []
        do {
            switch kind {
            case .cases:
                let row = try builder.caseRow(cells, &warnings)
                if let told = try earlier(row.id, row, line, .caseNumber) {
                    return RowVerdict(line: line, result: told, warnings: [])
                }
                summary.cases += 1
                return RowVerdict(line: line, result: .acceptedCase(row), warnings: warnings)
            case .duties:
                let row = try builder.dutyRow(cells, &warnings)
                if let told = try earlier(row.id, row, line, .id) {
                    return RowVerdict(line: line, result: told, warnings: [])
                }
                summary.duties += 1
                return RowVerdict(line: line, result: .acceptedDuty(row), warnings: warnings)
            case .recorders:
                let row = try builder.issueRow(cells)
                if let told = try earlier(row.id, row, line, .recorders) {
                    return RowVerdict(line: line, result: told, warnings: [])
                }
                summary.issues += 1
                return RowVerdict(line: line, result: .acceptedIssue(row), warnings: warnings)
            }
        } catch {
            let column = error.field.flatMap(ScheduleColumn.init(name:)).flatMap(place)
            return refused(line, error, column)
        }
    }

    mutating func refused(_ line: Int, _ refusal: RowRefusal, _ column: Int?) -> RowVerdict {
        summary.refused += 1
        var refusal = refusal
        refusal.column = column
        return RowVerdict(line: line, result: .refused(refusal), warnings: [])
    }

    private mutating func earlier(
        _ id: String, _ row: some Hashable, _ line: Int, _ column: ScheduleColumn
    ) throws(RowRefusal) -> RowVerdict.Result? {
        let key = id.hashValue
        let content = Int32(truncatingIfNeeded: row.hashValue)
        guard let known = seen[key] else {
            seen[key] = (Int32(clamping: line), content)
            return nil
        }
        guard known.content == content else {
            throw RowRefusal(
                column, "Line \(known.line) has the same one with other contents",
                "与第\(known.line)行为同一条目但内容不同")
        }
        summary.repeated += 1
        return .repeated(line: Int(known.line))
    }
}
