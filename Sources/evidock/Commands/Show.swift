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
        let reader = try StationReader(settings: settings)
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
            let label = indent + SafeText.of(key)
            switch member {
            case .object:
                out.append(label)
                out += lines(of: member, indent: indent + "    ")
            case .array(let elements):
                if elements.allSatisfy({ $0.objectValue == nil }) {
                    out.append(label + ": " + elements.map(scalar).joined(separator: ", "))
                } else {
                    out.append(label)
                    for element in elements { out.append(indent + "    - " + inline(element)) }
                }
            default: out.append(label + ": " + scalar(member))
            }
        }
        return out
    }

    private static func inline(_ value: JSONValue) -> String {
        guard let members = value.objectValue else { return scalar(value) }
        return members.keys.sorted().map { key in
            "\(SafeText.of(key)) \(members[key].map(inline) ?? "")"
        }.joined(separator: ", ")
    }

    private static func scalar(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): SafeText.of(text)
        default: JSONWriter.line(value)
        }
    }
}
