import Evidence

/// A recording as a line of a page.
enum FootageLine {
    static func values(of item: JSONValue, _ language: Language) -> [String: Any] {
        let start = item[key: "times"]?[key: "start"]?.stringValue
        let path =
            item[key: "path"]?.stringValue
            ?? item[key: "names"]?.arrayValue?.first?[key: "path"]?.stringValue ?? ""
        let status = item[key: "media"]?[key: "status"]?.stringValue
        let role = item[key: "role"]?.stringValue
        return [
            "item": item[key: "item"]?.stringValue ?? "", "path": path,
            "time": start.map(moment) ?? Texts.all.text("noTime", in: language),
            "length": item[key: "media"]?[key: "duration"]?.secondsValue.map(length) ?? "",
            "officer": item[key: "officer"]?.stringValue ?? "",
            "recorder": item[key: "recorder"]?[key: "id"]?.stringValue ?? "",
            "size": item[key: "size"]?.integerValue.map(bytes) ?? "",
            "isImportant": item[key: "marks"]?.arrayValue?.contains(.string("important")) ?? false,
            "isDamaged": status != nil && status != "sound" && status != "not-media",
            "status": status.map { Texts.all.text("media-" + $0, in: language) } ?? "",
            "cases": (item[key: "cases"]?.arrayValue ?? [])
                .compactMap { $0[key: "caseNumber"]?.stringValue }.joined(separator: "、"),
            "isPlayable": role == "video" && PlayableFilm.isPlayable(path),
            "matched": (item[key: "matched"]?.arrayValue ?? [])
                .compactMap { $0[key: "text"]?.stringValue },
        ]
    }

    /// A moment as an item has it, in its own zone, for the eye.
    static func moment(_ text: String) -> String {
        text.prefix(19).replacing("T", with: " ") + " " + text.dropFirst(19)
    }

    static func length(_ seconds: Double) -> String {
        let whole = Int64(max(0, min(seconds, 1e9)).rounded())
        return [whole / 3600, whole / 60 % 60, whole % 60].map { $0 < 10 ? "0\($0)" : String($0) }
            .joined(separator: ":")
    }

    static func bytes(_ count: Int64) -> String {
        let units = ["B", "kB", "MB", "GB", "TB"]
        var (value, unit) = (Double(count), 0)
        while value >= 1000, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
        let rounded = unit == 0 || value >= 100 ? value.rounded() : (value * 10).rounded() / 10
        let text = rounded == rounded.rounded() ? String(Int64(rounded)) : String(rounded)
        return text + " " + units[unit]
    }
}

extension JSONValue {
    /// A number that may have parts.
    fileprivate var secondsValue: Double? {
        if case .decimal(let value) = self { value } else { integerValue.map(Double.init) }
    }
}
