import ArgumentParser
import Assembly
import Evidence

struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Digests files and looks them up in the custody log.",
        discussion: """
            Without --against a file is known or unknown. Against an item, a leaf or a digest it \
            matches or differs.
            \(ExitCodes.help)
            """)

    @Argument(help: "Files.") var paths: [String]
    @Option(help: "An item, a leaf's number or a SHA-256 digest to compare with.")
    var against: String?
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let settings = try await global.settings()
        let reader = try StationReader(settings: settings, note: Terminal.note)
        let log = GlobalOptions.logger()
        let reference = try await reader.reference(against, log: log)
        var status = ExitStatus.done
        for path in paths {
            do {
                let verdict = try await reader.verify(path, against: reference, log: log)
                if !verdict.isGood { status = status.graver(.findings) }
                if global.json {
                    Terminal.line(verdict.json(path: path))
                } else {
                    Terminal.line("\(SafeText.of(path)): \(verdict.words.text(in: language))")
                    Terminal.line("  SHA-256 \(verdict.sha256.hex)")
                    Terminal.line("  SM3     \(verdict.sm3.hex)")
                    for item in verdict.items { Terminal.line("  \(item)") }
                }
            } catch {
                Terminal.note(SafeText.of(path))
                Terminal.failure(error)
                status = status.graver(ExitStatus(failure: error))
            }
        }
        guard status == .done else { throw ExitCode(status.rawValue) }
    }
}
