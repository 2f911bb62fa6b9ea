import Evidence

/// The account of an import as CSV (RFC 4180, UTF-8 with a byte order mark, as spreadsheets expect):
/// a line for every row of the file. No cell of the file stands in it.
package enum ScheduleReport {
    /// The first line, with the byte order mark and the end of line.
    package static let header =
        "\u{feff}line,column,field,result,reason_zh,reason_en\r\n"

    /// The line for one row, with its end of line.
    package static func line(
        _ verdict: RowVerdict, _ answer: ScheduleDifference.Answer
    ) -> String {
        var (column, field, result) = ("", "", "")
        var reasons = verdict.warnings
        switch answer {
        case .accepted: result = "accepted"
        case .unchanged: result = "unchanged"
        case .changed(let fields):
            result = "changed"
            field = fields.joined(separator: " ")
        case .repeated(let line):
            result = "repeated"
            reasons = [Bilingual("The same as line \(line)", "与第\(line)行相同")]
        case .refused(let refusal):
            result = "refused"
            column = refusal.column.map(String.init) ?? ""
            field = refusal.field ?? ""
            reasons = [refusal.reason]
        }
        let cells = [
            String(verdict.line), column, field, result,
            reasons.map(\.chinese).joined(separator: "；"),
            reasons.map(\.english).joined(separator: "; "),
        ]
        return cells.map(cell).joined(separator: ",") + "\r\n"
    }

    /// A cell that a spreadsheet shows as it is: quoted where it must be, and with an apostrophe
    /// before what would be run as a formula.
    package static func cell(_ text: String) -> String {
        var text = text
        switch text.unicodeScalars.first {
        case "=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠": text = "'" + text
        default: break
        }
        guard text.utf8.contains(where: { [0x22, 0x2c, 0x3b, 0x09, 0x0a, 0x0d].contains($0) })
        else { return text }
        return "\""
            + text.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }
}
