import Evidence
import GRDB

extension IndexReader {
    /// Recordings, newest first: by the start we believe in, then by leaf.
    ///
    /// A million recordings take a few milliseconds: each filter, and each two of them, walks an
    /// index that lies in the list's own order. Text is narrowed by its grams where it is rare,
    /// and looked for along the way where it is common.
    package func list(_ filter: ListFilter = ListFilter()) throws -> [ListedItem] {
        guard filter.limit > 0 else { return [] }
        return try read { db in
            var query = ListQuery(filter)
            if let text = filter.text {
                let words = SearchText.words(text)
                query.addWords(words)
                // A case has few recordings: they are all looked at.
                if filter.caseNumber == nil, let expression = SearchText.expression(for: words),
                    try Self.isRare(expression, limit: filter.limit, db)
                {
                    query.narrow(to: expression)
                }
            }
            return try Self.rows(db, query.sql, query.values).map(ListedItem.init)
        }
    }

    /// Whether fetching and sorting every match costs less than walking the list until it is full.
    ///
    /// Of n items with m matches, the walk passes n / m of them for each line, and the fetch takes
    /// m: they cost the same where m is the root of n times the lines.
    private static func isRare(_ expression: String, limit: Int, _ db: Database) throws -> Bool {
        let leaves = try Int64.fetchOne(db, sql: "SELECT sum(nextLeaf) FROM origins") ?? 0
        let most = max(1000, Int((Double(leaves) * Double(min(limit, 1000))).squareRoot()))
        let count = try Int.fetchOne(
            db.cachedStatement(
                sql: "SELECT count(*) FROM (SELECT 1 FROM grams WHERE grams MATCH ? LIMIT ?)"),
            arguments: [expression, most + 1])
        return count ?? 0 <= most
    }
}

/// The statement that a filter becomes: fixed text, with every value bound.
private struct ListQuery {
    private var conditions: [String] = []
    private(set) var values: [IndexTables.Value] = []
    private var source = "items i"
    private var order = "i.start DESC, i.leaf DESC, i.origin"
    private let limit: Int

    init(_ filter: ListFilter) {
        limit = filter.limit
        func add(_ condition: String, _ value: IndexTables.Value) {
            conditions.append(condition)
            values.append(value)
        }
        if let officer = filter.officer { add("i.officer = ?", .text(officer)) }
        if let recorder = filter.recorder { add("i.recorder = ?", .text(recorder)) }
        if let from = filter.from { add("i.start >= ?", .integer(from.milliseconds)) }
        if let to = filter.to { add("i.start < ?", .integer(to.milliseconds)) }
        if filter.isUnassigned { conditions.append("i.links = 0 AND i.isFootage = 1") }
        if let number = filter.caseNumber {
            source = """
                assignments a CROSS JOIN items i ON i.origin = a.origin AND i.leaf = a.item
                """
            add("a.number = ?", .text(number.description))
            // Parts of one recording are one line.
            conditions.append(
                """
                a.stands = 1 AND NOT EXISTS (
                    SELECT 1 FROM assignments b
                    WHERE b.origin = a.origin AND b.item = a.item AND b.number = a.number
                        AND b.stands = 1 AND b.begins < a.begins)
                """)
            order = "a.start DESC, a.item DESC, a.origin"
        }
        if !filter.includesSidecars { conditions.append("i.isListed = 1") }
    }

    mutating func addWords(_ words: [String]) {
        for word in words {
            conditions.append("instr(i.search, ?) > 0")
            values.append(.text(word))
        }
    }

    /// Only what has all those grams: the matches are fetched by their keys, and sorted.
    mutating func narrow(to expression: String) {
        source = """
            (SELECT rowid AS number FROM grams WHERE grams MATCH ?) g
            CROSS JOIN items i ON i.origin = g.number >> \(IndexTables.leafBits)
                AND i.leaf = g.number & \(1 << IndexTables.leafBits - 1)
            """
        values.insert(.text(expression), at: 0)
    }

    var sql: String {
        let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        return """
            SELECT i.station, i.leaf, i.ingested, i.sha256, i.size, i.path, i.role, i.recorder,
                i.officer, i.startText, i.startFrom, i.finishText, i.duration, i.status, i.marks,
                i.quarantineCode, \(RecordingPart.columns), (
                    SELECT group_concat(leaf) FROM (
                        SELECT s.sidecar AS leaf FROM sidecars s
                        WHERE s.origin = i.origin AND s.footage = i.leaf ORDER BY s.sidecar)
                ) AS sidecars, CASE WHEN i.links > 0 THEN (
                    SELECT group_concat(number) FROM (
                        SELECT DISTINCT b.number FROM assignments b
                        WHERE b.origin = i.origin AND b.item = i.leaf AND b.stands = 1
                        ORDER BY b.number)
                ) END AS cases, CASE WHEN i.links = 0 THEN (
                    SELECT m.body FROM matches m
                    WHERE m.origin = i.origin AND m.item = i.leaf AND m.decision = 'propose'
                ) END AS match
            FROM \(source)
            LEFT JOIN parts p ON p.origin = i.origin AND p.item = i.leaf
            \(filter)
            ORDER BY \(order) LIMIT \(limit)
            """
    }
}

extension ListedItem {
    init(_ row: Columns) throws {
        let name = try row.ledgerName()
        item = name.description
        sha256 = try row.digest("sha256")
        size = try row.integer("size")
        path = try row.optionalPath("path")
        role = try row.optionalText("role")
        recorder = try row.optionalText("recorder")
        officer = try row.optionalText("officer")
        start = try row.optionalText("startText")
        startFrom = try row.optionalText("startFrom")
        end = try row.optionalText("finishText")
        durationMicroseconds = try row.optionalInteger("duration")
        status = try row.optionalText("status")
        marks = try row.texts("marks")
        quarantineCode = try row.optionalText("quarantineCode")
        sidecars = (try row.optionalText("sidecars") ?? "").split(separator: ",")
            .map { "\(name.station)-\($0)" }
        ingested = Timestamp(milliseconds: try row.integer("ingested"))
        cases = (try row.optionalText("cases") ?? "").split(separator: ",").map(String.init)
        recording = try RecordingPart(row, station: name.station)
        proposed = try row.match()?.proposed.map(\.description) ?? []
    }
}

extension Columns {
    /// What the matcher thought last, as it stands in `match`.
    func match() throws -> MatchRow? {
        guard let text = try optionalText("match"),
            let members = (try? JSONReader.value(of: Array(text.utf8)))?.objectValue
        else { return nil }
        return try? MatchRow(RecordRow(kind: MatchRow.kind, members: members))
    }

    /// A list of strings that stands as JSON in a column.
    func texts(_ name: String) throws -> [String] {
        guard let text = try optionalText(name) else { return [] }
        let json = try? JSONReader.value(of: Array(text.utf8))
        return json?.arrayValue?.compactMap(\.stringValue) ?? []
    }
}
