/// Swift (or C) text without comments and without the text of string literals, line for line.
struct CodeText {
    private let text: [Character]
    private var index = 0
    private var out = ""

    static func code(of text: String) -> String {
        var scanner = CodeText(text)
        scanner.scan(untilClosing: false)
        return scanner.out
    }

    private init(_ text: String) { self.text = Array(text) }

    private func starts(_ word: String) -> Bool {
        var look = index
        for character in word {
            guard look < text.count, text[look] == character else { return false }
            look += 1
        }
        return true
    }

    /// Passes over so many characters; only line ends are kept.
    private mutating func skip(_ count: Int) {
        for _ in 0..<count where index < text.count {
            if text[index].isNewline { out.append(text[index]) }
            index += 1
        }
    }

    /// - Parameter untilClosing: ends at the `)` that closes an interpolation.
    private mutating func scan(untilClosing: Bool) {
        var depth = 1
        while index < text.count {
            if starts("//") {
                while index < text.count, !text[index].isNewline { index += 1 }
            } else if starts("/*") {
                skipBlock()
            } else if let pounds = literalPounds() {
                skipLiteral(pounds: pounds)
            } else {
                let character = text[index]
                if untilClosing, character == "(" { depth += 1 }
                if untilClosing, character == ")" {
                    depth -= 1
                    if depth == 0 { return }
                }
                out.append(character)
                index += 1
            }
        }
    }

    private mutating func skipBlock() {
        var depth = 0
        repeat {
            if starts("/*") {
                depth += 1
                skip(2)
            } else if starts("*/") {
                depth -= 1
                skip(2)
            } else {
                skip(1)
            }
        } while depth > 0 && index < text.count
    }

    /// The number of `#` before the quotation mark that a literal begins with here.
    private func literalPounds() -> Int? {
        var look = index
        while look < text.count, text[look] == "#" { look += 1 }
        return look < text.count && text[look] == "\"" ? look - index : nil
    }

    private mutating func skipLiteral(pounds: Int) {
        skip(pounds)
        let quotes = starts("\"\"\"") ? 3 : 1
        out.append("\"")
        skip(quotes)
        let marks = String(repeating: "#", count: pounds)
        let end = String(repeating: "\"", count: quotes) + marks
        while index < text.count, !starts(end) {
            if starts("\\" + marks + "(") {
                skip(2 + pounds)
                out.append("(")
                scan(untilClosing: true)
                out.append(")")
                skip(1)
            } else if text[index] == "\\" {
                skip(1)
                if index < text.count { skip(1) }
            } else if quotes == 1, text[index].isNewline {
                break
            } else {
                skip(1)
            }
        }
        if starts(end) { skip(end.count) }
        out.append("\"")
    }
}
