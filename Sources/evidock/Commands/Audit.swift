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
                Terminal.line(Self.line(finding).text(in: language))
            })
        if json {
            Terminal.line(["summary": report.json])
        } else {
            Terminal.line(report.words.text(in: language))
            for line in report.notary?.words ?? [] { Terminal.line(line.text(in: language)) }
        }
        guard report.findings == 0 else { throw ExitCode(ExitStatus.findings.rawValue) }
    }

    private static func line(_ finding: Finding) -> Bilingual {
        let subject = SafeText.of(finding.subject)
        let expected = finding.expected.map { SafeText.of($0) }
        let found = finding.found.map { SafeText.of($0) }
        let english = [expected.map { "expected \($0)" }, found.map { "found \($0)" }]
        let chinese = [expected.map { "应为 \($0)" }, found.map { "实际 \($0)" }]
        func bracketed(_ parts: [String?], _ open: String, _ comma: String, _ close: String)
            -> String
        {
            let parts = parts.compactMap { $0 }
            return parts.isEmpty ? "" : open + parts.joined(separator: comma) + close
        }
        return Bilingual(
            "! \(subject): \(finding.message.english)" + bracketed(english, " (", ", ", ")"),
            "! \(subject)：\(finding.message.chinese)" + bracketed(chinese, "（", "，", "）"))
    }
}
