import ArgumentParser
import Assembly
import Evidence

/// A part of a recording, in seconds of its own media clock.
struct PartOptions: ParsableArguments {
    @Option(help: "Only from this second of it on.") var from: Double?
    @Option(help: "Only up to this second of it.") var to: Double?

    static func milliseconds(_ seconds: Double?, of option: String) throws -> Int64? {
        guard let seconds else { return nil }
        guard seconds >= 0, seconds <= 1e9 else {
            throw AssemblyFailure(
                .wrongUsage, subject: option,
                wanted: Bilingual("seconds from its beginning", "应为从开头起的秒数"))
        }
        return Int64((seconds * 1000).rounded())
    }
}

struct Assign: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Links an item, or a part of it, to a case.",
        discussion: """
            Stands in the ledger with who said so and why. Matching never changes it. One item may \
            be of several cases.
            \(ExitCodes.help)
            """)
    @Argument(help: "An item, or a digest or the beginning of one.") var item: String
    @Argument(help: "A case number, written in any way.") var caseNumber: String
    @Option(help: "Why.") var why: String
    @OptionGroup var part: PartOptions
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await Self.enter(
            AssignmentOrder(
                item: item, caseNumber: caseNumber, step: .assigned,
                from: try PartOptions.milliseconds(part.from, of: "--from"),
                to: try PartOptions.milliseconds(part.to, of: "--to"), why: why), global)
    }

    static func enter(_ order: AssignmentOrder, _ global: GlobalOptions) async throws {
        let json = global.json
        try await Carrying.lines(.assign(order), settings: try await global.settings()) { value in
            guard !json else {
                Terminal.line(value)
                return
            }
            let item = SafeText.of(value[key: "item"]?.stringValue ?? "")
            let number = SafeText.of(value[key: "caseNumber"]?.stringValue ?? "")
            let words =
                order.step == .assigned
                ? Bilingual("\(item): linked to \(number).", "\(item)：已关联\(number)。")
                : Bilingual(
                    "\(item): no longer linked to \(number).", "\(item)：已解除与\(number)的关联。")
            Terminal.line(words.text(in: language))
            if value[key: "caseIsUnknown"]?.boolValue == true {
                Terminal.note(
                    Bilingual(
                        "No schedule has named this case so far: look at its number once more.",
                        "尚无任务表提到此案，请再核对案号。"))
            }
        }
    }
}

struct Unassign: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Takes the link between an item and a case away.",
        discussion: """
            What was linked stays in the ledger. Matching does not link it to that case again.
            \(ExitCodes.help)
            """)
    @Argument(help: "An item, or a digest or the beginning of one.") var item: String
    @Argument(help: "A case number, written in any way.") var caseNumber: String
    @Option(help: "Why.") var why: String
    @Option(help: "Only the part that begins at this second.") var from: Double?
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await Assign.enter(
            AssignmentOrder(
                item: item, caseNumber: caseNumber, step: .withdrawn,
                from: try PartOptions.milliseconds(from, of: "--from"), why: why), global)
    }
}
