@testable import CaseIndex
import Testing

@Suite struct SearchTextTests {
    @Test func chineseIsCutInTwosAndASCIIInThrees() {
        #expect(SearchText.grams(of: "王晓明").count == 2)
        #expect(SearchText.grams(of: "abcd").count == 2)
        #expect(SearchText.grams(of: "ab").isEmpty)
        #expect(SearchText.grams(of: "a王").count == 1)
    }

    @Test func aWordsGramsAreAmongThoseOfEveryTextThatHoldsIt() {
        let text = SearchText.folded(["DCIM/王晓明_A1.MP4", "海思 Hi3516", "ÜNÏ"])
        let grams = Set(SearchText.grams(of: text))
        let scalars = Array(text.unicodeScalars)
        for start in scalars.indices {
            for end in start..<scalars.count where !scalars[start...end].contains("\n") {
                var word = String.UnicodeScalarView()
                word.append(contentsOf: scalars[start...end])
                #expect(grams.isSuperset(of: SearchText.grams(of: String(word))))
            }
        }
    }

    @Test func shortASCIIWordsNarrowNothing() {
        #expect(SearchText.expression(for: ["a", "12"]) == nil)
        #expect(SearchText.expression(for: ["王"]) != nil)
    }
}
