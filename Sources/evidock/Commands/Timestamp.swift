import ArgumentParser
import Assembly
import Evidence
import Synchronization

struct Stamp: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "timestamp",
        abstract: "Asks the time-stamp authority of the settings for tokens over the checkpoint.",
        discussion: """
            The newest checkpoint is stamped by SHA-256 and by SM3 (RFC 3161); what is verified is \
            frozen in log/stamped/ and entered in the ledger. Where it has its stamps, nothing is \
            done.
            \(ExitCodes.help)
            """)
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let json = global.json
        let isNothing = Mutex(true)
        try await Carrying.lines(.timeStamp, settings: try await global.settings()) { value in
            isNothing.withLock { $0 = false }
            json ? Terminal.line(value) : StampPrinter.print(value)
        }
        guard !json, isNothing.withLock({ $0 }) else { return }
        Terminal.note(
            Bilingual("The newest checkpoint has its time stamps.", "最新检查点已有可信时间戳。"))
    }
}

/// A time stamp, or why there is none.
enum StampPrinter {
    static func print(_ value: JSONValue) {
        if let finding = value[key: "finding"] {
            Terminal.line("! " + FindingLine.text(finding))
            return
        }
        let size = value[key: "size"]?.integerValue ?? 0
        let imprint = value[key: "imprint"]?.stringValue == "sm3" ? "SM3" : "SHA-256"
        let time = value[key: "time"]?.stringValue ?? "-"
        let words =
            value[key: "checked"]?.boolValue == true
            ? Bilingual(
                "Entries up to \(size): time-stamped at \(time) (\(imprint)).",
                "截至第 \(size) 条：可信时间戳 \(time)（\(imprint)）。")
            : Bilingual(
                "Entries up to \(size): time-stamped (\(imprint)); the signature is not checked.",
                "截至第 \(size) 条：已加盖时间戳（\(imprint)），签名未作校验。")
        Terminal.line(words.text(in: language))
    }
}

/// A finding of an answer, as a line for a person.
enum FindingLine {
    static func text(_ finding: JSONValue) -> String {
        func text(_ key: String) -> String { SafeText.of(finding[key: key]?.stringValue ?? "") }
        return text("subject") + Bilingual(": ", "：").text(in: language) + text("message")
    }
}
