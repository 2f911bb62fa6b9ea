/// The number of a court case: year, court code, type code, number, and the suffix of a further
/// document where there is one: `（2019）闽06执恢123号之一`.
///
/// Read from any spelling that people use, kept in one: full-width brackets, ASCII digits,
/// simplified characters, no spaces, no leading zeros, 号. Numbers given before 2016 keep their
/// 字第: `（2012）漳执字第45号`. Which courts and types exist is not known here: special courts do
/// not follow the pattern, so that an unknown code is never refused.
///
/// Authority: 《最高人民法院关于人民法院案件案号的若干规定》 (法〔2015〕137号).
package struct CaseNumber: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let year: Int
    /// The sign of the court, without its digits: `闽`, `最高法`.
    package let courtSign: String
    /// The digits of the court, with leading zeros: `06`, `0602`; empty for a high court.
    package let courtDigits: String
    /// The type: `执`, `执恢`; with its 字 in numbers of the old form.
    package let type: String
    package let number: Int
    /// The ordinal after 之.
    package let suffix: Int?

    /// A spelling longer than this, in bytes of UTF-8, is refused unread.
    package static let lengthLimit = 256
    package static let years = 1949...2200
    static let numberLimit = 999_999_999

    /// The code of the court: `闽06`.
    package var court: String { courtSign + courtDigits }

    /// The case itself: the suffix tells its further documents apart, not another case.
    package var withoutSuffix: CaseNumber {
        CaseNumber(
            year: year, courtSign: courtSign, courtDigits: courtDigits, type: type, number: number,
            suffix: nil)
    }

    /// A text whose bytes sort as the numbers do, for an index.
    package var sortKey: String {
        let parts = [
            pad(year, 4), courtSign, courtDigits, type, pad(number, 9), pad(suffix ?? 0, 3),
        ]
        // A space stands below every sign that a part can hold.
        return parts.joined(separator: " ")
    }

    /// Reads a case number as somebody wrote it.
    ///
    /// - Throws: ``CaseNumberFault`` with the reason and the place, never with the text itself.
    package init(reading text: String) throws(CaseNumberFault) {
        guard text.utf8.count <= Self.lengthLimit else { throw CaseNumberFault(.tooLong) }
        var scanner = CaseNumberScanner(text)
        self = try scanner.caseNumber()
    }

    init(
        year: Int, courtSign: String, courtDigits: String, type: String, number: Int, suffix: Int?
    ) {
        (self.year, self.courtSign, self.courtDigits) = (year, courtSign, courtDigits)
        (self.type, self.number, self.suffix) = (type, number, suffix)
    }

    /// The same number at a court that goes by another code; nil where the code is no court's.
    package func at(court code: String) -> CaseNumber? {
        let digits = code.unicodeScalars.reversed().prefix { ("0"..."9").contains($0) }.count
        let sign = String(code.unicodeScalars.dropLast(digits))
        guard !sign.isEmpty else { return nil }
        return CaseNumber(
            year: year, courtSign: sign, courtDigits: String(code.unicodeScalars.suffix(digits)),
            type: type, number: number, suffix: suffix)
    }

    /// The one stored form.
    package var description: String {
        let ordinal = type.hasSuffix("字") ? "第" : ""
        let end = suffix.map { "之" + ChineseNumeral.text($0) } ?? ""
        return "（\(year)）\(courtSign)\(courtDigits)\(type)\(ordinal)\(number)号\(end)"
    }

    /// By year, court code, type, number and suffix: an intermediate court stands before the basic
    /// courts below it, and a case before its further documents.
    package static func < (left: CaseNumber, right: CaseNumber) -> Bool {
        if left.year != right.year { return left.year < right.year }
        if left.courtSign != right.courtSign { return left.courtSign < right.courtSign }
        if left.courtDigits != right.courtDigits { return left.courtDigits < right.courtDigits }
        if left.type != right.type { return left.type < right.type }
        if left.number != right.number { return left.number < right.number }
        return (left.suffix ?? 0) < (right.suffix ?? 0)
    }
}
