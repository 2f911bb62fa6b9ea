import ArgumentParser
import Assembly
import Evidence

struct Ingest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Docks a mounted recorder, or a plain folder, once: every file of it.",
        discussion: ExitCodes.help)

    @Argument(help: "Where the recorder is mounted, or a folder.") var paths: [String]
    @Option(help: "The recorder's number, where it does not tell it itself.") var recorder: String?
    @Option(help: "The staff number of the officer who carried it.") var officer: String?
    @Option(help: "The zone of the recorder's clock, such as +08:00.") var zone: String?
    @Option(
        parsing: .unconditional,
        help: "By how many seconds the recorder's clock is ahead; behind with a minus.")
    var clockOffset: Double?
    @Flag(help: "It is a notary's own recorder.") var notary = false
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let settings = try await global.settings()
        let printer = OutcomePrinter(json: global.json)
        try await Carrying.lines(
            .ingest(
                paths: paths.map { $0.isEmpty ? "" : LocalPath.absolute($0) }, recorder: recorder,
                officer: officer, zone: zone, isNotarys: notary,
                clockOffset: clockOffset.map {
                    try ClockText.milliseconds($0, option: "--clock-offset")
                }),
            settings: settings, makesNew: true, line: { printer.print($0) })
    }
}

/// Prints an answer's lines as JSON, or for the eye.
struct OutcomePrinter: Sendable {
    let json: Bool

    func print(_ value: JSONValue) {
        json ? Terminal.line(value) : printForPeople(value)
        // Whoever waits for a file learns of it when it is sealed, not when a buffer is full.
        Terminal.flush()
    }

    private func printForPeople(_ value: JSONValue) {
        if let summary = value[key: "summary"] {
            printSummary(summary)
            return
        }
        let outcome = value[key: "outcome"]?.stringValue ?? ""
        let path = SafeText.of(value[key: "path"]?.stringValue ?? "")
        let size = value[key: "size"]?.integerValue.map(Readable.bytes) ?? ""
        let item = value[key: "item"]?.stringValue ?? ""
        let reason = value[key: "reason"]?.stringValue.map { "  (\(SafeText.of($0)))" } ?? ""
        Terminal.line("\(word(outcome))  \(item)  \(path)  \(size)\(reason)")
    }

    private func word(_ outcome: String) -> String {
        let words: Bilingual =
            switch outcome {
            case "ingested": Bilingual("taken      ", "已采集")
            case "duplicate": Bilingual("known      ", "已存在")
            case "quarantined": Bilingual("needs a look", "待核查")
            case "refused": Bilingual("NOT TAKEN  ", "未采集")
            default: Bilingual(outcome, outcome)
            }
        return words.text(in: language)
    }

    private func printSummary(_ summary: JSONValue) {
        func number(_ key: String) -> Int64 { summary[key: key]?.integerValue ?? 0 }
        for finding in summary[key: "findings"]?.arrayValue ?? [] {
            Terminal.line("! " + SafeText.of(finding[key: "message"]?.stringValue ?? ""))
        }
        let bytes = Readable.bytes(number("bytes"))
        Terminal.line(
            Bilingual(
                "\(number("files")) files: \(number("ingested")) taken, \(number("duplicate")) known, \(number("quarantined")) need a look, \(number("refused")) not taken; \(bytes).",
                "共 \(number("files")) 个文件：新采集 \(number("ingested"))，已存在 \(number("duplicate"))，待核查 \(number("quarantined"))，未采集 \(number("refused"))；\(bytes)。"
            ).text(in: language))
        if number("unfinished") > 0 {
            Terminal.line(
                Bilingual(
                    "Unfinished files left alone on the recorder: \(number("unfinished")).",
                    "记录仪上有 \(number("unfinished")) 个未完成的文件，未作采集。"
                ).text(in: language))
        }
        if number("copies") == 1 {
            Terminal.line(DockWords.singleCopy.text(in: language))
        }
        if number("files") == 0 {
            Terminal.line(DockWords.nothingFound.text(in: language))
        }
        let safe = summary[key: "safeToRemove"]?.boolValue == true
        Terminal.line(
            (safe ? DockWords.mayBeRemoved : DockWords.unfinished).text(in: language))
    }
}
