import Evidence

/// Every text of the pages, by its key, in both languages (`Texts/en.json`, `Texts/zh.json`).
package struct Texts: Sendable {
    let english: [String: String]
    let chinese: [String: String]

    package static let all = Texts()

    private init() {
        english = Self.read(PackageResources.en_json)
        chinese = Self.read(PackageResources.zh_json)
    }

    private static func read(_ bytes: [UInt8]) -> [String: String] {
        let members = (try? JSONReader.value(of: bytes))?.objectValue ?? [:]
        return members.compactMapValues(\.stringValue)
    }

    func texts(in language: Language) -> [String: String] {
        language == .english ? english : chinese
    }

    /// A text in both languages.
    static func both(_ key: String) -> Bilingual {
        Bilingual(all.text(key, in: .english), all.text(key, in: .chinese))
    }

    /// A text; its key where there is none, so that it shows.
    func text(_ key: String, in language: Language) -> String {
        texts(in: language)[key] ?? key
    }

    /// The state of a case; what no table knows, as the schedule has it.
    func caseState(_ state: String, in language: Language) -> String {
        texts(in: language)["case-" + state] ?? state
    }

    /// The kind of an action; what no table knows, as the schedule has it.
    func action(_ kind: String, in language: Language) -> String {
        texts(in: language)["action-" + kind] ?? kind
    }
}
