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
        #expect(SearchText.expression(for: SearchTerm.terms(of: "a 12")) == nil)
        #expect(SearchText.expression(for: SearchTerm.terms(of: "王")) != nil)
        #expect(SearchText.expression(for: SearchTerm.terms(of: "-王晓明")) == nil)
    }

    @Test(
        arguments: [
            ("王 B", ["王", "b"], []),
            ("\"王 B\" c", ["王 b", "c"], []),
            ("“漳浦 路” -“龙文 路”", ["漳浦 路"], ["龙文 路"]),
            ("-a b-c - d", ["b-c", "-", "d"], ["a"]),
            ("\"open end", ["open end"], []),
            ("ＤＳＪ　１２", ["dsj", "12"], []),
            ("\"\" -\"\" “ ”", [], []),
        ] as [(String, [String], [String])])
    func wordsPhrasesAndWhatMustNotBeThere(query: String, wanted: [String], not: [String]) {
        let terms = SearchTerm.terms(of: query)
        #expect(terms.filter { !$0.isExcluded }.map { $0.spellings[0] } == wanted)
        #expect(terms.filter(\.isExcluded).map { $0.spellings[0] } == not)
    }

    @Test(arguments: ["（2019）闽06执123号", "(2019) 闽06 执 123", "2019闽06执123"])
    func aCaseNumberIsOneTermInItsOneForm(query: String) {
        let terms = SearchTerm.terms(of: query)
        #expect(terms.count == 1)
        #expect(terms.first?.spellings.contains("(2019)闽06执123号") == true)
    }
}
