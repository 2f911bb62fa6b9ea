/// The numbers and marks of a written date and time, in any of its scripts.
struct TimeTokens {
    enum Token: Equatable {
        /// A number with the count of its digits.
        case number(Int, digits: Int)
        case dash, slash, dot, colon, plus, space, t, zulu
        case year, month, day, hour, minute, second, half
        case morning, afternoon, noon, evening
        /// AM or PM after the time, where 12 has one meaning.
        case am, pm
    }

    private(set) var tokens: [Token] = []
    /// The day of the week where one is written: 0 for Sunday.
    private(set) var weekday: Int?
    var index = 0

    var current: Token? { index < tokens.count ? tokens[index] : nil }
    func ahead(_ count: Int) -> Token? {
        index + count < tokens.count ? tokens[index + count] : nil
    }

    /// Nil where the text has something that no date has, or is too long for one.
    init?(_ text: String) {
        guard text.utf8.count <= 96 else { return nil }
        let scalars = Array(text.unicodeScalars)
        var at = 0
        while at < scalars.count {
            let value = Self.folded(scalars[at])
            at += 1
            if (0x30...0x39).contains(value) {
                var (number, digits) = (Int(value - 0x30), 1)
                while at < scalars.count {
                    let next = Self.folded(scalars[at])
                    guard (0x30...0x39).contains(next) else { break }
                    number = number * 10 + Int(next - 0x30)
                    digits += 1
                    at += 1
                    if digits > 17 { return nil }
                }
                tokens.append(.number(number, digits: digits))
                continue
            }
            if let (day, length) = Self.weekday(scalars[(at - 1)...]) {
                guard weekday == nil else { return nil }
                weekday = day
                at += length - 1
                if let last = tokens.last, last != .space { tokens.append(.space) }
                continue
            }
            let next = at < scalars.count ? Self.folded(scalars[at]) : 0
            guard let (token, length) = Self.mark(value, next) else { return nil }
            at += length - 1
            if token == .space, tokens.isEmpty || tokens.last == .space { continue }
            tokens.append(token)
        }
        while tokens.last == .space { tokens.removeLast() }
    }

    /// 周六, 星期六, 礼拜六, with or without brackets around.
    private static func weekday(_ scalars: ArraySlice<Unicode.Scalar>) -> (Int, length: Int)? {
        let text = scalars.prefix(5).map { Character($0) }
        let isBracketed = text.first == "(" || text.first == "（"
        var rest = text.dropFirst(isBracketed ? 1 : 0)
        switch (rest.first, rest.dropFirst().first) {
        case ("周", _): rest = rest.dropFirst()
        case ("星", "期"), ("礼", "拜"): rest = rest.dropFirst(2)
        default: return nil
        }
        let days: [Character] = ["日", "一", "二", "三", "四", "五", "六"]
        guard let name = rest.first, let day = days.firstIndex(of: name == "天" ? "日" : name)
        else { return nil }
        rest = rest.dropFirst()
        if isBracketed {
            guard rest.first == ")" || rest.first == "）" else { return nil }
            rest = rest.dropFirst()
        }
        return (day, text.count - rest.count)
    }

    private static func folded(_ scalar: Unicode.Scalar) -> UInt32 {
        var value = scalar.value
        if (0xff01...0xff5e).contains(value) { value -= 0xfee0 }
        if (0x61...0x7a).contains(value) { value -= 0x20 }
        return value
    }

    private static func mark(_ value: UInt32, _ next: UInt32) -> (Token, length: Int)? {
        guard let scalar = Unicode.Scalar(value) else { return nil }
        let follower = Unicode.Scalar(next) ?? " "
        switch (scalar, follower) {
        case ("上", "午"), ("早", "上"), ("凌", "晨"), ("清", "晨"): return (.morning, 2)
        case ("下", "午"): return (.afternoon, 2)
        case ("晚", "上"): return (.evening, 2)
        case ("中", "午"): return (.noon, 2)
        case ("A", "M"): return (.am, 2)
        case ("P", "M"): return (.pm, 2)
        case ("-", _), ("–", _), ("−", _): return (.dash, 1)
        case ("/", _): return (.slash, 1)
        case (".", _): return (.dot, 1)
        case (":", _), ("∶", _): return (.colon, 1)
        case ("+", _): return (.plus, 1)
        case ("T", _): return (.t, 1)
        case ("Z", _): return (.zulu, 1)
        case ("年", _): return (.year, 1)
        case ("月", _): return (.month, 1)
        case ("日", _), ("号", _), ("號", _): return (.day, 1)
        case ("时", _), ("時", _), ("点", _), ("點", _): return (.hour, 1)
        case ("分", _): return (.minute, 1)
        case ("秒", _): return (.second, 1)
        case ("半", _): return (.half, 1)
        default: return scalar.properties.isWhitespace ? (.space, 1) : nil
        }
    }
}
