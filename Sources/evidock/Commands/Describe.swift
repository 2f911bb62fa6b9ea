import ArgumentParser
import Assembly
import Evidence

struct Describe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Asks the inspector again what items hold; without names, those not yet described.",
        discussion: ExitCodes.help)

    @Argument(help: "Items, or digests or beginnings of them.") var items: [String] = []
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let settings = try await global.settings()
        let json = global.json
        try await Carrying.lines(.describe(items: items), settings: settings) { value in
            if json {
                Terminal.line(value)
            } else if let count = value[key: "described"]?.integerValue {
                Terminal.line(
                    Bilingual("\(count) items were described.", "已描述 \(count) 个条目。")
                        .text(in: language))
            } else {
                ItemPrinter.print(value)
            }
        }
    }
}
