import Evidence
import Testing

@testable import Portal

@Suite struct FailureTextTests {
    private struct Refused: Failure {
        let problem: Bilingual
        var code: String { "wrong-usage" }
        var disposition: Disposition { .quarantine }
        var nextStep: Bilingual { problem }
    }

    @Test(arguments: [
        (
            "Wrong usage: --until: a moment to come is wanted",
            "Wrong usage: until: a moment to come is wanted"
        ),
        ("--letter and --why", "number of the letter and why"),
        ("--nobody-knows: x", "nobody-knows: x"), ("a -- b", "a -- b"), ("", ""),
    ])
    func optionsAreSaidInWords(english: String, words: String) {
        #expect(Refused(problem: Bilingual(english, "")).words(in: .english) == words)
    }

    @Test func inBothLanguages() {
        let refused = Refused(problem: Bilingual("--court", "参数有误：--court"))
        #expect(refused.words(in: .chinese) == "参数有误：法院")
    }
}
