import Mustache

/// Text within HTML, sign by sign: the library's own way goes by what looks like one character, and
/// lets a `<` through that a letter or a mark is joined to.
struct EscapedText: MustacheContentType {
    static let name = "ESCAPED"

    func escapeText(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for sign in text.unicodeScalars {
            switch sign {
            case "<": result.append(contentsOf: "&lt;".unicodeScalars)
            case ">": result.append(contentsOf: "&gt;".unicodeScalars)
            case "&": result.append(contentsOf: "&amp;".unicodeScalars)
            case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
            case "'": result.append(contentsOf: "&#39;".unicodeScalars)
            default: result.append(sign)
            }
        }
        return String(result)
    }
}
