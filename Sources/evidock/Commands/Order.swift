import ArgumentParser
import Assembly
import Evidence

struct Order: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "A judge asks for footage; it is offered when it is there.",
        discussion: """
            An order waits until footage of one of its officers and of its time is taken in. What fits \
            is offered, and accepted (it is linked to the case then) or refused with a reason.
            \(ExitCodes.help)
            """,
        subcommands: [Add.self, List.self, Accept.self, Refuse.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Asks for footage of a case.", discussion: ExitCodes.help)
        @Option(name: .customLong("case"), help: "A case number, written in any way.")
        var caseNumber: String
        @Option(help: "The officer's staff number; several times for several.")
        var officer: [String]
        @Option(help: "From this time on: 2026-08-04T10:00:00, with +08:00 or Z.")
        var from: String
        @Option(help: "Up to this time; a day is all of it.") var to: String
        @Option(help: "When it is to be there; by default in a week.") var due: String?
        @Option(help: "Why.") var why: String
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let request = OrderRequest.add(
                caseNumber: caseNumber, officers: officer,
                from: try TimeText.moment(from, endOfDay: false, option: "--from"),
                to: try TimeText.moment(to, endOfDay: true, option: "--to"),
                due: try due.map { try TimeText.moment($0, endOfDay: true, option: "--due") },
                why: why)
            try await OrderText.send(request, global)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Orders and how they stand; overdue ones are a finding (exit code 1).",
            discussion: ExitCodes.help)
        @Option(name: .customLong("case"), help: "Only of that case.") var caseNumber: String?
        @Flag(help: "Only those that wait.") var waiting = false
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let reader = try StationReader(
                settings: try await global.settings(), note: Terminal.note)
            let found = try await reader.orders(
                of: caseNumber, isWaiting: waiting, now: Assembly.Clock.now(),
                log: GlobalOptions.logger())
            for one in found {
                global.json
                    ? Terminal.line(one) : OrderText.lines(one).forEach { Terminal.line($0) }
            }
            if found.isEmpty, !global.json {
                Terminal.note(Bilingual("No footage was asked for.", "没有调取申请。"))
            }
            guard !found.isEmpty, !found.contains(where: { $0[key: "overdue"] != nil }) else {
                throw ExitCode(ExitStatus.findings.rawValue)
            }
        }
    }

    struct Accept: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What is offered is what was asked for: it is linked to the case.",
            discussion: ExitCodes.help)
        @Argument(help: "The order, as order list names it.") var order: String
        @Argument(help: "Items; without any all that is offered.") var items: [String] = []
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await OrderText.send(.accept(order: order, items: items), global)
        }
    }

    struct Refuse: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What is offered is something else; without items, the order cannot be met.",
            discussion: ExitCodes.help)
        @Argument(help: "The order, as order list names it.") var order: String
        @Argument(help: "Items.") var items: [String] = []
        @Option(help: "Why.") var why: String
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await OrderText.send(.refuse(order: order, items: items, why: why), global)
        }
    }
}

private enum OrderText {
    static func send(_ request: OrderRequest, _ global: GlobalOptions) async throws {
        let json = global.json
        try await Carrying.lines(.order(request), settings: try await global.settings()) { value in
            json ? Terminal.line(value) : lines(value).forEach { Terminal.line($0) }
        }
    }

    /// An order for the eye: itself, and each offer on a line of its own.
    static func lines(_ order: JSONValue) -> [String] {
        func text(_ key: String) -> String { SafeText.of(order[key: key]?.stringValue ?? "") }
        let officers = (order[key: "officers"]?.arrayValue ?? []).compactMap(\.stringValue)
            .map { SafeText.of($0) }.joined(separator: ", ")
        let late =
            order[key: "overdue"] == nil ? nil : Bilingual("OVERDUE", "已逾期").text(in: language)
        let head = [
            text("order"), state(text("state")), late, text("caseNumber"), officers,
            "\(text("from")) – \(text("to"))", text("why"), text("answer"),
        ].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "  ")
        return [head]
            + (order[key: "offers"]?.arrayValue ?? []).map { offer in
                [
                    "   ", SafeText.of(offer[key: "item"]?.stringValue ?? ""),
                    state(offer[key: "state"]?.stringValue ?? ""),
                    SafeText.of(offer[key: "why"]?.stringValue ?? ""),
                ].filter { !$0.isEmpty }.joined(separator: "  ")
            }
    }

    private static func state(_ state: String) -> String {
        let words: Bilingual =
            switch state {
            case "open": Bilingual("waits for footage", "待录像")
            case "offered": Bilingual("offered", "已提供，待确认")
            case "accepted": Bilingual("accepted", "已接受")
            case "refused": Bilingual("refused", "已退回")
            default: Bilingual(state, state)
            }
        return words.text(in: language)
    }
}
