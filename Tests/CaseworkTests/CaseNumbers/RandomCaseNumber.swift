import EvidenceTestKit

/// A case number drawn at random, with its stored form and any of its spellings.
struct RandomCaseNumber {
    let year: Int
    let court: String
    let type: String
    let number: Int
    let suffix: Int?

    private static let ordinals = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"]

    init(using random: inout SeededGenerator) {
        year = Int.random(in: 2000...2030, using: &random)
        court =
            ["闽06", "闽0602", "闽0681", "沪7101", "浙01", "闽", "最高法"].randomElement(using: &random)
            ?? ""
        type = ["执", "执恢", "执保", "执异", "民初", "司惩", "行审"].randomElement(using: &random) ?? ""
        number = Int.random(in: 1...99_999, using: &random)
        suffix = Bool.random(using: &random) ? Int.random(in: 1...10, using: &random) : nil
    }

    var stored: String {
        "（\(year)）\(court)\(type)\(number)号" + (suffix.map { "之" + Self.ordinals[$0 - 1] } ?? "")
    }

    func spelling(using random: inout SeededGenerator) -> String {
        func one(_ choices: [String]) -> String { choices.randomElement(using: &random) ?? "" }
        let open = one(["（", "(", "〔", "[", "【", "［", ""])
        let close = one(["）", ")", "〕", "]", "】", "］", ""])
        let zeros = one(["", "", "0", "000"])
        var text = open + "\(year)" + close + court + type + zeros + "\(number)"
        let end =
            suffix.map { one(["之\(Self.ordinals[$0 - 1])", "之\($0)", "-\($0)", "－\($0)"]) } ?? ""
        text += one(["号" + end, "号" + end, end + "号", end, "號" + end])
        let traditional: [Character: Character] = [
            "闽": "閩", "执": "執", "异": "異", "惩": "懲", "审": "審",
        ]
        var out = ""
        for character in text {
            var character = character
            if Int.random(in: 0..<3, using: &random) == 0 {
                character = traditional[character] ?? character
            }
            if let digit = character.asciiValue, (0x30...0x39).contains(digit),
                Int.random(in: 0..<4, using: &random) == 0,
                let wide = Unicode.Scalar(UInt32(digit) + 0xfee0)
            {
                character = Character(wide)
            }
            out.append(character)
            if Int.random(in: 0..<6, using: &random) == 0 {
                out += one([" ", "\u{3000}", "\u{a0}", "\u{200b}", "\t", "\u{feff}"])
            }
        }
        return out
    }
}
