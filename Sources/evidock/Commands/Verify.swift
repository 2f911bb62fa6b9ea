import ArgumentParser
import Assembly
import Evidence

struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Digests files and looks them up in the custody log, or checks a sealed package.",
        discussion: """
            Without --against a file is known or unknown. Against an item, a leaf or a digest it \
            matches or differs. A sealed package (a folder that evidock export made) is checked \
            whole, offline, without a root: every layer holds, fails, or is not there. With --list \
            the digests of a list are looked up instead, and the answer is CSV, a line for each of \
            its lines.
            \(ExitCodes.help)
            """)

    @Argument(help: "Files, or folders of sealed packages.") var paths: [String] = []
    @Option(help: "An item, a leaf's number or a SHA-256 digest to compare with.")
    var against: String?
    @Option(help: "Whose keys you trust (C2SP tlog-policy), had from the notary; for packages.")
    var policy: String?
    @Option(
        name: .customLong("tsa-ca"),
        help: "The time-stamp authority's roots, PEM, had from the notary; for packages.")
    var authority: String?
    @OptionGroup var listed: ListOptions
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        if try listed.isWanted(besides: paths, against, policy ?? authority) {
            return try await listed.run(global)
        }
        let bags = paths.filter(BagCheck.isBag)
        guard against == nil || bags.isEmpty else {
            throw AssemblyFailure(
                .wrongUsage, subject: "--against",
                wanted: Bilingual("files are wanted, not packages", "仅适用于文件，不适用于封存证据包"))
        }
        var status = ExitStatus.done
        for path in bags { status = status.graver(await verify(bag: path)) }
        let files = paths.filter { !bags.contains($0) }
        if !files.isEmpty { status = status.graver(try await verify(files)) }
        guard status == .done else { throw ExitCode(status.rawValue) }
    }

    private func verify(bag path: String) async -> ExitStatus {
        do {
            let check = try await BagCheck.of(
                path, policy: policy, authority: authority, language: language)
            if global.json {
                check.lines.forEach { Terminal.line($0) }
            } else {
                BagPrinter.print(check, path: path)
            }
            return check.isGood ? .done : .findings
        } catch {
            Terminal.note(SafeText.of(path))
            Terminal.failure(error)
            return ExitStatus(failure: error)
        }
    }

    private func verify(_ files: [String]) async throws -> ExitStatus {
        let settings = try await global.settings()
        let reader = try StationReader(settings: settings, note: Terminal.note)
        let log = GlobalOptions.logger()
        let reference = try await reader.reference(against, log: log)
        var status = ExitStatus.done
        for path in files {
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
        return status
    }
}
