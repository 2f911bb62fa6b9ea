import ArgumentParser
import Assembly
import Evidence

struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Re-reads everything: vault against ledger, ledger against itself, index against both.",
        discussion: """
            Findings are printed one a line. Nothing to check is not success.
            \(ExitCodes.help)
            """)

    @Flag(help: "Sizes and presence of footage, not every byte.") var quick = false
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let settings = try await global.settings()
        let json = global.json
        let report = try await StationReader(settings: settings).audit(
            quick: quick, log: GlobalOptions.logger(),
            finding: { finding in
                if json {
                    Terminal.line(["finding": finding.json])
                    return
                }
                var line = "! \(SafeText.of(finding.subject)): "
                line += finding.message.text(in: language)
                if let expected = finding.expected { line += " [\(SafeText.of(expected))]" }
                if let found = finding.found { line += " [\(SafeText.of(found))]" }
                Terminal.line(line)
            })
        if json {
            Terminal.line(["summary": report.json])
        } else {
            Terminal.line(report.words.text(in: language))
        }
        guard report.findings == 0 else { throw ExitCode(ExitStatus.findings.rawValue) }
    }
}
