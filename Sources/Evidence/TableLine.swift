/// Lines of a table as RFC 4180 writes them.
package enum TableLine {
    /// The fields, quoted where they need it; without an end of line.
    package static func of(_ fields: [String]) -> String {
        fields.map(quoted).joined(separator: ",")
    }

    /// What a spreadsheet would take for a formula begins with an apostrophe.
    package static func spreadsheetSafe(_ text: String) -> String {
        text.utf8.first.map { "=+-@".utf8.contains($0) } == true ? "'" + text : text
    }

    private static func quoted(_ field: String) -> String {
        guard field.utf8.contains(where: { [0x22, 0x2c, 0x0a, 0x0d].contains($0) }) else {
            return field
        }
        return "\""
            + field.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }
}
