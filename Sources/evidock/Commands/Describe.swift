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
        let status = try await Carrying.out(
            .describe(items: items), settings: settings,
            answer: { answer in
                switch answer {
                case .line(let value):
                    if json {
                        Terminal.line(value)
                    } else if let count = value[key: "described"]?.integerValue {
                        Terminal.line(
                            Bilingual("\(count) items were described.", "已描述 \(count) 个条目。")
                                .text(in: language))
                    } else {
                        ItemPrinter.print(value)
                    }
                case .failure(_, let problem, let nextStep):
                    Terminal.note("evidock: " + problem.text(in: language))
                    Terminal.note("  " + nextStep.text(in: language))
                case .end: break
                }
            })
        guard status == .done else { throw ExitCode(status.rawValue) }
    }
}
