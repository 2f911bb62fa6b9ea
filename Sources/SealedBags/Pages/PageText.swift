import Evidence

/// Text for HTML and XML: nothing of what a recorder or a person wrote is taken for markup, and what
/// no eye can see is spelled out.
enum PageText {
    static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in SafeText.of(text).unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    /// Hexadecimal digits in groups of four, eight of them on a line, as a person reads them aloud.
    static func grouped(_ hex: String) -> String {
        let groups = stride(from: 0, to: hex.count, by: 4).map { start in
            String(hex.dropFirst(start).prefix(4))
        }
        return stride(from: 0, to: groups.count, by: 8).map { start in
            groups.dropFirst(start).prefix(8).joined(separator: " ")
        }.joined(separator: "\n")
    }

    /// A moment as a court reads it: China's one zone, to the second. The entries have it in UTC.
    static func time(_ moment: Timestamp) -> String {
        let civil = CivilTime(secondsSince1970: moment.milliseconds / 1000 + 8 * 3600)
        return civil.description.replacing("T", with: " ") + " +08:00"
    }
}
