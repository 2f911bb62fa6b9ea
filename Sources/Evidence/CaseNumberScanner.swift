/// Walks the signs of a text and takes a case number from them.
struct CaseNumberScanner {
    private typealias Sign = CaseNumberText.Sign

    private let signs: [Sign]
    private var index = 0

    /// Words of a court sign and of a type are at most this long.
    static let wordLimit = 8
    static let courtDigitLimit = 6

    init(_ text: String) { signs = CaseNumberText.signs(of: text) }

    private var current: Sign? { index < signs.count ? signs[index] : nil }

    private func fault(_ code: CaseNumberFault.Code, at place: Int? = nil) -> CaseNumberFault {
        let sign = place ?? index
        let position = sign < signs.count ? signs[sign].position : (signs.last?.position ?? 0) + 1
        return CaseNumberFault(code, at: position)
    }

    mutating func caseNumber() throws(CaseNumberFault) -> CaseNumber {
        guard !signs.isEmpty else { throw CaseNumberFault(.empty) }
        skipLabel()
        let year = try takeYear()
        let courtStart = index
        let sign = takeWord()
        guard !sign.isEmpty else {
            throw fault(current?.kind == .other ? .character : .courtMissing)
        }
        let digitStart = index
        let digits = takeDigits()
        guard !digits.isEmpty else {
            throw fault(current?.kind == .other ? .character : .numberMissing)
        }
        let typeStart = index
        let (court, courtDigits, type, numberDigits, numberStart):
            (String, String, String, String, Int)
        if let next = current, next.kind == .word, next.scalar != "号", next.scalar != "之" {
            var word = takeWord()
            while word.count > 1, word.hasSuffix("字") || word.hasSuffix("第") { word.removeLast() }
            let start = index
            (court, courtDigits, type) = (sign, digits, word)
            (numberDigits, numberStart) = (takeDigits(), start)
            guard digits.utf8.count <= Self.courtDigitLimit else {
                throw fault(.courtTooLong, at: digitStart)
            }
            guard !numberDigits.isEmpty else {
                throw fault(current?.kind == .other ? .character : .numberMissing)
            }
        } else {
            (court, type) = Self.split(sign)
            (courtDigits, numberDigits, numberStart) = ("", digits, digitStart)
            guard !type.isEmpty else { throw fault(.typeMissing, at: digitStart) }
        }
        guard court.unicodeScalars.count <= Self.wordLimit else {
            throw fault(.courtTooLong, at: courtStart)
        }
        guard type.unicodeScalars.count <= Self.wordLimit else {
            throw fault(.typeTooLong, at: courtDigits.isEmpty ? courtStart : typeStart)
        }
        let number = Self.integer(numberDigits, limit: CaseNumber.numberLimit)
        guard let number, number > 0 else { throw fault(.numberOutOfRange, at: numberStart) }
        let suffix = try takeEnd()
        return CaseNumber(
            year: year, courtSign: court, courtDigits: courtDigits, type: type, number: number,
            suffix: suffix)
    }

    /// 案号： before the number itself.
    private mutating func skipLabel() {
        guard signs.count > 2, signs[0].scalar == "案", signs[1].scalar == "号" else { return }
        index = signs[2].scalar == ":" ? 3 : 2
    }

    private mutating func takeYear() throws(CaseNumberFault) -> Int {
        if current?.kind == .opening { index += 1 }
        let start = index
        while let sign = current, sign.kind == .digit, index - start < 4 { index += 1 }
        var digits = text(start..<index)
        if digits.isEmpty,
            let written = ChineseNumeral.digits(signs[start...].prefix(4).map(\.scalar))
        {
            digits = written
            index = start + 4
        }
        guard index - start == 4 else { throw fault(.yearMissing, at: start) }
        let year = Self.integer(digits, limit: 9999) ?? 0
        guard CaseNumber.years.contains(year) else { throw fault(.yearOutOfRange, at: start) }
        if current?.scalar == "年" { index += 1 }
        if current?.kind == .closing { index += 1 }
        return year
    }

    /// Characters of a court sign or a type code; a 第 at its end says nothing.
    private mutating func takeWord() -> String {
        let start = index
        while let sign = current, sign.kind == .word, sign.scalar != "号" { index += 1 }
        var word = text(start..<index)
        while word.count > 1, word.hasSuffix("第") { word.removeLast() }
        return word
    }

    private mutating func takeDigits() -> String {
        let start = index
        while current?.kind == .digit { index += 1 }
        return text(start..<index)
    }

    /// 号 and the suffix, in either order, and then nothing more.
    private mutating func takeEnd() throws(CaseNumberFault) -> Int? {
        var suffix: Int?
        var hasSign = false
        while let sign = current {
            if sign.scalar == "号", !hasSign {
                hasSign = true
                index += 1
            } else if suffix == nil, sign.scalar == "之" || sign.kind == .dash {
                index += 1
                suffix = try takeOrdinal()
            } else if suffix == nil, sign.kind == .opening, index + 1 < signs.count,
                signs[index + 1].scalar == "之"
            {
                index += 2
                suffix = try takeOrdinal()
                if current?.kind == .closing { index += 1 }
            } else {
                throw fault(.textAfterwards)
            }
        }
        return suffix
    }

    private mutating func takeOrdinal() throws(CaseNumberFault) -> Int {
        let start = index
        let digits = takeDigits()
        if !digits.isEmpty {
            guard let value = Self.integer(digits, limit: 999), value > 0 else {
                throw fault(.suffix, at: start)
            }
            return value
        }
        while let sign = current, sign.kind == .word, sign.scalar != "号" { index += 1 }
        guard let value = ChineseNumeral.value(signs[start..<index].map(\.scalar)) else {
            throw fault(.suffix, at: start)
        }
        return value
    }

    private func text(_ range: Range<Int>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: signs[range].lazy.map(\.scalar))
        return String(text)
    }

    static func integer(_ digits: String, limit: Int) -> Int? {
        var value = 0
        for byte in digits.utf8 {
            value = value * 10 + Int(byte) - 0x30
            if value > limit { return nil }
        }
        return value
    }

    /// Court sign and type where no digits stand between them: a high court (`闽执`), the supreme
    /// court (`最高法执监`), and the old form with a place's name (`漳执字`). The type begins with
    /// the first character, from the second on, with which types begin.
    static func split(_ word: String) -> (court: String, type: String) {
        for supreme in ["最高法知", "最高法商", "最高法"] where word.hasPrefix(supreme) {
            return (supreme, String(word.dropFirst(supreme.count)))
        }
        let rest = word.indices.dropFirst()
        let begins = rest.first { "执民刑行财司赔破强知认委清减诉协监他商经".contains(word[$0]) }
        guard let start = begins ?? rest.first else { return (word, "") }
        return (String(word[..<start]), String(word[start...]))
    }
}
