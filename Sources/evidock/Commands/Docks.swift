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
        var isEmpty = true
        if let socket,
            let status = try ControlSocket.ask(
                .docks(clearable: clearable), in: language, at: socket,
                answer: { answer in
                    if case .line(let value) = answer {
                        if clearable || value[key: "slot"] != nil { isEmpty = false }
                        Self.print(value, json: json, clearable: clearable)
                    }
                })
        {
            guard status == .done else { throw ExitCode(status.rawValue) }
            if isEmpty { Self.noteEmpty(clearable: clearable, json: json) }
            return
        }
        let reader = try StationReader(settings: settings, note: Terminal.note)
        let index = try await reader.index(log: GlobalOptions.logger())
        Terminal.note(DockWords.offLine)
        let lines = try DockReport(index: index).lines(clearable: clearable, in: language)
        for line in lines { Self.print(line, json: json, clearable: clearable) }
        if clearable, lines.isEmpty { Self.noteEmpty(clearable: true, json: json) }
    }

    private static func print(_ value: JSONValue, json: Bool, clearable: Bool) {
        guard !json else {
            Terminal.line(value)
            return
        }
        if clearable {
            printFile(value)
        } else if value[key: "slot"] == nil {
            printCosigning(value)
        } else {
            printSlot(value)
        }
    }

    /// A witness and its words; or that nothing is signed.
    private static func printCosigning(_ value: JSONValue) {
        let words = value[key: "words"]?.stringValue ?? ""
        if let interface = value[key: "attestation"]?.stringValue {
            let name = Bilingual("attestation \(interface)", "存证接口 \(interface)")
            Terminal.line(name.text(in: language) + "  " + words)
            return
        }
        guard let witness = value[key: "witness"]?.stringValue else {
            Terminal.line("! " + words)
            return
        }
        let name = Bilingual("notary cosigner \(witness)", "公证联署节点 \(witness)")
        Terminal.line(name.text(in: language) + "  " + words)
    }

    private static func printFile(_ value: JSONValue) {
        func text(_ key: String) -> String { SafeText.of(value[key: key]?.stringValue ?? "") }
        Terminal.line("\(text("sha256"))  \(text("recorder"))  \(text("path"))")
    }

    /// The slot, its recorder, the words of the dock; then what is to be known about it.
    private static func printSlot(_ value: JSONValue) {
        func text(_ key: String) -> String { SafeText.of(value[key: key]?.stringValue ?? "") }
        func number(_ key: String) -> Int64 { value[key: key]?.integerValue ?? 0 }
        var parts = [text("slot"), text("recorder"), text("words")]
        if number("bytesTotal") > 0 {
            parts.append(
                Readable.bytes(number("bytesDone")) + " / " + Readable.bytes(number("bytesTotal")))
        }
        if number("rate") > 0 { parts.append(Readable.bytes(number("rate")) + "/s") }
        if let left = value[key: "secondsLeft"]?.integerValue {
            let time = Readable.duration(seconds: Double(left))
            parts.append(Bilingual("\(time) left", "剩余 \(time)").text(in: language))
        }
        parts.append(text("reason"))
        var notes: [Bilingual] = []
        if text("source") == "notary" { notes.append(Bilingual("a notary's recorder", "公证处记录仪")) }
        if number("quarantined") > 0 {
            notes.append(
                Bilingual(
                    "\(number("quarantined")) need a look", "待核查 \(number("quarantined"))"))
        }
        if number("refused") > 0 {
            notes.append(
                Bilingual("\(number("refused")) not taken", "未采集 \(number("refused"))"))
        }
        if number("unfinished") > 0 {
            notes.append(
                Bilingual(
                    "\(number("unfinished")) unfinished, left alone",
                    "未完成的文件 \(number("unfinished")) 个，未采集"))
        }
        if value[key: "mountedWritable"]?.boolValue == true {
            notes.append(Bilingual("mounted writable", "以可写方式挂载"))
        }
        if value[key: "copies"]?.integerValue == 1 {
            notes.append(DockWords.singleCopy)
        }
        if value[key: "mayBeCleared"]?.boolValue == true {
            notes.append(DockWords.mayBeCleared)
        }
        parts += notes.map { $0.text(in: language) }
        Terminal.line(parts.filter { !$0.isEmpty }.joined(separator: "  "))
    }

    private static func noteEmpty(clearable: Bool, json: Bool) {
        guard !json else { return }
        Terminal.note(
            clearable
                ? Bilingual("No recorder may be cleared now.", "目前没有具备清理条件的记录仪。")
                : Bilingual("No recorder is docked.", "没有接入的记录仪。"))
    }
}
