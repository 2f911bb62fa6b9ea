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
            var visible = filter.sight.map { VisibleCases($0, self) }
            // By a case that somebody may not see he finds nothing.
            if let number = filter.caseNumber, try visible?.has(number.description) == false {
                return []
            }
            var (found, filter) = ([ListedItem](), filter)
            while found.count < filter.limit {
                let page = try page(filter, db)
                for item in page {
                    if let seen = try seen(item, filter.terms, &visible, db) { found.append(seen) }
                }
                // What was left out makes room for what comes after.
                guard page.count == filter.limit, let last = page.last else { break }
                filter.after = last.cursor
            }
            return Array(found.prefix(filter.limit))
        }
    }

    private func page(_ filter: ListFilter, _ db: Database) throws -> [ListedItem] {
        var query = ListQuery(filter)
        // A case has few recordings, and so has who sees few cases: they are all looked at.
        if filter.caseNumber == nil, !query.isUnordered,
            let expression = SearchText.expression(for: filter.terms),
            try Self.isRare(expression, limit: filter.limit, db)
        {
            query.narrow(to: expression)
        }
        return try db.rows(query.sql, query.values).map { try ListedItem($0) }
    }

    /// The item with why it was found, by what somebody may see of it: nil where it was found, or not
    /// left out, by what is said of cases that he may not see.
    private func seen(
        _ item: ListedItem, _ terms: [SearchTerm], _ visible: inout VisibleCases?, _ db: Database
    ) throws -> ListedItem? {
        guard !terms.isEmpty else { return item }
        let shown = try item.cases.filter { try visible?.has($0) ?? true }
        let fields = try IndexTables(db: db, origin: item.cursor.origin).searchFields(
            of: item.cursor.leaf, ofCases: visible == nil ? nil : Set(shown))
        let texts = fields.map { SearchText.fold($0.text) }
        let fits = terms.allSatisfy { term in
            texts.contains { term.isIn($0) } != term.isExcluded
        }
        guard visible == nil || fits else { return nil }
        let wanted = terms.filter { !$0.isExcluded }
        var item = item
        var seen: Set<String> = []
        item.matched = zip(fields, texts).filter { field, text in
            wanted.contains { $0.isIn(text) } && seen.insert(field.shown).inserted
        }.map(\.0)
        return item
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
    /// Whether all rows of the source are to be sorted, which come in no order of the list.
    private(set) var isUnordered = false
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
        if let mark = filter.mark {
            add("instr(i.marks, ?) > 0", .text(JSONWriter.line(.string(mark))))
        }
        if let least = filter.minDuration { add("i.duration >= ?", .integer(least)) }
        if let most = filter.maxDuration { add("i.duration <= ?", .integer(most)) }
        if let state = filter.state { self.add(state) }
        if !filter.courts.isEmpty { self.add(courts: filter.courts) }
        if let sight = filter.sight { self.add(sight) }
        if filter.hidesRestricted { conditions.append(Self.isUnrestricted) }
        if let cursor = filter.after { self.add(cursor) }
        self.add(filter.terms, filter.sight)
        if !filter.includesSidecars, filter.state != .deleted {
            conditions.append("i.isListed = 1")
        }
    }

    private mutating func add(_ terms: [SearchTerm], _ sight: ListFilter.Sight?) {
        for term in terms {
            let sign = term.isExcluded ? "= 0" : "> 0"
            let each = term.spellings.map { _ in "instr(i.search, ?) \(sign)" }
            var condition = each.joined(separator: term.isExcluded ? " AND " : " OR ")
            // What stands in a case that he may not see leaves nothing out: such items are looked at
            // one by one.
            if term.isExcluded, let sight { condition += " OR " + Self.hasHiddenCase(sight) }
            conditions.append("(" + condition + ")")
            values += term.spellings.map(IndexTables.Value.text)
            if term.isExcluded, let sight {
                values.append(.text(Self.list(sight.cases)))
                values += CourtCondition.values(sight.courts)
            }
        }
    }

    private mutating func add(_ state: ListFilter.State) {
        switch state {
        case .assigned: conditions.append("i.links > 0")
        case .proposed, .inbox:
            conditions.append(
                """
                i.links = 0 AND i.isFootage = 1 AND \(state == .inbox ? "NOT " : "")EXISTS (
                    SELECT 1 FROM matches m WHERE m.origin = i.origin AND m.item = i.leaf
                        AND m.decision = 'propose')
                """)
        case .quarantined: conditions.append("i.quarantineCode IS NOT NULL")
        case .deleted: conditions.append("i.deleted IS NOT NULL AND i.isFootage = 1")
        case .sound, .damaged, .encrypted, .unreadable:
            conditions.append("i.status = ?")
            values.append(.text(state.rawValue))
        }
    }

    private mutating func add(courts: [String]) {
        let each = courts.map { _ in CourtCondition.sql(of: "k.number") }
        conditions.append(
            """
            EXISTS (SELECT 1 FROM assignments k WHERE k.origin = i.origin AND k.item = i.leaf
                AND k.stands = 1 AND (\(each.joined(separator: " OR "))))
            """)
        values += CourtCondition.values(courts)
    }

    private mutating func add(_ sight: ListFilter.Sight) {
        var ways: [String] = []
        if let officer = sight.officer {
            ways.append("i.officer = ?")
            values.append(.text(officer))
        }
        let whole = """
            EXISTS (SELECT 1 FROM assignments k WHERE k.origin = i.origin AND k.item = i.leaf
                AND k.stands = 1 AND k.begins = 0 AND k.ends IS NULL AND
            """
        if !sight.cases.isEmpty {
            ways.append(whole + " k.number IN (SELECT value FROM json_each(?)))")
            values.append(.text(Self.list(sight.cases)))
        }
        if !sight.courts.isEmpty {
            let each = sight.courts.map { _ in CourtCondition.sql(of: "k.number") }
                .joined(separator: " OR ")
            ways.append(
                """
                (i.links > 0 AND \(whole) (\(each))) AND \(Self.isUnrestricted))
                """)
            values += CourtCondition.values(sight.courts)
        }
        conditions.append(ways.isEmpty ? "0" : "(" + ways.joined(separator: " OR ") + ")")
        // Few cases are a small part of all footage: they are fetched and sorted.
        if sight.courts.isEmpty, sight.officer == nil, source == "items i" {
            isUnordered = true
            source = """
                (SELECT DISTINCT a.origin, a.item FROM assignments a
                    WHERE a.stands = 1 AND a.number IN (SELECT value FROM json_each(?))) g
                CROSS JOIN items i ON i.origin = g.origin AND i.leaf = g.item
                """
            values.insert(.text(Self.list(sight.cases)), at: 0)
        }
    }

    /// Of an item: it is linked to a case that somebody may not see; given his cases and his courts.
    private static func hasHiddenCase(_ sight: ListFilter.Sight) -> String {
        let courts = ["0"] + sight.courts.map { _ in CourtCondition.sql(of: "k.number") }
        return """
            EXISTS (
                SELECT 1 FROM assignments k
                LEFT JOIN cases c ON c.origin = k.origin AND c.number = k.number
                LEFT JOIN restrictions r ON r.origin = k.origin AND r.number = k.number
                WHERE k.origin = i.origin AND k.item = i.leaf AND k.stands = 1
                    AND k.number NOT IN (SELECT value FROM json_each(?))
                    AND (ifnull(\(CaseRestriction.holds), 0)
                        OR NOT (\(courts.joined(separator: " OR ")))))
            """
    }

    /// Of an item: none of its cases is restricted.
    private static let isUnrestricted = """
        NOT EXISTS (
            SELECT 1 FROM assignments k
            LEFT JOIN cases c ON c.origin = k.origin AND c.number = k.number
            LEFT JOIN restrictions r ON r.origin = k.origin AND r.number = k.number
            WHERE k.origin = i.origin AND k.item = i.leaf AND k.stands = 1
                AND \(CaseRestriction.holds))
        """

    private static func list(_ texts: [String]) -> String {
        JSONWriter.line(.array(texts.map(JSONValue.string)))
    }

    private mutating func add(_ cursor: ListCursor) {
        conditions.append(
            "(i.start <= ? AND (i.start < ? OR i.leaf < ? OR i.leaf = ? AND i.origin > ?))")
        values += [
            .integer(cursor.start), .integer(cursor.start), .integer(cursor.leaf),
            .integer(cursor.leaf), .integer(cursor.origin),
        ]
    }

    /// Only what has all those grams: the matches are fetched by their keys, and sorted.
    mutating func narrow(to expression: String) {
        isUnordered = true
        source = """
            (SELECT rowid AS number FROM grams WHERE grams MATCH ?) g
            CROSS JOIN items i ON i.origin = g.number >> \(IndexTables.leafBits)
                AND i.leaf = g.number & \(1 << IndexTables.leafBits - 1)
            """
        values.insert(.text(expression), at: 0)
    }

    var sql: String {
        let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        // What is told of a recording is fetched for those of the page alone.
        let rows =
            isUnordered
            ? """
            (SELECT i.origin, i.leaf FROM \(source) \(filter) ORDER BY \(order) LIMIT \(limit)) page
            CROSS JOIN items i ON i.origin = page.origin AND i.leaf = page.leaf
            """ : source
        return """
            SELECT i.origin, i.start, i.station, i.leaf, i.ingested, i.sha256, i.size, i.path, i.role, i.recorder,
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
                    SELECT m.proposed FROM matches m
                    WHERE m.origin = i.origin AND m.item = i.leaf
                ) END AS proposed
            FROM \(rows)
            LEFT JOIN parts p ON p.origin = i.origin AND p.item = i.leaf
            \(isUnordered ? "" : filter)
            ORDER BY \(order) LIMIT \(limit)
            """
    }
}

/// Whether a case is of a court: `（2019）闽06执123号` has its code behind the year, and no digit
/// behind the code.
enum CourtCondition {
    static func sql(of column: String) -> String {
        """
        (substr(\(column), 7, length(?)) = ?
            AND substr(\(column), 7 + length(?), 1) NOT GLOB '[0-9]')
        """
    }

    /// What each court's condition is given.
    static func values(_ courts: [String]) -> [IndexTables.Value] {
        courts.flatMap { [.text($0), .text($0), .text($0)] }
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
        cursor = ListCursor(
            start: try row.integer("start"), leaf: name.leaf, origin: try row.integer("origin"))
        proposed = try row.texts("proposed")
    }
}

extension Columns {
    /// A list of strings that stands as JSON in a column.
    func texts(_ name: String) throws -> [String] {
        guard let text = try optionalText(name) else { return [] }
        let json = try? JSONReader.value(of: Array(text.utf8))
        return json?.arrayValue?.compactMap(\.stringValue) ?? []
    }
}

/// Which cases somebody may see, as his sight says it.
private struct VisibleCases {
    private let opened: Set<String>
    private let courts: Set<String>
    private let reader: IndexReader
    private var known: [String: Bool] = [:]

    init(_ sight: ListFilter.Sight, _ reader: IndexReader) {
        self.reader = reader
        (opened, courts) = (Set(sight.cases), Set(sight.courts))
    }

    mutating func has(_ text: String) throws -> Bool {
        if opened.contains(text) { return true }
        if let known = known[text] { return known }
        var may = false
        if let number = try? CaseNumber(reading: text), courts.contains(number.court) {
            may = try !reader.restriction(of: number).isRestricted
        }
        known[text] = may
        return may
    }
}
