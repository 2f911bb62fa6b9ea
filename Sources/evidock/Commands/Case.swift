import ArgumentParser
import Assembly
import Evidence
import Synchronization

struct Case: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Cases and field tasks, as schedules give them.",
        discussion: ExitCodes.help,
        subcommands: [
            Add.self, Import.self, List.self, Show.self, Grant.self, EndAccess.self, Restrict.self,
            Lift.self,
        ])

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes in a schedule of cases or field tasks: CSV or JSON.",
            discussion: """
                UTF-8, UTF-16 or GB18030; the header in Chinese or English. Every row is accounted \
                for: accepted, changed, unchanged, or refused with line, column and reason; the rows \
                that are not refused are taken all together, or, where the file is no schedule, none. \
                Whoever runs serve must be able to read the file.
                \(ExitCodes.help)
                """)
        @OptionGroup var file: ImportedFile
        @OptionGroup var global: GlobalOptions

        func run() async throws { try await file.takeIn(global) }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes in one case; of one that is known, what is told of it changes.",
            discussion: ExitCodes.help)
        @Argument(help: "The case number, in any spelling.") var number: String
        @Option(help: "The judge, by the name of an account.") var judge: String?
        @Option(help: "Its court, where the number does not name it.") var court: String?
        @Option(name: .customLong("party"), help: "A party; may be repeated.")
        var parties: [String] = []
        @Option(help: "open, suspended, terminated or closed.") var state: String?
        @Option(help: "What kind of case it is.") var category: String?
        @Option(help: "Notes.") var notes: String?
        @Flag(help: "It is not public.") var restricted = false
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            var told: [String: JSONValue] = ["caseNumber": .string(number)]
            told.set("judge", judge)
            told.set("court", court)
            told.set("parties", parties)
            told.set("state", state)
            told.set("category", category)
            told.set("notes", notes)
            if restricted { told["restricted"] = true }
            try await ImportedFile.takeIn(.addCase(told), report: nil, global)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Cases that fit a part of a case number, the newest first.",
            discussion: ExitCodes.help)
        @Argument(help: "A part of a case number in any spelling: 执123, 2019执, 闽06.")
        var part: String?
        @Option(help: "At most so many; 0 for all.") var limit: Int = 100
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let reader = try StationReader(
                settings: try await global.settings(), note: Terminal.note)
            let found = try await reader.cases(
                part, limit: limit <= 0 ? .max : limit, log: GlobalOptions.logger())
            for one in found {
                global.json ? Terminal.line(one) : Terminal.line(CasePrinter.line(one))
            }
            guard found.isEmpty else { return }
            if !global.json { Terminal.note(Bilingual("No case found.", "未查到案件。")) }
            throw ExitCode(ExitStatus.findings.rawValue)
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A case with its field tasks and certificates.", discussion: ExitCodes.help)
        @Argument(help: "The case number, in any spelling.") var number: String
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let reader = try StationReader(
                settings: try await global.settings(), note: Terminal.note)
            let found = try await reader.showCase(number, log: GlobalOptions.logger())
            global.json ? Terminal.line(found) : ItemPrinter.print(found)
        }
    }
}

extension Case {
    struct Grant: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets an account see a case's footage on the pages.",
            discussion: ExitCodes.help)
        @Argument(help: "The case number, in any spelling.") var number: String
        @Option(help: "The account.") var account: String
        @Option(help: "Until then, such as 2026-08-04; wanted but for a case's team.")
        var until: String?
        @Flag(help: "Works on the case.") var team = false
        @Flag(help: "Of another court, looks it over.") var review = false
        @Option(help: "Why.") var why: String
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await AccessText.send(
                AccessRequest(
                    .grant, caseNumber: number, account: account,
                    ground: team ? .team : review ? .review : .grant,
                    until: try until.map {
                        try TimeText.moment($0, endOfDay: true, option: "--until")
                    }, why: why), global)
        }
    }

    struct EndAccess: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "end-access", abstract: "An account no longer sees a case's footage.",
            discussion: ExitCodes.help)
        @Argument(help: "The case number, in any spelling.") var number: String
        @Option(help: "The account.") var account: String
        @Option(help: "Why.") var why: String
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await AccessText.send(
                AccessRequest(.end, caseNumber: number, account: account, why: why), global)
        }
    }

    struct Restrict: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Its judge alone, and those who are let in, see the case's footage.",
            discussion: ExitCodes.help)
        @Argument(help: "The case number, in any spelling.") var number: String
        @Option(help: "Why.") var why: String
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await AccessText.send(
                AccessRequest(.restrict, caseNumber: number, why: why), global)
        }
    }

    struct Lift: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The case is no longer restricted.", discussion: ExitCodes.help)
        @Argument(help: "The case number, in any spelling.") var number: String
        @Option(help: "Why.") var why: String
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await AccessText.send(
                AccessRequest(.lift, caseNumber: number, why: why), global)
        }
    }
}

/// Who may see a case, for the eye.
private enum AccessText {
    static func send(_ request: AccessRequest, _ global: GlobalOptions) async throws {
        let json = global.json
        try await Carrying.lines(.access(request), settings: try await global.settings()) { line in
            guard !json else { return Terminal.line(line) }
            let number = line[key: "caseNumber"]?.stringValue ?? ""
            let accounts = line[key: "accounts"]?.arrayValue?.compactMap(\.stringValue) ?? []
            let isRestricted = line[key: "restricted"]?.boolValue == true
            let restricted = Bilingual("restricted", "不公开案件").text(in: language)
            Terminal.line(
                ([number] + (isRestricted ? [restricted] : []) + accounts)
                    .map { SafeText.of($0) }.joined(separator: "  "))
        }
    }
}

/// A file of rows to be taken in.
struct ImportedFile: ParsableArguments {
    @Argument(help: "The file.") var file: String
    @Option(help: "Where the account of every row goes, as CSV; nothing may be there.")
    var report: String?
    @Option(help: "The zone of times that name none, such as +08:00 or Asia/Shanghai.")
    var zone: String?

    /// Says what became of its rows.
    func takeIn(_ global: GlobalOptions) async throws {
        try await Self.takeIn(
            .importSchedule(path: LocalPath.absolute(file), zone: zone), report: report, global)
    }

    static func takeIn(
        _ request: Request, report: String?, _ global: GlobalOptions
    ) async throws {
        let settings = try await global.settings()
        let target = report.map(LocalPath.absolute)
        if let target {
            try StationReader(settings: settings).requireTarget(target, option: "--report")
        }
        let json = global.json
        let account = Mutex("")
        var status: ExitCode?
        do {
            try await Carrying.lines(request, settings: settings, makesNew: true) { value in
                if let line = value[key: "report"]?.stringValue {
                    account.withLock { $0 += line }
                    if !json { Self.printRefusal(line) }
                } else {
                    json ? Terminal.line(value) : Self.print(value)
                }
            }
        } catch let code as ExitCode { status = code }
        let text = account.withLock { $0 }
        if let target, !text.isEmpty { try OutgoingText.write(text, to: target) }
        if let status { throw status }
    }

    /// What a person must look at: the rows that were not taken.
    private static func printRefusal(_ line: String) {
        guard line.contains(",refused,") else { return }
        Terminal.line("! " + SafeText.of(String(line.dropLast(2))))
    }

    private static func print(_ value: JSONValue) {
        func number(_ key: String) -> Int64 { value[key: key]?.integerValue ?? 0 }
        Terminal.line(
            Bilingual(
                "\(number("accepted")) new, \(number("changed")) changed, \(number("unchanged")) unchanged, \(number("refused")) refused.",
                "新增 \(number("accepted")) 行，变更 \(number("changed")) 行，未变 \(number("unchanged")) 行，未接受 \(number("refused")) 行。"
            ).text(in: language))
    }
}

private enum CasePrinter {
    static func line(_ one: JSONValue) -> String {
        let restricted =
            one[key: "restricted"]?.boolValue == true
            ? Bilingual("restricted", "不公开案件").text(in: language) : nil
        return
            (["caseNumber", "court", "category", "state", "judge"]
            .map { one[key: $0]?.stringValue } + [restricted])
            .compactMap { $0 }.map { SafeText.of($0) }.joined(separator: "  ")
    }
}
