import Evidence

/// Reads `{"cases": […], "duties": […], "recorders": […]}`, any of the three, with the same names
/// and the same checks as a CSV file.
enum ScheduleJSON {
    /// All of it is held at once, several times over.
    static let sizeLimit = 64 << 20

    static func looksLike(_ bytes: [UInt8]) -> Bool {
        let start = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
        let first = bytes[start...].first { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[") && !isBracketedYear(bytes)
    }

    /// `[2019]…`: a CSV file without a header that begins with a case number is no JSON.
    private static func isBracketedYear(_ bytes: [UInt8]) -> Bool {
        guard let open = bytes.firstIndex(of: UInt8(ascii: "[")), open + 5 < bytes.count else {
            return false
        }
        return bytes[(open + 1)...(open + 4)].allSatisfy { (0x30...0x39).contains($0) }
            && bytes[open + 5] == UInt8(ascii: "]") && open + 6 < bytes.count
            && bytes[open + 6] >= 0x80
    }

    static func read(
        _ bytes: [UInt8], _ desk: inout RowDesk,
        _ take: (RowVerdict) throws(ScheduleFailure) -> Void
    ) throws(ScheduleFailure) {
        guard bytes.count <= sizeLimit else { throw ScheduleFailure(.tooLarge) }
        let marked = bytes.starts(with: [0xef, 0xbb, 0xbf])
        let bytes = marked ? Array(bytes.dropFirst(3)) : bytes
        let value: JSONValue
        do { value = try JSONReader.value(of: bytes) } catch {
            let (line, column) = place(error.offset, in: bytes)
            throw ScheduleFailure(
                .malformedJSON, line: line, column: column, detail: error.problem)
        }
        guard let members = value.objectValue else {
            throw ScheduleFailure(.wrongShape, line: 1)
        }
        let kinds = ScheduleKind.allCases
        guard kinds.contains(where: { members[$0.rawValue] != nil }) else {
            throw ScheduleFailure(
                .wrongShape, line: 1, detail: kinds.map(\.rawValue).joined(separator: ", "))
        }
        desk.summary.encoding = "JSON"
        let lines = rowLines(bytes)
        var ignored = Set(members.keys).subtracting(kinds.map(\.rawValue))
        for kind in kinds {
            guard let member = members[kind.rawValue] else { continue }
            guard let rows = member.arrayValue else {
                throw ScheduleFailure(.wrongShape, detail: kind.rawValue)
            }
            for (index, row) in rows.enumerated() {
                let known = lines[kind.rawValue] ?? []
                let line = index < known.count ? known[index] : 1
                do {
                    let cells = try cells(of: row, kind, desk.words, &ignored)
                    try take(desk.verdict(on: cells, kind, line: line) { _ in nil })
                } catch let refusal as RowRefusal {
                    try take(desk.refused(line, refusal, nil))
                } catch let failure as ScheduleFailure {
                    throw failure
                } catch { throw ScheduleFailure(.wrongShape, line: line) }
            }
        }
        desk.summary.ignored = ignored.sorted()
    }

    private static func cells(
        of row: JSONValue, _ kind: ScheduleKind, _ words: ScheduleWords,
        _ ignored: inout Set<String>
    ) throws(RowRefusal) -> ScheduleCells {
        guard let members = row.objectValue else {
            throw RowRefusal(nil, "An object is expected for each row", "每一行应为一个对象")
        }
        var cells = ScheduleCells()
        for (name, value) in members {
            guard let column = words.columns[ScheduleWords.normal(name)] else {
                if ignored.count < CSVReader.fieldCountLimit { ignored.insert(name) }
                continue
            }
            if kind.unused.contains(column) { ignored.insert(column.name) }
            guard cells[column] == nil else {
                throw RowRefusal(column, "Two members mean the same", "存在含义重复的成员")
            }
            cells[column] = try cell(value, column)
        }
        return cells
    }

    private static func cell(
        _ value: JSONValue, _ column: ScheduleColumn
    ) throws(RowRefusal) -> ScheduleCell? {
        switch value {
        case .null: return nil
        case .string(let text): return .text(text)
        case .integer(let number): return .text(String(number))
        case .decimal(let number): return .text("\(number)")
        case .bool(let flag) where column == .restricted: return .flag(flag)
        case .array(let elements) where column == .officers && elements.contains(where: isObject):
            return .officers(try elements.map(officer))
        case .array(let elements) where column == .recorders && elements.contains(where: isObject):
            return .list(try elements.map(recorder))
        case .array(let elements):
            return .list(
                try elements.map { element throws(RowRefusal) in
                    switch element {
                    case .string(let text): return text
                    case .integer(let number): return String(number)
                    default:
                        throw RowRefusal(column, "A list of texts is expected here", "此处应为文本列表")
                    }
                })
        case .bool, .object:
            throw RowRefusal(column, "A text is expected here", "此处应为文本")
        }
    }

    private static func isObject(_ value: JSONValue) -> Bool { value.objectValue != nil }

    private static func officer(_ value: JSONValue) throws(RowRefusal) -> ScheduledOfficer {
        func text(_ key: String) throws(RowRefusal) -> String? {
            var cells = ScheduleCells()
            guard let member = value[key: key] else { return nil }
            cells[.officers] = try cell(member, .officers)
            return try cells.plainText(.officers)
        }
        let (id, name) = (try text("id"), try text("name"))
        let number = id.flatMap(OfficerList.identifier)
        guard id == nil || number != nil, number != nil || name != nil else {
            throw RowRefusal(.officers, "An officer has an id, a name or both", "执行人员应有编号或姓名")
        }
        return ScheduledOfficer(id: number, name: name)
    }

    /// As a CSV file writes it: `R1/06021`.
    private static func recorder(_ value: JSONValue) throws(RowRefusal) -> String {
        let pieces = [value[key: "id"], value[key: "officer"]].compactMap { $0 }
        let numbers = pieces.compactMap(\.stringValue).compactMap(OfficerList.identifier)
        guard value[key: "id"] != nil, numbers.count == pieces.count else {
            throw RowRefusal(
                .recorders, "A recorder has an id, and the number of an officer", "记录仪应有编号，可附人员编号"
            )
        }
        return numbers.joined(separator: "/")
    }

    /// Line and character, from 1, of a byte.
    private static func place(_ offset: Int, in bytes: [UInt8]) -> (line: Int, column: Int) {
        let end = min(offset, bytes.count)
        let start = bytes[..<end].lastIndex { $0 == 0x0a || $0 == 0x0d }.map { $0 + 1 } ?? 0
        let column = bytes[start..<end].count { $0 & 0xc0 != 0x80 } + 1
        return (ScheduleText.line(at: end, in: bytes), column)
    }

    /// The line on which each element of the lists of the outermost object begins. For bytes that
    /// were read as JSON already.
    private static func rowLines(_ bytes: [UInt8]) -> [String: [Int]] {
        var lines: [String: [Int]] = [:]
        var (line, depth, last) = (1, 0, UInt8(0))
        var (isInString, isEscaped) = (false, false)
        var key: [UInt8] = []
        var expectsElement = false
        for byte in bytes {
            if byte == 0x0d || byte == 0x0a && last != 0x0d { line += 1 }
            last = byte
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                    continue
                }
                if depth == 1 { key.append(byte) }
                continue
            }
            if [0x20, 0x09, 0x0a, 0x0d].contains(byte) { continue }
            if depth == 2, expectsElement, byte != UInt8(ascii: "]") {
                lines[String(decoding: key, as: UTF8.self), default: []].append(line)
                expectsElement = false
            }
            switch byte {
            case UInt8(ascii: "\""):
                isInString = true
                if depth == 1 { key = [] }
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                if depth == 2 { expectsElement = byte == UInt8(ascii: "[") }
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth -= 1
            case UInt8(ascii: ","):
                if depth == 2 { expectsElement = true }
            default: break
            }
        }
        return lines
    }
}
