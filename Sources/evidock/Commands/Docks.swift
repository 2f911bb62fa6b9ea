import ArgumentParser
import Assembly
import Evidence

struct Docks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The slots now, and what was left unfinished.", discussion: ExitCodes.help)

    @Flag(help: "The files and digests on recorders that may be cleared with the maker's tool.")
    var clearable = false
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let settings = try await global.settings()
        let json = global.json
        let clearable = clearable
        let socket = Station.controlSocket(of: settings)
        if let socket,
            let status = try ControlSocket.ask(
                .docks(clearable: clearable), in: language, at: socket,
                answer: { answer in
                    if case .line(let value) = answer {
                        Self.print(value, json: json, clearable: clearable)
                    }
                })
        {
            guard status == .done else { throw ExitCode(status.rawValue) }
            return
        }
        let reader = try StationReader(settings: settings)
        let index = try await reader.index(log: GlobalOptions.logger())
        Terminal.note(Bilingual("The daemon is not running here.", "守护进程未运行。"))
        for line in try DockReport(index: index).lines(clearable: clearable, in: language) {
            Self.print(line, json: json, clearable: clearable)
        }
    }

    private static func print(_ value: JSONValue, json: Bool, clearable: Bool) {
        guard !json else {
            Terminal.line(value)
            return
        }
        func text(_ key: String) -> String { SafeText.of(value[key: key]?.stringValue ?? "") }
        func number(_ key: String) -> Int64 { value[key: key]?.integerValue ?? 0 }
        if clearable {
            Terminal.line("\(text("sha256"))  \(text("recorder"))  \(text("path"))")
            return
        }
        var line = "\(text("slot"))  \(text("recorder"))  \(text("words"))"
        if number("bytesTotal") > 0 {
            line +=
                "  \(Readable.bytes(number("bytesDone"))) / \(Readable.bytes(number("bytesTotal")))"
        }
        if number("rate") > 0 { line += "  \(Readable.bytes(number("rate")))/s" }
        if let left = value[key: "secondsLeft"]?.integerValue {
            line += "  \(Readable.duration(seconds: Double(left)))"
        }
        if !text("reason").isEmpty { line += "  \(text("reason"))" }
        Terminal.line(line)
    }
}
