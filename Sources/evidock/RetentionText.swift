import Assembly
import Evidence

/// Retention for the eye.
enum RetentionText {
    static func send(_ request: RetentionRequest, _ global: GlobalOptions) async throws {
        let json = global.json
        try await Carrying.lines(.retention(request), settings: try await global.settings()) {
            json ? Terminal.line($0) : lines($0).forEach { Terminal.line($0) }
        }
    }

    static func list(_ found: [JSONValue], none: Bilingual, _ global: GlobalOptions) {
        for one in found {
            global.json ? Terminal.line(one) : lines(one).forEach { Terminal.line($0) }
        }
        if found.isEmpty, !global.json { Terminal.note(none) }
    }

    /// A line of the plan: an item, or the sum.
    static func print(plan line: JSONValue) {
        guard let summary = line[key: "summary"] else {
            Terminal.line(item(line))
            return
        }
        func count(_ key: String, in part: JSONValue? = nil) -> Int64 {
            (part ?? summary)[key: key]?.integerValue ?? 0
        }
        let unlinked = summary[key: "unlinked"]
        let (due, late) = (count("due", in: unlinked), count("escalated", in: unlinked))
        Terminal.note(
            Bilingual(
                "\(count("items")) files of footage: \(count("due")) may go "
                    + "(\(count("bytes")) bytes); \(due) wait to be linked, \(late) of them far too long.",
                "录像文件 \(count("items")) 个：可删除 \(count("due")) 个（\(count("bytes")) 字节）；"
                    + "逾期待关联 \(due + late) 个，其中严重逾期 \(late) 个。"))
    }

    private static func item(_ line: JSONValue) -> String {
        var parts = [text(line, "item"), text(line, "start")]
        if line[key: "due"]?.boolValue == true {
            parts.append(Bilingual("may go", "可以删除").text(in: language))
            parts.append(text(line, "rule"))
        } else {
            parts.append(Bilingual("is kept", "应予保存").text(in: language))
        }
        let reasons = (line[key: "reasons"]?.arrayValue ?? []).compactMap(words)
        parts.append(reasons.joined(separator: language == .english ? "; " : "；"))
        switch line[key: "unlinked"]?.stringValue {
        case "due": parts.append(Bilingual("LINK IT", "请尽快关联").text(in: language))
        case "escalated": parts.append(Bilingual("FAR TOO LONG", "严重逾期").text(in: language))
        default: break
        }
        if let until = line[key: "until"]?.stringValue {
            parts.append(Bilingual("until \(until)", "保存至 \(until)").text(in: language))
        }
        return parts.filter { !$0.isEmpty }.joined(separator: "  ")
    }

    /// A hold, a proposal, or what became of an item.
    private static func lines(_ value: JSONValue) -> [String] {
        if let summary = value[key: "summary"] {
            let count = summary[key: "items"]?.integerValue ?? 0
            return [
                Bilingual("\(count) items were deleted.", "已删除 \(count) 个条目。").text(in: language)
            ]
        }
        if value[key: "hold"] != nil {
            return [
                join([
                    text(value, "hold"), state(value), list(value, "items"), list(value, "cases"),
                    text(value, "why"),
                ])
            ]
        }
        if let items = value[key: "items"]?.arrayValue {
            let persons = (value[key: "approvals"]?.arrayValue ?? []).map { text($0, "by") }
            let head = join([
                text(value, "proposal"), state(value), persons.joined(separator: ", "),
                text(value, "deletedFrom"), text(value, "why"), text(value, "withdrawnWhy"),
            ])
            return [head] + items.map { "    " + join([text($0, "item"), text($0, "rule")]) }
        }
        if let confirmed = value[key: "confirmed"]?.boolValue {
            let words =
                confirmed
                ? Bilingual("private or a test, by two persons", "经两人确认为私人或测试内容")
                : Bilingual("private or a test; a second person is wanted", "标为私人或测试，待第二人确认")
            return [join([text(value, "item"), words.text(in: language)])]
        }
        let words =
            value[key: "deleted"]?.boolValue == true
            ? Bilingual("deleted", "已删除") : Bilingual("is kept", "应予保存")
        let reasons = (value[key: "reasons"]?.arrayValue ?? []).compactMap(Self.words)
        return [join([text(value, "item"), words.text(in: language)] + reasons)]
    }

    private static func state(_ value: JSONValue) -> String {
        let state = text(value, "state")
        let words: Bilingual =
            switch state {
            case "standing": Bilingual("stands", "有效")
            case "released": Bilingual("released", "已解除")
            case "proposed": Bilingual("proposed", "待批准")
            case "approved": Bilingual("approved", "已批准，待执行")
            case "withdrawn": Bilingual("withdrawn", "已撤回")
            case "deleted": Bilingual("deleted", "已删除")
            default: Bilingual(state, state)
            }
        return words.text(in: language)
    }

    private static func words(_ reason: JSONValue) -> String? {
        let words = reason[key: "words"]?.arrayValue?.compactMap(\.stringValue) ?? []
        return SafeText.of(Bilingual(words.first ?? "", words.last ?? "").text(in: language))
    }

    private static func text(_ value: JSONValue, _ key: String) -> String {
        SafeText.of(value[key: key]?.stringValue ?? "")
    }

    private static func list(_ value: JSONValue, _ key: String) -> String {
        (value[key: key]?.arrayValue ?? []).compactMap(\.stringValue).map { SafeText.of($0) }
            .joined(separator: ", ")
    }

    private static func join(_ parts: [String]) -> String {
        parts.filter { !$0.isEmpty }.joined(separator: "  ")
    }
}
