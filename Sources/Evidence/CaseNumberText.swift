/// How the characters of a case number are read: many written forms, one meaning.
enum CaseNumberText {
    /// One character that counts, with its place in the text as given, from 1.
    struct Sign: Equatable {
        enum Kind: Equatable { case digit, word, opening, closing, dash, other }
        let scalar: Unicode.Scalar
        let kind: Kind
        let position: Int
        /// Whether space stood before it.
        let isApart: Bool
    }

    /// The signs of a text: spaces and invisible characters dropped, full-width forms made ASCII,
    /// traditional characters simplified, letters made capital.
    static func signs(of text: String) -> [Sign] {
        var signs: [Sign] = []
        var isApart = false
        for (index, raw) in text.unicodeScalars.enumerated() {
            if isIgnored(raw) {
                isApart = true
                continue
            }
            let scalar = folded(raw)
            signs.append(
                Sign(scalar: scalar, kind: kind(of: scalar), position: index + 1, isApart: isApart))
            isApart = false
        }
        return signs
    }

    private static func isIgnored(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x21...0x7e, 0x4e00...0x9fff: false
        case 0x200b...0x200f, 0x202a...0x202e, 0x2060...0x2069, 0xfeff, 0x00ad, 0x180e,
            0xfe00...0xfe0f:
            true
        default: scalar.properties.isWhitespace
        }
    }

    private static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        var value = scalar.value
        if (0xff01...0xff5e).contains(value) { value -= 0xfee0 }
        if (0x61...0x7a).contains(value) { value -= 0x20 }
        let plain = Unicode.Scalar(value) ?? scalar
        return simplified[plain] ?? plain
    }

    private static func kind(of scalar: Unicode.Scalar) -> Sign.Kind {
        switch scalar {
        case "0"..."9": .digit
        case "(", "[", "{", "<", "〔", "【", "〖", "「", "『", "〈", "《", "﹝", "﹙", "❨": .opening
        case ")", "]", "}", ">", "〕", "】", "〗", "」", "』", "〉", "》", "﹞", "﹚", "❩": .closing
        case "-", "‐", "‑", "‒", "–", "—", "―", "−", "﹣": .dash
        case "A"..."Z", "〇", "○": .word
        default: scalar.properties.isIdeographic ? .word : .other
        }
    }

    /// Traditional and variant forms of what stands in court signs, type codes and around numbers.
    private static let simplified: [Unicode.Scalar: Unicode.Scalar] = {
        let pairs =
            "號号閩闽執执復复異异監监協协請请財财懲惩強强滬沪蘇苏贛赣魯鲁粵粤瓊琼貴贵雲云隴陇寧宁遼辽龍龙陝陕"
            + "終终審审認认變变賠赔調调國国轄辖選选環环證证訴诉議议產产債债權权撤撤終终華华靖靖豐丰業业營营"
            + "與与從从壓压軍军鐵铁遷迁湊凑護护據据對对責责單单處处緊紧減减釋释獄狱懸悬誡诫賣卖價价評评"
            + "間间離离戶户漳漳潯浔歲岁榮荣參参雙双協协藝艺鎮镇銀银長长東东漢汉萬万"
        var table: [Unicode.Scalar: Unicode.Scalar] = [:]
        var written: Unicode.Scalar?
        for scalar in pairs.unicodeScalars {
            if let from = written {
                if from != scalar { table[from] = scalar }
                written = nil
            } else {
                written = scalar
            }
        }
        return table
    }()
}

/// Whole numbers from 1 to 999 in Chinese characters.
enum ChineseNumeral {
    private static let signs: [Unicode.Scalar] = [
        "零", "一", "二", "三", "四", "五", "六", "七", "八", "九",
    ]
    private static let values: [Unicode.Scalar: Int] = [
        "零": 0, "〇": 0, "○": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8,
        "九": 9,
        "壹": 1, "贰": 2, "貳": 2, "叁": 3, "參": 3, "参": 3, "肆": 4, "伍": 5, "陆": 6, "陸": 6, "柒": 7,
        "捌": 8, "玖": 9,
    ]

    static func text(_ number: Int) -> String {
        guard (1...999).contains(number) else { return String(number) }
        var out = ""
        let (hundreds, tens, ones) = (number / 100, number / 10 % 10, number % 10)
        if hundreds > 0 { out += "\(signs[hundreds])百" }
        if tens > 0 {
            out += tens == 1 && hundreds == 0 ? "十" : "\(signs[tens])十"
        } else if hundreds > 0, ones > 0 {
            out += "零"
        }
        if ones > 0 { out += "\(signs[ones])" }
        return out
    }

    /// A year in characters, digit by digit: 二〇一九. Nil for anything else.
    static func digits(_ scalars: [Unicode.Scalar]) -> String? {
        let found = scalars.compactMap { values[$0] }
        guard found.count == 4, scalars.count == 4 else { return nil }
        return found.map(String.init).joined()
    }

    /// Nil for anything that is not written as such a number: 一, 十二, 二十一, 一百零三, 一二.
    static func value(_ scalars: [Unicode.Scalar]) -> Int? {
        guard !scalars.isEmpty, scalars.count <= 5 else { return nil }
        let isUnit: (Unicode.Scalar) -> Bool = { "十拾百佰".unicodeScalars.contains($0) }
        if !scalars.contains(where: isUnit) {
            guard scalars.count <= 3 else { return nil }
            var value = 0
            for scalar in scalars {
                guard let digit = values[scalar] else { return nil }
                value = value * 10 + digit
            }
            return (1...999).contains(value) ? value : nil
        }
        var (total, pending, unit) = (0, nil as Int?, 1000)
        for scalar in scalars {
            if isUnit(scalar) {
                let next = scalar == "十" || scalar == "拾" ? 10 : 100
                guard next < unit, pending != 0, next == 10 || pending != nil else { return nil }
                total += (pending ?? 1) * next
                (pending, unit) = (nil, next)
            } else {
                guard let digit = values[scalar], pending == nil || pending == 0 else { return nil }
                pending = digit
            }
        }
        total += pending ?? 0
        return (1...999).contains(total) ? total : nil
    }
}
