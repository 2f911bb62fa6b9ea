import ArgumentParser
import Assembly
import Evidence

struct Completeness: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What is missing of field tasks, and why.",
        discussion: """
            Tasks without footage, officers without any, too few recorders, holes, missing file \
            numbers, recorders that were not docked in time, damaged files. Each finding stands in \
            the ledger, and is open until somebody explains it or it is gone.
            \(ExitCodes.help)
            """,
        subcommands: [Look.self, Explain.self], defaultSubcommand: Look.self)

    struct Look: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "look", abstract: "Looks through field tasks.",
            discussion: ExitCodes.help)
        @Option(name: .customLong("case"), help: "The tasks of a case.") var caseNumber: String?
        @Option(help: "The tasks of a day: 2026-08-04.") var day: String?
        @Option(help: "The tasks of a court (闽0602), of that day or the last 31 days.")
        var court: String?
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let json = global.json
            try await Carrying.lines(
                .completeness(try scope()), settings: try await global.settings()
            ) { value in json ? Terminal.line(value) : print(value) }
        }

        private func scope() throws -> CompletenessScope {
            switch (caseNumber, day, court) {
            case (let number?, nil, nil): return .caseNumber(number)
            case (nil, let day?, let court): return .day(day, court: court)
            case (nil, nil, let court?): return .court(court)
            default:
                throw AssemblyFailure(
                    .wrongUsage, subject: "completeness",
                    wanted: Bilingual(
                        "--case, or --day, or --court", "请指定 --case、--day 或 --court"))
            }
        }

        private func print(_ value: JSONValue) {
            guard let summary = value[key: "summary"] else {
                Terminal.line(Completeness.line(value))
                return
            }
            func count(_ key: String) -> Int64 { summary[key: key]?.integerValue ?? 0 }
            Terminal.note(
                Bilingual(
                    "\(count("duties")) field tasks: \(count("open")) findings open, "
                        + "\(count("explained")) explained.",
                    "外勤任务 \(count("duties")) 项：待说明 \(count("open")) 条，已说明 \(count("explained")) 条。")
            )
        }
    }

    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says why something is missing.", discussion: ExitCodes.help)
        @Argument(help: "The finding, as completeness lists it.") var finding: String
        @Option(help: "Why.") var why: String
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let json = global.json
            try await Carrying.lines(
                .explain(finding: finding, why: why), settings: try await global.settings()
            ) { value in json ? Terminal.line(value) : Terminal.line(Completeness.line(value)) }
        }
    }

    /// One finding for the eye: its id, how it stands, what it is, and why.
    static func line(_ finding: JSONValue) -> String {
        let words = finding[key: "words"]?.arrayValue?.compactMap(\.stringValue) ?? []
        let state =
            finding[key: "state"]?.stringValue == "explained"
            ? Bilingual("explained", "已说明") : Bilingual("open", "待说明")
        return [
            finding[key: "finding"]?.stringValue, state.text(in: language),
            Bilingual(words.first ?? "", words.last ?? "").text(in: language),
            finding[key: "why"]?.stringValue,
        ].compactMap { $0 }.map { SafeText.of($0) }.joined(separator: "  ")
    }
}
