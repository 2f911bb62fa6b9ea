import ArgumentParser
import Assembly
import Evidence

struct Index: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The case index, a view of the ledger.", discussion: ExitCodes.help,
        subcommands: [Rebuild.self])

    struct Rebuild: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Drops the index and replays the ledger.", discussion: ExitCodes.help)

        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let settings = try await global.settings()
            let result = try await Station.rebuildIndex(
                settings: settings, log: GlobalOptions.logger())
            if global.json {
                Terminal.line([
                    "leaves": .integer(result.leaves), "dump": .string(result.dump),
                ])
            } else {
                Terminal.line(
                    Bilingual(
                        "The index was rebuilt from \(result.leaves) leaves. Digest of its rows: \(result.dump)",
                        "索引已由 \(result.leaves) 条存证记录重建。各行哈希值：\(result.dump)"
                    ).text(in: language))
            }
        }
    }
}
