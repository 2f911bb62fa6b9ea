import ArgumentParser
import Assembly
import Evidence

struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes a station: its directories, its ledger and the ledger's key.",
        discussion: ExitCodes.help)

    @Option(help: "The station's name.") var station: String
    @Option(help: "The court's code, such as 闽0602.") var court: String?
    @Option(help: "The ledger's origin; by default one with a random part.") var origin: String?
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let settings = try await global.settings()
        let layout = try RootLayout.make(
            at: settings.root, name: station, court: court, origin: origin, now: Clock.now())
        if global.json {
            Terminal.line(layout.station.json)
        } else {
            Terminal.line(
                Bilingual(
                    "Station \(layout.station.name) (\(layout.station.code)) is ready at \(layout.path).",
                    "站点 \(layout.station.name)（\(layout.station.code)）已建立于 \(layout.path)。"
                ).text(in: language))
            Terminal.note(
                Bilingual(
                    "Keep a copy of keys/log.key off line: without it the ledger cannot go on.",
                    "请离线保存 keys/log.key 的副本：丢失后存证日志无法继续。"))
        }
    }
}
