import Evidence

extension Failure {
    /// What happened, for who reads a page: commands name what they were given by their options, which
    /// nobody there has seen.
    var pageProblem: Bilingual {
        func said(_ text: String, _ language: Language) -> String {
            text.replacing(/--([a-z]+)/) { option in
                let name = String(option.1)
                return Texts.all.texts(in: language)["option-" + name] ?? name
            }
        }
        return Bilingual(said(problem.english, .english), said(problem.chinese, .chinese))
    }

    func words(in language: Language) -> String { pageProblem.text(in: language) }
}
