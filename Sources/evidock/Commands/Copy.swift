import ArgumentParser
import Assembly
import Evidence

struct Copy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The original bytes out of the vault, verified; the disclosure is logged first.",
        discussion: ExitCodes.help)

    @Argument(help: "An item, or a digest or the beginning of one.") var item: String
    @Option(help: "Where to; nothing may be there.") var out: String
    @Option(help: "What for.") var why: String?
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        try await Self.copy(item, to: out, why: why, global)
    }

    static func copy(
        _ item: String, to out: String, why: String?, _ global: GlobalOptions
    ) async throws {
        let settings = try await global.settings()
        let path = LocalPath.absolute(out)
        let reader = try StationReader(settings: settings)
        // Before the disclosure is entered: it cannot be taken back.
        try reader.requireTarget(path)
        let disclosed = Disclosed()
        try await Carrying.lines(
            .disclose(items: [item], how: "copy", why: why), settings: settings,
            line: { disclosed.take($0) })
        guard let grant = disclosed.grant else { throw AssemblyFailure(.daemonGone) }
        try await reader.copyOut(grant.sha256, size: grant.size, to: path)
        if global.json {
            Terminal.line([
                "item": .string(grant.item), "out": .string(path),
                "sha256": .string(grant.sha256.hex), "size": .integer(grant.size),
                "leaf": .integer(grant.leaf),
            ])
        } else {
            Terminal.line(
                Bilingual(
                    "\(grant.item) was copied to \(SafeText.of(path)); it matches the record.",
                    "\(grant.item) 已复制到 \(SafeText.of(path))，核验一致。"
                ).text(in: language))
        }
    }
}
