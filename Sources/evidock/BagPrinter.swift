import Assembly
import Evidence

/// What checking a sealed bag gave, a line for each layer.
enum BagPrinter {
    static func print(_ check: BagCheck, path: String) {
        Terminal.line(
            SafeText.of(path) + Bilingual(": ", "：").text(in: language)
                + check.verdict.text(in: language))
        for line in check.lines {
            guard let name = line[key: "name"]?.stringValue else { continue }
            let result = line[key: "result"]?.stringValue ?? ""
            let (sign, word) =
                switch result {
                case "holds": ("✓", Bilingual("holds", "成立"))
                case "fails": ("✗", Bilingual("FAILS", "不成立"))
                case _ where line[key: "layer"]?.stringValue == "trust-copies":
                    ("–", Bilingual("not used", "不采用"))
                default: ("–", Bilingual("not shown", "未证明"))
                }
            let message = line[key: "message"]?.stringValue ?? ""
            Terminal.line(
                "  \(sign) \(name): \(word.text(in: language))"
                    + (message.isEmpty ? "" : " (\(message))"))
            for finding in line[key: "findings"]?.arrayValue ?? [] { print(finding) }
        }
    }

    private static func print(_ finding: JSONValue) {
        Terminal.line("      " + FindingLine.text(finding))
        for (key, words) in [
            ("expected", Bilingual("expected", "应为")), ("found", Bilingual("found", "实为")),
        ] {
            guard let value = finding[key: key]?.stringValue else { continue }
            Terminal.line("        \(words.text(in: language)) \(SafeText.of(value))")
        }
    }
}
