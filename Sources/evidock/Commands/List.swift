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
    @Option(
        parsing: .unconditional,
        help: """
            Words to look for, in any letter case: case numbers in any spelling, officers, courts, \
            places, parties, marks, notes, names. "in quotation marks" for a phrase, -word for what \
            must not be there.
            """)
    var text: String?
    @Option(help: "A court's code or name: footage of its cases.") var court: String?
    @Option(help: "A mark of the recorder, such as important.") var mark: String?
    @Option(
        help:
            "assigned, proposed, inbox, quarantined, sound, damaged, encrypted, unreadable or deleted."
    )
    var state: String?
    @Option(help: "At least this many seconds long.") var minDuration: Double?
    @Option(help: "At most this many seconds long.") var maxDuration: Double?
    @Flag(help: "Only what is not yet linked to a case.") var unassigned = false
    @Flag(help: "Sidecars and other files as lines of their own too.") var all = false
    @Option(help: "Go on after the line with this cursor.") var after: String?
    @Option(parsing: .unconditional, help: "At most this many lines; 0 for all.") var limit = 100
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let settings = try await global.settings()
        guard limit >= 0 else {
            throw AssemblyFailure(
                .wrongUsage, subject: "--limit", wanted: Bilingual("0 or more", "应为 0 或更大"))
        }
        let query = try query()
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
            if items.count == limit, let cursor = items.last?[key: "cursor"]?.stringValue {
                Terminal.note(
                    Bilingual("More: --after \(cursor)", "下一页：--after \(cursor)"))
            }
        }
    }

    private func query() throws -> ItemQuery {
        var query = ItemQuery()
        (query.caseNumber, query.court, query.officer) = (caseNumber, court, officer)
        (query.recorder, query.mark, query.state) = (recorder, mark, state)
        query.from = try from.map { try TimeText.moment($0, endOfDay: false, option: "--from") }
        query.to = try to.map { try TimeText.moment($0, endOfDay: true, option: "--to") }
        (query.minDuration, query.maxDuration) = (minDuration, maxDuration)
        (query.text, query.unassigned, query.all) = (text, unassigned, all)
        (query.after, query.limit) = (after, limit)
        return query
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
        // A name that was found stands there already.
        let found = (item[key: "matched"]?.arrayValue ?? [])
            .filter {
                !["name", "item", "caseNumber"].contains($0[key: "field"]?.stringValue ?? "")
            }
            .map { "\(field(text($0[key: "field"]))) \(text($0[key: "text"]))" }
        if !found.isEmpty { parts.append("[" + found.joined(separator: "; ") + "]") }
        return parts.joined(separator: "  ")
    }
}

extension List {
    /// What was found where, as a reader calls it.
    private static func field(_ kind: String) -> String {
        let words: Bilingual =
            switch kind {
            case "recorder": Bilingual("recorder", "记录仪")
            case "officer": Bilingual("officer", "人员")
            case "court": Bilingual("court", "法院")
            case "party": Bilingual("party", "当事人")
            case "judge": Bilingual("judge", "承办法官")
            case "action": Bilingual("action", "任务类别")
            case "place": Bilingual("place", "地点")
            case "note": Bilingual("note", "备注")
            case "mark": Bilingual("mark", "标记")
            case "tag": Bilingual("tag", "标签")
            default: Bilingual(kind, kind)
            }
        return words.text(in: language)
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
