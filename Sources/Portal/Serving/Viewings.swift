import Evidence
import HTTPTypes
import Hummingbird

/// Who did something, for the eye.
enum PersonText {
    /// An account by its name, whatever else as the record has it.
    static func of(_ by: String) -> String {
        by.hasPrefix("account:") ? String(by.dropFirst("account:".count)) : by
    }

    static func of(_ by: JSONValue?) -> String { of(by?.stringValue ?? "") }
}

/// Who saw what, for pages and for tables.
enum Viewings {
    static func values(of viewing: JSONValue, _ language: Language) -> [String: Any] {
        let how = viewing[key: "how"]?.stringValue ?? ""
        return [
            "item": viewing[key: "item"]?.stringValue ?? "",
            "time": viewing[key: "time"]?.stringValue.flatMap { Timestamp($0) }
                .map { LocalMoment.text($0) } ?? "",
            "by": PersonText.of(viewing[key: "by"]),
            "how": Texts.all.text("how-" + how, in: language),
            "why": viewing[key: "why"]?.stringValue.map { said in
                ["search", "inbox", "events"].contains(said)
                    ? Texts.all.text("why-" + said, in: language) : said
            } ?? "",
        ]
    }

    /// As JSON, or as a table (RFC 4180) where that is asked for.
    static func answer(
        _ viewings: [JSONValue], to request: Request, _ context: PortalContext
    ) throws -> Response {
        guard
            request.query("format") == "csv"
                || request.headers[.accept]?.contains("text/csv") == true
        else { return try Response(json: ["viewings": .array(viewings)], request) }
        let columns = ["time", "by", "how", "why", "item", "caseNumber", "leaf"]
        let lines = viewings.map { viewing in
            TableLine.of(
                columns.map { column in
                    let value = viewing[key: column]
                    let text = value?.stringValue ?? value?.integerValue.map(String.init) ?? ""
                    return TableLine.spreadsheetSafe(SafeText.of(text))
                })
        }
        let table = ([columns.joined(separator: ",")] + lines).joined(separator: "\r\n")
        var response = Response(
            .ok, Array(("\u{feff}" + table + "\r\n").utf8), type: "text/csv; charset=utf-8",
            caching: "no-store")
        if let disposition = HTTPField.Name("Content-Disposition") {
            response.headers[disposition] = "attachment; filename=\"viewings.csv\""
        }
        return response
    }
}
