import ArgumentParser
import Assembly
import Evidence

struct CourtRequest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "court-request",
        abstract: "Another court asks for footage by a letter; two people approve it.",
        discussion: """
            Whoever enters the letter does not approve it; two others do. Then evidock export \
            --request makes the sealed evidence package, and what is handed over is entered with who \
            received it.
            \(ExitCodes.help)
            """,
        subcommands: [Add.self, List.self, Approve.self, Refuse.self, Deliver.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Enters a letter; its scan is sealed as an item.",
            discussion: """
                Whoever runs serve must be able to read the file.
                \(ExitCodes.help)
                """)
        @Option(help: "The letter's number.") var letter: String
        @Option(help: "The letter, a PDF.") var file: String
        @Option(help: "The court that asks.") var court: String
        @Option(name: .customLong("case"), help: "A case number, written in any way.")
        var caseNumber: String
        @Option(help: "Only what was recorded from then on: 2026-08-04, or with a time.")
        var from: String?
        @Option(help: "And until then; a day is all of it.") var to: String?
        @Option(help: "Why.") var why: String
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let order = CourtRequestOrder.add(
                path: LocalPath.absolute(file), letter: letter, court: court,
                caseNumber: caseNumber,
                from: try from.map { try TimeText.moment($0, endOfDay: false, option: "--from") },
                to: try to.map { try TimeText.moment($0, endOfDay: true, option: "--to") },
                why: why)
            try await CourtRequestText.send(order, global)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Requests by other courts and how they stand, the newest first.",
            discussion: ExitCodes.help)
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let reader = try StationReader(
                settings: try await global.settings(), note: Terminal.note)
            let found = try await reader.courtRequests(log: GlobalOptions.logger())
            for one in found { CourtRequestText.show(one, json: global.json) }
            guard found.isEmpty else { return }
            if !global.json {
                Terminal.note(Bilingual("No other court asked for footage.", "没有外院调取申请。"))
            }
            throw ExitCode(ExitStatus.findings.rawValue)
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Agrees, as one of two people.", discussion: ExitCodes.help)
        @Argument(help: "The request, as court-request list names it.") var request: String
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await CourtRequestText.send(
                .step(CourtRequestStepRow(request: request, step: .approved, by: "")), global)
        }
    }

    struct Refuse: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Refuses it, for good.", discussion: ExitCodes.help)
        @Argument(help: "The request, as court-request list names it.") var request: String
        @Option(help: "Why.") var why: String
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await CourtRequestText.send(
                .step(CourtRequestStepRow(request: request, step: .refused, why: why, by: "")),
                global)
        }
    }

    struct Deliver: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Enters that the package was handed over.", discussion: ExitCodes.help)
        @Argument(help: "The request, as court-request list names it.") var request: String
        @Option(help: "Who received it.") var receiver: String
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            var step = CourtRequestStepRow(request: request, step: .delivered, by: "")
            step.receiver = receiver
            try await CourtRequestText.send(.step(step), global)
        }
    }
}

private enum CourtRequestText {
    static func send(_ order: CourtRequestOrder, _ global: GlobalOptions) async throws {
        let json = global.json
        try await Carrying.lines(.courtRequest(order), settings: try await global.settings()) {
            show($0, json: json)
        }
    }

    static func show(_ request: JSONValue, json: Bool) {
        guard !json else { return Terminal.line(request) }
        func text(_ value: JSONValue, _ key: String) -> String {
            SafeText.of(value[key: key]?.stringValue ?? "")
        }
        let range = [text(request, "from"), text(request, "to")]
        Terminal.line(
            [
                text(request, "request"), words(text(request, "state")),
                text(request, "caseNumber"), text(request, "court"), text(request, "letter"),
                range == ["", ""] ? "" : range.joined(separator: " – "), text(request, "why"),
            ].filter { !$0.isEmpty }.joined(separator: "  "))
        for step in request[key: "steps"]?.arrayValue ?? [] {
            Terminal.line(
                [
                    "   ", text(step, "time"), words(text(step, "step")), text(step, "by"),
                    text(step, "receiver"), text(step, "bag"), text(step, "why"),
                ].filter { !$0.isEmpty }.joined(separator: "  "))
        }
    }

    private static func words(_ state: String) -> String {
        let words: Bilingual =
            switch state {
            case "open": Bilingual("waits for two approvals", "待审批")
            case "approved": Bilingual("approved", "已批准")
            case "refused": Bilingual("refused", "不予调取")
            case "packed": Bilingual("package made", "已制作证据包")
            case "delivered": Bilingual("handed over", "已交付")
            default: Bilingual(state, state)
            }
        return words.text(in: language)
    }
}
