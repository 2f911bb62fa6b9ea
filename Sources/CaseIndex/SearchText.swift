/// How text is found: every word anywhere in what an item is called and in what is known of its
/// cases, capitals or not, full-width or not.
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

    static func fold(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            // Capitals of ASCII, the rest of it, and Chinese: most of what there is, and quick.
            case 0x41...0x5a: scalars.append(Unicode.Scalar(UInt8(scalar.value + 0x20)))
            case 0x20..<0x7f, 0x4e00...0x9fff: scalars.append(scalar)
            // A line feed ends a field, and SQLite's text ends at a NUL.
            case 0, 0x0a, 0x3000: scalars.append(" ")
            // Full-width forms of ASCII.
            case 0xff01...0xff5e:
                let narrow = Unicode.Scalar(UInt8(scalar.value - 0xfee0))
                scalars.append(contentsOf: narrow.properties.lowercaseMapping.unicodeScalars)
            default: scalars.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
            }
        }
        return String(scalars)
    }

    /// The grams of a text, each once, in order: up to three Unicode scalars in one number.
    static func grams(of text: String) -> [UInt64] {
        let scalars = text.unicodeScalars.map { UInt64($0.value) }
        var grams: [UInt64] = []
        grams.reserveCapacity(scalars.count)
        for start in scalars.indices.dropLast() where scalars[start] != lineFeed {
            let (first, second) = (scalars[start], scalars[start + 1])
            guard first < 0x80, second < 0x80 else {
                grams.append((first << scalarBits | second) << scalarBits | none)
                continue
            }
            guard second != lineFeed, start + 2 < scalars.count else { continue }
            let third = scalars[start + 2]
            guard third < 0x80, third != lineFeed else { continue }
            grams.append((first << scalarBits | second) << scalarBits | third)
        }
        grams.sort()
        var last: UInt64?
        grams.removeAll { gram in
            defer { last = gram }
            return gram == last
        }
        return grams
    }

    /// A Unicode scalar has 21 bits.
    private static let scalarBits: UInt64 = 21
    private static let lineFeed: UInt64 = 0x0a
    /// Stands where a gram has no third scalar; no scalar is that large.
    private static let none: UInt64 = 1 << scalarBits - 1

    /// The grams as words for the tokenizer, in hexadecimal digits: two for each of three ASCII
    /// characters, else six for each of two scalars, so that a word begins with its first scalar.
    /// No scalar's six begin as an ASCII character's two do.
    static func spelled(_ grams: [UInt64]) -> String {
        var out: [UInt8] = []
        out.reserveCapacity(grams.count * 13)
        for gram in grams {
            if !out.isEmpty { out.append(0x20) }
            let (first, second) = (gram >> (2 * scalarBits), gram >> scalarBits & none)
            if gram & none == none {
                spell(first, into: &out)
                spell(second, into: &out)
            } else {
                spell(first << 16 | second << 8 | gram & none, into: &out)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// Six digits.
    private static func spell(_ number: UInt64, into out: inout [UInt8]) {
        for shift: UInt64 in [20, 16, 12, 8, 4, 0] {
            let digit = UInt8(truncatingIfNeeded: number >> shift & 15)
            out.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
        }
    }

    /// The FTS5 expression that every item with these terms satisfies; nil where they are too short
    /// to narrow anything.
    static func expression(for terms: [SearchTerm]) -> String? {
        let parts = terms.filter { !$0.isExcluded }.compactMap { term -> String? in
            let spellings = term.spellings.map { expression(for: $0) }
            // Any of them will do: one that narrows nothing leaves the term open.
            guard !spellings.contains(nil) else { return nil }
            return "(" + spellings.compactMap { $0 }.joined(separator: " OR ") + ")"
        }
        return parts.isEmpty ? nil : Set(parts).sorted().joined(separator: " AND ")
    }

    private static func expression(for spelling: String) -> String? {
        let grams = grams(of: spelling)
        var terms = Set(grams.map { "\"\(spelled([$0]))\"" })
        // One character that is not ASCII begins a gram, if only with the field's end.
        let scalars = spelling.unicodeScalars
        if grams.isEmpty, scalars.count == 1, let only = scalars.first, only.value >= 0x80 {
            var digits: [UInt8] = []
            spell(UInt64(only.value), into: &digits)
            terms.insert("\"\(String(decoding: digits, as: UTF8.self))\" *")
        }
        return terms.isEmpty ? nil : "(" + terms.sorted().joined(separator: " AND ") + ")"
    }
}
