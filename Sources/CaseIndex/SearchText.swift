/// How text is found: every word anywhere in what an item is called, capitals or not.
///
/// An item's text is its fields in lower case, each ended by a line feed, which no word can hold.
/// Beside it stand its grams in an FTS5 table: three letters in a row where all are ASCII, two
/// where one is not, so that two Chinese characters are found. (SQLite's own trigrams answer two
/// characters with nothing, silently.) The grams narrow the search; the text itself decides.
enum SearchText {
    /// The text of an item out of its fields.
    static func folded(_ fields: [String]) -> String {
        fields.reduce(into: "") { $0 += fold($1) + "\n" }
    }

    /// The words of a query, folded alike; each must be found.
    static func words(_ query: String) -> [String] {
        query.split(whereSeparator: \.isWhitespace).map { fold(String($0)) }
            .filter { !$0.isEmpty }
    }

    private static func fold(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            // A line feed ends a field, and SQLite's text ends at a NUL.
            if scalar == "\n" || scalar.value == 0 {
                scalars.append(" ")
            } else {
                scalars.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
            }
        }
        return String(scalars)
    }

    /// The grams of an item's text, each once, as words of ASCII letters for the tokenizer.
    static func grams(of text: String) -> Set<String> {
        let scalars = text.unicodeScalars.map(\.value)
        var grams: Set<String> = []
        for start in scalars.indices {
            if let gram = gram(at: start, of: scalars) { grams.insert(gram) }
        }
        return grams
    }

    private static func gram(at start: Int, of scalars: [UInt32]) -> String? {
        guard start + 1 < scalars.count, scalars[start] != lineFeed else { return nil }
        let (first, second) = (scalars[start], scalars[start + 1])
        guard first < 0x80, second < 0x80 else { return spelled(first) + spelled(second) }
        guard start + 2 < scalars.count, second != lineFeed else { return nil }
        let third = scalars[start + 2]
        guard third < 0x80, third != lineFeed else { return nil }
        return spelled(first) + spelled(second) + spelled(third)
    }

    private static let lineFeed: UInt32 = 0x0a

    private static func spelled(_ scalar: UInt32) -> String { String(scalar, radix: 16) + "x" }

    /// The FTS5 expression that every item with these words satisfies; nil where the words are too
    /// short to narrow anything.
    static func expression(for words: [String]) -> String? {
        var terms: Set<String> = []
        for word in words {
            let grams = grams(of: word)
            terms.formUnion(grams.map { "\"\($0)\"" })
            // One character that is not ASCII begins a gram, if only with the field's end.
            let scalars = word.unicodeScalars
            if grams.isEmpty, scalars.count == 1, let only = scalars.first, only.value >= 0x80 {
                terms.insert("\"\(spelled(only.value))\" *")
            }
        }
        return terms.isEmpty ? nil : terms.sorted().joined(separator: " AND ")
    }
}
