import ArgumentParser
import Assembly
import Evidence

struct Match: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Which field task footage is of, and why.",
        discussion: """
            Every field task that it may be of, the best first, with the points that each piece of \
            evidence gives. It links nothing: that happens by itself when footage is taken in, and \
            again when the schedule, the register or who carried the recorder changes.
            \(ExitCodes.help)
            """)
    @Argument(help: "An item, or a digest or the beginning of one.") var item: String
    @Flag(help: "Says why, for each of them.") var explain = false
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let reader = try StationReader(
            settings: try await global.settings(), note: Terminal.note)
        let found = try await reader.explainMatch(
            item, in: language, log: GlobalOptions.logger())
        guard !global.json else {
            Terminal.line(found)
            return
        }
        Terminal.line(decision(found).text(in: language))
        for candidate in found[key: "candidates"]?.arrayValue ?? [] { print(candidate) }
    }

    private func decision(_ found: JSONValue) -> Bilingual {
        let item = found[key: "item"]?.stringValue ?? ""
        switch found[key: "decision"]?.stringValue {
        case "assign":
            return Bilingual("\(item): clearly of the first", "\(item)：明确属于第一项任务")
        case "propose":
            return Bilingual("\(item): to be confirmed by a person", "\(item)：需人工确认")
        default: return Bilingual("\(item): fits no field task well", "\(item)：没有明显相符的任务")
        }
    }

    private func print(_ candidate: JSONValue) {
        func text(_ key: String) -> String { SafeText.of(candidate[key: key]?.stringValue ?? "") }
        let cases = candidate[key: "caseNumbers"]?.arrayValue?.compactMap(\.stringValue) ?? []
        let points = candidate[key: "points"]?.integerValue ?? 0
        Terminal.line("\(points)  \(text("duty"))  \(SafeText.of(cases.joined(separator: " ")))")
        guard explain else { return }
        for reason in candidate[key: "reasons"]?.arrayValue ?? [] {
            let points = reason[key: "points"]?.integerValue ?? 0
            let words = SafeText.of(reason[key: "words"]?.stringValue ?? "")
            Terminal.line("    \(points > 0 ? "+" : "")\(points)  \(words)")
        }
    }
}
