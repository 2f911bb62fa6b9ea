/// A part of a case number that somebody looks for: `执123`, `2019执`, `闽06`, `123号`.
///
/// A part can be understood in more than one way (`2019` is a year or a number): each is a
/// ``Pattern``, and a case number that fits any of them is found. An index asks for the patterns
/// joined by OR, and for the fields of a pattern joined by AND.
package struct CaseNumberQuery: Hashable, Sendable {
    /// What a text of the number must be.
    package enum Match: Hashable, Sendable {
        case exactly(String)
        case beginning(String)
        case ending(String)
        case containing(String)

        package func accepts(_ text: String) -> Bool {
            switch self {
            case .exactly(let part): text == part
            case .beginning(let part): text.hasPrefix(part)
            case .ending(let part): text.hasSuffix(part)
            case .containing(let part): text.contains(part)
            }
        }
    }

    /// One way to understand the part. What is nil may be anything.
    package struct Pattern: Hashable, Sendable {
        package var year: Int?
        package var courtSign: Match?
        package var courtDigits: Match?
        package var type: Match?
        package var number: Int?
        package var suffix: Int?

        package func accepts(_ number: CaseNumber) -> Bool {
            if let year, year != number.year { return false }
            if let wanted = self.number, wanted != number.number { return false }
            if let suffix, suffix != number.suffix { return false }
            return courtSign?.accepts(number.courtSign) ?? true
                && courtDigits?.accepts(number.courtDigits) ?? true
                && type?.accepts(number.type) ?? true
        }

        var isEmpty: Bool { self == Pattern() }
    }

    /// At least one.
    package let patterns: [Pattern]

    /// Nil where the text has signs that no case number has, or none at all: it is looked for as
    /// words then.
    package init?(_ text: String) {
        guard text.utf8.count <= CaseNumber.lengthLimit else { return nil }
        if let whole = try? CaseNumber(reading: text) {
            var pattern = Pattern()
            (pattern.year, pattern.number, pattern.suffix) = (
                whole.year, whole.number, whole.suffix
            )
            pattern.courtSign = .exactly(whole.courtSign)
            pattern.courtDigits = .exactly(whole.courtDigits)
            pattern.type = .exactly(whole.type)
            patterns = [pattern]
            return
        }
        guard let pieces = CaseNumberPieces(text) else { return nil }
        let found = pieces.patterns()
        guard !found.isEmpty else { return nil }
        patterns = found
    }

    package func accepts(_ number: CaseNumber) -> Bool {
        patterns.contains { $0.accepts(number) }
    }
}

/// The runs of digits and of words in a part of a case number.
struct CaseNumberPieces {
    private enum Piece {
        /// Digits, and what the signs around them say they are.
        case digits(String, isYear: Bool, isNumber: Bool)
        case word(String)
    }

    /// The places of a case number in their order.
    private enum Place: Int, CaseIterable { case year, courtSign, courtDigits, type, number }

    private var pieces: [Piece] = []
    private var suffix: Int?

    init?(_ text: String) {
        let signs = CaseNumberText.signs(of: text)
        var index = 0
        func run(_ belongs: (CaseNumberText.Sign) -> Bool) -> String {
            var view = String.UnicodeScalarView()
            let start = index
            while index < signs.count, belongs(signs[index]),
                index == start || !signs[index].isApart
            {
                view.append(signs[index].scalar)
                index += 1
            }
            return String(view)
        }
        while index < signs.count {
            let sign = signs[index]
            switch sign.kind {
            case .opening, .closing: index += 1
            case .other: return nil
            case .dash:
                guard suffix == nil, !pieces.isEmpty else { return nil }
                index += 1
                suffix = CaseNumberScanner.integer(run { $0.kind == .digit }, limit: 999)
                guard let suffix, suffix > 0 else { return nil }
            case .word where sign.scalar == "之":
                index += 1
                let ordinal = run { $0.kind == .word && $0.scalar != "号" || $0.kind == .digit }
                guard suffix == nil,
                    let value = CaseNumberScanner.integer(asDigits: ordinal)
                        ?? ChineseNumeral.value(Array(ordinal.unicodeScalars))
                else { return nil }
                suffix = value
            case .word where sign.scalar == "号" || sign.scalar == "第": index += 1
            case .digit:
                let isBracketed = index > 0 && signs[index - 1].kind == .opening
                let isOrdinal = index > 0 && signs[index - 1].scalar == "第"
                let digits = run { $0.kind == .digit }
                let after = index < signs.count ? signs[index] : nil
                let isYear = isBracketed || after?.kind == .closing || after?.scalar == "年"
                if after?.scalar == "年" { index += 1 }
                pieces.append(
                    .digits(digits, isYear: isYear, isNumber: isOrdinal || after?.scalar == "号"))
            case .word:
                pieces.append(
                    .word(run { $0.kind == .word && !["号", "第", "之"].contains($0.scalar) }))
            }
        }
        guard !pieces.isEmpty || suffix != nil, pieces.count <= Place.allCases.count else {
            return nil
        }
    }

    /// Every way to lay the pieces, in their order, on the places of a case number.
    func patterns() -> [CaseNumberQuery.Pattern] {
        var found: [CaseNumberQuery.Pattern] = []
        func lay(_ piece: Int, _ from: Int, _ pattern: CaseNumberQuery.Pattern) {
            guard piece < pieces.count else {
                var pattern = pattern
                pattern.suffix = suffix
                if !pattern.isEmpty, !found.contains(pattern) { found.append(pattern) }
                return
            }
            let (isFirst, isLast) = (piece == 0, piece == pieces.count - 1 && suffix == nil)
            for place in Place.allCases where place.rawValue >= from {
                for (next, laid) in placed(pieces[piece], at: place, isFirst, isLast, pattern) {
                    lay(piece + 1, next, laid)
                }
            }
        }
        lay(0, 0, CaseNumberQuery.Pattern())
        return found
    }

    /// The pattern with one piece laid on one place, and the next place that is free.
    private func placed(
        _ piece: Piece, at place: Place, _ isFirst: Bool, _ isLast: Bool,
        _ pattern: CaseNumberQuery.Pattern
    ) -> [(Int, CaseNumberQuery.Pattern)] {
        var laid = pattern
        let next = place.rawValue + 1
        switch (piece, place) {
        case (.digits(let digits, let isYear, let isNumber), .year):
            guard digits.utf8.count == 4, !isNumber,
                let year = CaseNumberScanner.integer(digits, limit: 9999),
                CaseNumber.years.contains(year), isYear || !digits.hasPrefix("0")
            else { return [] }
            laid.year = year
        case (.digits(let digits, false, false), .courtDigits):
            guard digits.utf8.count <= CaseNumberScanner.courtDigitLimit,
                !isFirst || !isLast || digits.hasPrefix("0")
            else { return [] }
            laid.courtDigits = isLast ? .beginning(digits) : .exactly(digits)
        case (.digits(let digits, false, _), .number):
            guard
                let number = CaseNumberScanner.integer(digits, limit: CaseNumber.numberLimit),
                number > 0
            else { return [] }
            laid.number = number
        case (.word(let word), .courtSign):
            laid.courtSign = isLast ? .beginning(word) : .exactly(word)
            // Court and type with no digits between them: 闽执123.
            let (court, type) = CaseNumberScanner.split(word)
            guard !type.isEmpty else { break }
            var both = pattern
            (both.courtSign, both.courtDigits) = (.exactly(court), .exactly(""))
            both.type = isLast ? .beginning(type) : .exactly(type)
            return [(next, laid), (Place.number.rawValue, both)]
        case (.word(let word), .type):
            switch (isFirst, isLast) {
            case (true, true): laid.type = .containing(word)
            case (true, false): laid.type = .ending(word)
            case (false, true): laid.type = .beginning(word)
            case (false, false): laid.type = .exactly(word)
            }
        default: return []
        }
        return [(next, laid)]
    }
}

extension CaseNumberScanner {
    /// Nil for anything but 1 to 999 in ASCII digits.
    static func integer(asDigits text: String) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let value = integer(text, limit: 999), value > 0
        else { return nil }
        return value
    }
}
