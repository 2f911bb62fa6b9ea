import ArgumentParser
import Assembly
import Evidence

struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "One item: digests, names, facts, times, custody.", discussion: ExitCodes.help)

    @Argument(help: "An item, or a digest or the beginning of one.") var item: String
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let settings = try await global.settings()
        let reader = try StationReader(settings: settings, note: Terminal.note)
        let value = try await reader.show(item, log: GlobalOptions.logger())
        global.json ? Terminal.line(value) : ItemPrinter.print(value)
    }
}

/// One item for the eye: every fact on a line of its own.
enum ItemPrinter {
    static func print(_ item: JSONValue) {
        lines(of: item, indent: "").forEach { Terminal.line($0) }
    }

    /// Members in the order a reader looks for them; others after.
    private static let order = [
        "item", "names", "officer", "recorder", "times", "media", "sha256", "sm3", "size",
    ]

    private static func lines(of value: JSONValue, indent: String) -> [String] {
        guard let members = value.objectValue else { return [indent + scalar(value)] }
        let keys = members.keys.sorted {
            (order.firstIndex(of: $0) ?? order.count, $0)
                < (order.firstIndex(of: $1) ?? order.count, $1)
        }
        var out: [String] = []
        for key in keys {
            guard let member = members[key] else { continue }
            let label = indent + word(key)
            switch member {
            case .object:
                out.append(label)
                out += lines(of: member, indent: indent + "    ")
            case .array(let elements):
                if elements.allSatisfy({ $0.objectValue == nil }) {
                    out.append(label + ": " + elements.map { scalar($0) }.joined(separator: ", "))
                } else {
                    out.append(label)
                    for element in elements { out.append(indent + "    - " + inline(element)) }
                }
            default: out.append(label + ": " + scalar(member, of: key))
            }
        }
        return out
    }

    private static func inline(_ value: JSONValue, of key: String = "") -> String {
        guard let members = value.objectValue else { return scalar(value, of: key) }
        return members.keys.sorted().map { key in
            "\(word(key)) \(members[key].map { inline($0, of: key) } ?? "")"
        }.joined(separator: ", ")
    }

    private static func word(_ key: String) -> String {
        SafeText.of(language == .chinese ? ChineseLabels.key(key) : key)
    }

    private static func scalar(_ value: JSONValue, of key: String = "") -> String {
        guard case .string(let text) = value else { return JSONWriter.line(value) }
        return SafeText.of(language == .chinese ? ChineseLabels.value(text, of: key) : text)
    }
}
