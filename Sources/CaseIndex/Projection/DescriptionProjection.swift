import Evidence

/// A `description` gives an item its facts, each a row, in place of those it had.
enum DescriptionProjection: RowProjection {
    static let event = CustodyEventKind.description
    static let kind = DescriptionRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let description = try DescriptionRow(row)
        guard let name = LedgerName(description.item),
            let before = try tables.row(
                """
                SELECT \(IndexTables.timeColumns), isFootage, status, described FROM items
                WHERE origin = ? AND leaf = ? AND station = ?
                """, [.integer(name.leaf), .text(name.station)])
        else { throw MalformedEntry(problem: "a description of no item") }
        let item = name.leaf
        try tables.count(description.facts, of: before)
        let isNew = try before.optionalInteger("described") == nil
        if !isNew {
            try tables.run("DELETE FROM facts WHERE origin = ? AND item = ?", [.integer(item)])
        }
        let values = FactRows.ofItem(row)
        try tables.setFacts(of: item, values)
        try tables.describe(item, before, description.facts, leaf: event.index)
        try tables.group(item: item, parameters: FactRows.parameters(values), isNew: isNew)
        try tables.boundClocks(by: item)
        tables.refreshSearch(of: item)
    }
}

extension IndexTables {
    /// An item that has none gets the facts of a `description`.
    func setFacts(of item: Int64, _ facts: [(name: String, value: Value)]) throws {
        // All in one statement: they are many.
        let values = facts.map { ($0.name, $0.value.json) }
        try run(
            """
            INSERT INTO facts (origin, item, name, value)
            SELECT ?1, ?2, key, value FROM json_each(?3)
            """,
            [
                .integer(item),
                .text(JSONWriter.line(.object(Dictionary(values, uniquingKeysWith: { $1 })))),
            ])
    }
}

/// Facts as rows: every value of a row's members under a path-like name (`streams[0]/codec`), so
/// that a field the index has never heard of is kept, and found again.
enum FactRows {
    /// All that a row of a `description` says of its item.
    static func ofItem(_ row: RecordRow) -> [(name: String, value: IndexTables.Value)] {
        var members = row.members
        members["item"] = nil
        return flattened(members)
    }

    static func flattened(
        _ members: [String: JSONValue]
    ) -> [(name: String, value: IndexTables.Value)] {
        var out: [(name: String, value: IndexTables.Value)] = []
        for (key, value) in members.sorted(by: { $0.key < $1.key }) {
            flatten(value, name: escaped(key), into: &out)
        }
        return out
    }

    private static func flatten(
        _ value: JSONValue, name: String, into out: inout [(name: String, value: IndexTables.Value)]
    ) {
        switch value {
        case .null, .decimal: break
        case .bool(let flag): out.append((name, .init(flag)))
        case .integer(let number): out.append((name, .integer(number)))
        case .string(let text): out.append((name, .text(text)))
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                flatten(element, name: "\(name)[\(index)]", into: &out)
            }
        case .object(let members):
            for (key, value) in members.sorted(by: { $0.key < $1.key }) {
                flatten(value, name: name + "/" + escaped(key), into: &out)
            }
        }
    }

    /// Codecs, picture size and rates: what a recorder does not change within a take.
    static func parameters(_ facts: [(name: String, value: IndexTables.Value)]) -> String {
        let kept: Set = ["codec", "width", "height", "sampleRate", "channels"]
        return facts.filter { name, _ in
            name.hasPrefix("streams[")
                && name.split(separator: "/").last.map { kept.contains(String($0)) } ?? false
        }.map { "\($0.name)=\(JSONWriter.line($0.value.json))" }.sorted().joined(separator: " ")
    }

    /// The members again, out of rows in any order.
    static func members(_ rows: [(name: String, value: JSONValue)]) -> [String: JSONValue] {
        let root = Node()
        for (name, value) in rows { root.set(steps(of: name)[...], value) }
        return root.object
    }

    // `~` escapes as in JSON Pointer (RFC 6901), and `[` besides.
    private static func escaped(_ key: String) -> String {
        guard key.utf8.contains(where: { "~/[".utf8.contains($0) }) else { return key }
        var out = ""
        for scalar in key.unicodeScalars {
            switch scalar {
            case "~": out += "~0"
            case "/": out += "~1"
            case "[": out += "~2"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    private enum Step: Hashable {
        case key(String)
        case index(Int)
    }

    private static func steps(of name: String) -> [Step] {
        var steps: [Step] = []
        for part in name.split(separator: "/", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
            steps.append(.key(unescaped(pieces[0])))
            for piece in pieces.dropFirst() { steps.append(.index(Int(piece.dropLast()) ?? 0)) }
        }
        return steps
    }

    private static func unescaped(_ part: Substring) -> String {
        guard part.utf8.contains(UInt8(ascii: "~")) else { return String(part) }
        var out = ""
        var scalars = part.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            guard scalar == "~" else {
                out.unicodeScalars.append(scalar)
                continue
            }
            switch scalars.next() {
            case "1": out += "/"
            case "2": out += "["
            default: out += "~"
            }
        }
        return out
    }

    /// Built up step by step, and turned into JSON at the end.
    private final class Node {
        private var value: JSONValue?
        private var keys: [String: Node] = [:]
        private var elements: [Int: Node] = [:]

        func set(_ steps: ArraySlice<Step>, _ value: JSONValue) {
            var node = self
            for step in steps { node = node.child(step) }
            node.value = value
        }

        private func child(_ step: Step) -> Node {
            let next: Node
            switch step {
            case .key(let key):
                next = keys[key] ?? Node()
                keys[key] = next
            case .index(let index):
                next = elements[index] ?? Node()
                elements[index] = next
            }
            return next
        }

        var object: [String: JSONValue] { keys.mapValues(\.json) }

        private var json: JSONValue {
            if let value { return value }
            guard elements.isEmpty else {
                return .array(elements.sorted { $0.key < $1.key }.map(\.value.json))
            }
            return .object(object)
        }
    }
}
