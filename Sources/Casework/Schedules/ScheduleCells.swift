import Evidence

/// What stands in one cell.
enum ScheduleCell: Hashable {
    case text(String)
    /// A list of a JSON file; a text is split where people put separators.
    case list([String])
    case officers([ScheduledOfficer])
    case flag(Bool)
}

/// The cells of one row by what they mean, read with every precaution.
struct ScheduleCells {
    private var cells = [ScheduleCell?](repeating: nil, count: ScheduleColumn.allCases.count)

    static let textLimit = 4000
    static let shortLimit = 200
    static let listLimit = 200

    subscript(column: ScheduleColumn) -> ScheduleCell? {
        get { cells[column.rawValue] }
        set { cells[column.rawValue] = newValue }
    }

    /// The text of a cell; nil where it is empty. A formula is kept as the text that it is.
    ///
    /// - Parameter isFreeText: line ends and tabs may stand in it, and become spaces.
    func text(
        _ column: ScheduleColumn, isFreeText: Bool = false
    ) throws(RowRefusal) -> String? {
        switch self[column] {
        case nil: return nil
        case .text(let text):
            return try Self.cleaned(text, column, isFreeText: isFreeText)
        case .list, .officers, .flag:
            throw RowRefusal(column, "A text is expected here", "此处应为文本")
        }
    }

    /// As ``text(_:isFreeText:)``, and refused where a spreadsheet would take it for a formula.
    func plainText(_ column: ScheduleColumn) throws(RowRefusal) -> String? {
        guard let text = try text(column) else { return nil }
        try Self.refuseFormula(text, column)
        return text
    }

    /// The parts of a cell that holds several.
    func list(_ column: ScheduleColumn) throws(RowRefusal) -> [String] {
        var parts: [String] = []
        switch self[column] {
        case nil: return []
        case .text(let text):
            parts = Self.parts(of: text, column)
        case .list(let list): parts = list
        case .officers, .flag:
            throw RowRefusal(column, "A list of texts is expected here", "此处应为文本列表")
        }
        guard parts.count <= Self.listLimit else {
            throw RowRefusal(column, "Too many entries", "条目过多")
        }
        var cleaned: [String] = []
        for part in parts {
            if let text = try Self.cleaned(part, column, isFreeText: false) { cleaned.append(text) }
        }
        return cleaned
    }

    private static func parts(of text: String, _ column: ScheduleColumn) -> [String] {
        text.unicodeScalars.split {
            switch $0 {
            // A comma belongs to the names of companies: `Co., Ltd.`
            case ",": column != .parties
            case "、", "，", ";", "；", "|", "\n", "\r", "\t": true
            default: false
            }
        }.map { String($0) }
    }

    /// What spreadsheets run when they open a file: a cell that begins with one of these.
    static func refuseFormula(_ text: String, _ column: ScheduleColumn) throws(RowRefusal) {
        switch text.unicodeScalars.first {
        case "=", "+", "@", "-", "＝", "＋", "＠", "－":
            throw RowRefusal(
                column, "The cell begins like a formula of a spreadsheet", "单元格以公式字符开头")
        default: break
        }
    }

    private static func cleaned(
        _ text: String, _ column: ScheduleColumn, isFreeText: Bool
    ) throws(RowRefusal) -> String? {
        var hasBreaks = false
        var needsTrim = false
        for (index, scalar) in text.unicodeScalars.enumerated() {
            switch scalar.value {
            case 0x09, 0x0a, 0x0d:
                hasBreaks = true
            case 0..<0x20, 0x7f...0x9f, 0x202a...0x202e, 0x2066...0x2069, 0x2028, 0x2029:
                throw RowRefusal(column, "A control character", "含有控制字符")
            case 0x20, 0xa0, 0x3000, 0xfeff, 0x200b: if index == 0 { needsTrim = true }
            default: break
            }
        }
        var view = Substring(text).unicodeScalars
        if hasBreaks || needsTrim || text.unicodeScalars.last.map(isEdge) == true {
            while let first = view.first, isEdge(first) { view.removeFirst() }
            while let last = view.last, isEdge(last) { view.removeLast() }
        }
        guard !view.isEmpty else { return nil }
        if hasBreaks, view.contains(where: { $0.value < 0x20 }) {
            guard isFreeText else {
                throw RowRefusal(column, "A line end or tab within the cell", "单元格内含有换行或制表符")
            }
            var spaced = String.UnicodeScalarView()
            for scalar in view { spaced.append(scalar.value < 0x20 ? " " : scalar) }
            return try limited(String(spaced), column, isFreeText)
        }
        return try limited(String(view), column, isFreeText)
    }

    private static func limited(
        _ text: String, _ column: ScheduleColumn, _ isFreeText: Bool
    ) throws(RowRefusal) -> String {
        guard text.utf8.count <= (isFreeText ? textLimit : shortLimit * 3) else {
            throw RowRefusal(column, "Too long", "内容过长")
        }
        return text
    }

    private static func isEdge(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0a, 0x0d, 0x20, 0xa0, 0x3000, 0xfeff, 0x200b: true
        default: false
        }
    }
}
