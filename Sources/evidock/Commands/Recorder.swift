import ArgumentParser
import Assembly
import Evidence

struct Recorder: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The register of recorders: who has which, since when.",
        discussion: ExitCodes.help,
        subcommands: [
            Issue.self, Lend.self, Return.self, Import.self, List.self, Clocks.self,
        ])

    struct Issue: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A recorder is an officer's from now on, or from another time on.",
            discussion: ExitCodes.help)
        @Argument(help: "The recorder's number.") var recorder: String
        @Option(help: "The officer's staff number.") var to: String
        @OptionGroup var when: RegisterTime
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await Registering.enter(recorder, .issued, to, when, global)
        }
    }

    struct Lend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Another officer has it until it is returned.", discussion: ExitCodes.help)
        @Argument(help: "The recorder's number.") var recorder: String
        @Option(help: "The officer's staff number.") var to: String
        @OptionGroup var when: RegisterTime
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await Registering.enter(recorder, .lent, to, when, global)
        }
    }

    struct Return: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What was lent is back with its officer; what was issued is nobody's.",
            discussion: ExitCodes.help)
        @Argument(help: "The recorder's number.") var recorder: String
        @OptionGroup var when: RegisterTime
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await Registering.enter(recorder, .returned, nil, when, global)
        }
    }

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes in who has which recorder: CSV or JSON.",
            discussion: """
                Columns: recorder, officer id, since, and step (issued, lent, returned; issued where \
                there is none), in Chinese or English. Every row is accounted for, as by evidock case \
                import. A schedule of field tasks says it as well: R1/06021 among its recorders, or one \
                officer with one recorder.
                \(ExitCodes.help)
                """)
        @OptionGroup var file: ImportedFile
        @OptionGroup var global: GlobalOptions

        func run() async throws { try await file.takeIn(global) }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Who has which recorder; of one recorder all that was entered.",
            discussion: ExitCodes.help)
        @Argument(help: "A recorder's number.") var recorder: String?
        @OptionGroup var when: RegisterTime
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let reader = try StationReader(
                settings: try await global.settings(), note: Terminal.note)
            let found = try await reader.recorders(
                recorder, at: try when.moment() ?? Clock.now(), log: GlobalOptions.logger())
            for one in found {
                global.json ? Terminal.line(one) : Terminal.line(Registering.words(one))
            }
            guard found.isEmpty else { return }
            if !global.json {
                Terminal.note(Bilingual("No recorder is registered.", "没有登记的记录仪。"))
            }
            throw ExitCode(ExitStatus.findings.rawValue)
        }
    }
}

struct RegisterTime: ParsableArguments {
    @Option(help: "At this time: 2026-08-04T10:00:00, with +08:00 or Z; by default now.")
    var at: String?

    func moment() throws -> Timestamp? {
        try at.map { try TimeText.moment($0, endOfDay: false, option: "--at") }
    }
}

private enum Registering {
    static func enter(
        _ recorder: String, _ step: RecorderIssueRow.Step, _ officer: String?,
        _ when: RegisterTime, _ global: GlobalOptions
    ) async throws {
        let json = global.json
        try await Carrying.lines(
            .register(recorder: recorder, step: step, officer: officer, from: try when.moment()),
            settings: try await global.settings()
        ) { value in json ? Terminal.line(value) : Terminal.line(words(value)) }
    }

    static func words(_ one: JSONValue) -> String {
        let step =
            switch one[key: "step"]?.stringValue {
            case "issued": Bilingual("issued to", "配发给")
            case "lent": Bilingual("lent to", "借给")
            case "returned": Bilingual("returned", "已归还")
            default: Bilingual("has", "持有人")
            }
        let isScheduled = one[key: "bySchedule"]?.boolValue == true
        let scheduled =
            isScheduled
            ? Bilingual("(on a field task, by the schedule)", "（据任务安排佩戴）").text(in: language) : nil
        let owner = one[key: "owner"]?.stringValue.map {
            (isScheduled
                ? Bilingual("(issued to \($0))", "（登记持有人 \($0)）")
                : Bilingual("(lent by \($0))", "（借自 \($0)）")).text(in: language)
        }
        return [
            one[key: "recorder"]?.stringValue, step.text(in: language),
            one[key: "officer"]?.stringValue, scheduled, owner, one[key: "from"]?.stringValue,
        ].compactMap { $0 }.map { SafeText.of($0) }.joined(separator: "  ")
    }
}

struct Attribute: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Corrects who carried the recorder of a docking or an item.",
        discussion: """
            The claim stays in the ledger; what is believed changes. What is said of one item stands \
            against what is said of its docking later.
            \(ExitCodes.help)
            """)
    @Argument(help: "Dockings (0602-17) or items.") var names: [String]
    @Option(help: "The staff number of the officer who carried it.") var officer: String
    @Option(help: "Why.") var why: String
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let json = global.json
        try await Carrying.lines(
            .attribute(names: names, officer: officer, why: why),
            settings: try await global.settings()
        ) { value in
            guard !json else {
                Terminal.line(value)
                return
            }
            let name = value[key: "visit"]?.stringValue ?? value[key: "item"]?.stringValue ?? ""
            let officer = SafeText.of(value[key: "officer"]?.stringValue ?? "")
            Terminal.line(
                Bilingual("\(name): carried by \(officer).", "\(name)：佩戴人为 \(officer)。")
                    .text(in: language))
        }
    }
}
