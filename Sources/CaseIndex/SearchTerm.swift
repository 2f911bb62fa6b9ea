import Evidence

/// What is looked for, or what must not be there: one word or phrase, in any of several spellings.
package struct SearchTerm: Hashable, Sendable {
    /// Folded as the text is; none is empty.
    package private(set) var spellings: [String]
    package let isExcluded: Bool

    private init(_ text: String, isExcluded: Bool) {
        spellings = [SearchText.fold(text)]
        self.isExcluded = isExcluded
        if let number = try? CaseNumber(reading: text) { add(number.description) }
    }

    /// Another way to write the same.
    package mutating func add(_ text: String) {
        let folded = SearchText.fold(text)
        if !folded.isEmpty, !spellings.contains(folded) { spellings.append(folded) }
    }

    /// The terms of a query: words, phrases in quotation marks, each with a `-` before it for what
    /// must not be there. A query that is one case number with spaces in it is one term.
    package static func terms(of query: String) -> [SearchTerm] {
        if query.contains(where: \.isWhitespace), (try? CaseNumber(reading: query)) != nil {
            return [SearchTerm(query, isExcluded: false)]
        }
        var terms: [SearchTerm] = []
        var rest = Substring(query)
        while true {
            rest = rest.drop(while: \.isWhitespace)
            guard let first = rest.first else { return terms }
            let isExcluded = "-－".contains(first) && !(rest.dropFirst().first?.isWhitespace ?? true)
            if isExcluded { rest = rest.dropFirst() }
            let text: Substring
            if let closing = rest.first.flatMap({ quotes[$0] }) {
                let inside = rest.dropFirst()
                text = inside.prefix { $0 != closing }
                rest = inside.dropFirst(text.count + 1)
            } else {
                text = rest.prefix { !$0.isWhitespace }
                rest = rest.dropFirst(text.count)
            }
            if text.contains(where: { !$0.isWhitespace }) {
                terms.append(SearchTerm(String(text), isExcluded: isExcluded))
            }
        }
    }

    private static let quotes: [Character: Character] = [
        "\"": "\"", "“": "”", "„": "“", "「": "」", "『": "』",
    ]

    /// Whether a field, folded, has one of the spellings.
    func isIn(_ folded: String) -> Bool {
        spellings.contains { folded.utf8.contains(sequence: $0.utf8) }
    }
}

extension String.UTF8View {
    fileprivate func contains(sequence other: String.UTF8View) -> Bool {
        let (text, wanted) = (Array(self), Array(other))
        guard text.count >= wanted.count else { return false }
        return (0...text.count - wanted.count).contains { text[$0...].starts(with: wanted) }
    }
}
