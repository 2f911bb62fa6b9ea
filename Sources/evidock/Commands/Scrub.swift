import ArgumentParser
import Assembly
import Evidence

struct Scrub: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The integrity check: when footage was last read whole, or reads it now.",
        discussion: """
            serve reads everything whole within 30 days (scrubEvery), new footage within a day, \
            when the disks are free. With --now it is done at once, for the items that are named or \
            for all.
            \(ExitCodes.help)
            """)

    @Argument(help: "Items, or digests or beginnings of them; with --now.") var items: [String] = []
    @Flag(help: "Reads at once.") var now = false
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let settings = try await global.settings()
        guard now else {
            guard items.isEmpty else {
                throw AssemblyFailure(
                    .wrongUsage, subject: "scrub",
                    wanted: Bilingual("items only with --now", "指定条目须与 --now 同用"))
            }
            let figures = try await StationReader(settings: settings, note: Terminal.note)
                .fixity(log: GlobalOptions.logger())
            global.json ? Terminal.line(figures) : print(figures)
            return
        }
        let json = global.json
        try await Carrying.lines(.scrub(items: items), settings: settings) { value in
            json ? Terminal.line(value) : Self.print(value)
        }
    }

    private func print(_ figures: JSONValue) {
        func number(_ key: String) -> Int64 { figures[key: key]?.integerValue ?? 0 }
        let oldest = figures[key: "oldest"]?.stringValue ?? "-"
        Terminal.line(
            Bilingual(
                "\(number("items")) items; never read whole since sealed: \(number("never")); due: \(number("due")); longest ago: \(oldest).",
                "共 \(number("items")) 个文件；封存后尚未全面校验 \(number("never")) 个；到期 \(number("due")) 个；最早校验时间 \(oldest)。"
            ).text(in: language))
    }

    private static func print(_ value: JSONValue) {
        if let finding = value[key: "finding"] {
            Terminal.line("! " + FindingLine.text(finding))
            return
        }
        guard let summary = value[key: "summary"] else { return }
        func number(_ key: String) -> Int64 { summary[key: key]?.integerValue ?? 0 }
        Terminal.line(
            Bilingual(
                "Read whole: \(number("items")) items, \(number("bytes")) bytes; mismatches: \(number("mismatches")); could not be read: \(number("unreadable")).",
                "完整性校验：\(number("items")) 个文件，\(number("bytes")) 字节；不一致 \(number("mismatches")) 个；无法读取 \(number("unreadable")) 个。"
            ).text(in: language))
    }
}
