import ArgumentParser
import Assembly
import Evidence

struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Footage from the index, newest first.", discussion: ExitCodes.help)

    @Option(name: .customLong("case"), help: "A case number, written in any way.")
    var caseNumber: String?
    @Option(help: "An officer's staff number.") var officer: String?
    @Option(help: "A recorder's number.") var recorder: String?
    @Option(help: "From this time on: 2026-08-04, or 2026-08-04T10:00:00, with +08:00 or Z.")
    var from: String?
    @Option(help: "Up to this time (a day counts whole).") var to: String?
    @Option(help: "Words to look for.") var text: String?
    @Flag(help: "Only what is not yet linked to a case.") var unassigned = false
    @Flag(help: "Sidecars and other files as lines of their own too.") var all = false
    @Option(parsing: .unconditional, help: "At most this many lines; 0 for all.") var limit = 100
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let settings = try await global.settings()
        guard limit >= 0 else {
            throw AssemblyFailure(
                .wrongUsage, subject: "--limit", wanted: Bilingual("0 or more", "应为 0 或更大"))
        }
        let query = ItemQuery(
            caseNumber: caseNumber, officer: officer, recorder: recorder,
            from: try from.map { try TimeText.moment($0, endOfDay: false, option: "--from") },
            to: try to.map { try TimeText.moment($0, endOfDay: true, option: "--to") },
            text: text, unassigned: unassigned, all: all, limit: limit)
        let reader = try StationReader(settings: settings, note: Terminal.note)
        let items = try await reader.list(query, log: GlobalOptions.logger())
        for item in items {
            global.json ? Terminal.line(item) : Terminal.line(Self.line(item))
        }
        if !global.json {
            Terminal.note(
                items.isEmpty
                    ? Bilingual("Nothing found.", "未找到。")
                    : Bilingual("\(items.count) listed.", "共列出 \(items.count) 条。"))
        }
    }

    private static func line(_ item: JSONValue) -> String {
        func text(_ value: JSONValue?) -> String { SafeText.of(value?.stringValue ?? "") }
        var parts = [text(item[key: "item"])]
        parts.append(
            text(item[key: "times"]?[key: "start"]).isEmpty
                ? "-" : text(item[key: "times"]?[key: "start"]))
        switch item[key: "media"]?[key: "duration"] {
        case .decimal(let seconds): parts.append(Readable.duration(seconds: seconds))
        case .integer(let seconds): parts.append(Readable.duration(seconds: Double(seconds)))
        default: parts.append("-")
        }
        parts.append(Readable.bytes(item[key: "size"]?.integerValue ?? 0))
        let recorder = text(item[key: "recorder"]?[key: "id"])
        parts.append(recorder.isEmpty ? "-" : recorder)
        let officer = text(item[key: "officer"])
        parts.append(officer.isEmpty ? "-" : officer)
        let status = text(item[key: "media"]?[key: "status"])
        parts.append(status.isEmpty ? "-" : status)
        if item[key: "quarantine"]?.stringValue != nil {
            parts.append(Bilingual("needs a look", "待核查").text(in: language))
        }
        let cases = item[key: "cases"]?.arrayValue?.map { text($0[key: "caseNumber"]) } ?? []
        let proposed = item[key: "proposed"]?.arrayValue?.map { text($0) } ?? []
        parts += cases + proposed.map { Bilingual("perhaps \($0)", "可能是\($0)").text(in: language) }
        parts.append(text(item[key: "path"]))
        return parts.joined(separator: "  ")
    }
}

/// Times as people type them.
enum TimeText {
    /// A day, or a day and time, in the zone given or the station's own (+08:00).
    static func moment(_ text: String, endOfDay: Bool, option: String) throws -> Timestamp {
        var rest = text
        var zone = ZoneOffset.china
        if rest.hasSuffix("Z") {
            zone = ZoneOffset(minutes: 0) ?? .china
            rest.removeLast()
        } else if rest.count >= 16, let offset = ZoneOffset(String(rest.suffix(6))) {
            zone = offset
            rest.removeLast(6)
        }
        let isDay = rest.utf8.count == 10
        if isDay { rest += endOfDay ? "T23:59:59" : "T00:00:00" }
        if rest.utf8.count == 16 { rest += ":00" }
        guard let civil = CivilTime(rest) else {
            throw AssemblyFailure(
                .wrongUsage, subject: option,
                wanted: Bilingual(
                    "write 2026-08-04, or 2026-08-04T10:00:00, with +08:00 or Z",
                    "请写成 2026-08-04 或 2026-08-04T10:00:00，后面可加 +08:00 或 Z"))
        }
        let moment = zone.timestamp(of: civil)
        return isDay && endOfDay ? Timestamp(milliseconds: moment.milliseconds + 999) : moment
    }
}
