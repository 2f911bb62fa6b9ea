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
    @Option(name: .customLong("key-copy"), help: "Where the offline copy of the log's key goes.")
    var keyCopy: String?
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let settings = try await global.settings()
        let layout = try RootLayout.make(
            at: settings.root, name: station, court: court, origin: origin, now: Clock.now())
        if let keyCopy {
            _ = try KeyCopy.run(
                settings: settings, out: LocalPath.absolute(keyCopy), check: nil)
        }
        if global.json {
            Terminal.line(layout.station.json)
        } else {
            Terminal.line(
                Bilingual(
                    "Station \(layout.station.name) (\(layout.station.code)) is ready at \(layout.path).",
                    "站点 \(layout.station.name)（\(layout.station.code)）已建立于 \(layout.path)。"
                ).text(in: language))
            Terminal.note(
                keyCopy == nil
                    ? Bilingual(
                        "Keep a copy of the log's key off line: evidock log copy-key --out FILE. Without it a station whose disk is lost goes on under a new key only.",
                        "请离线保存日志密钥的副本：evidock log copy-key --out FILE。如无副本，存储盘丢失后只能改用新密钥。")
                    : Bilingual(
                        "The offline copy of the log's key is at \(SafeText.of(keyCopy ?? "")): lock it away.",
                        "日志密钥的离线副本位于 \(SafeText.of(keyCopy ?? ""))，请妥善封存。"))
        }
    }
}
