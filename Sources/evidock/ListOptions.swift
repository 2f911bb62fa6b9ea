import ArgumentParser
import Assembly
import Evidence

/// `verify --list`: the digests of a list, looked up all at once.
struct ListOptions: ParsableArguments {
    @Option(
        help: """
            A list to look up: CSV with digests (SHA-256 or SM3), or with the columns path, digest \
            and reference (an item, a leaf's number or a digest to compare with), or the lines of \
            sha256sum. No file that it names is opened.
            """)
    var list: String?

    @Option(help: "With --list: a new folder for the entry and the proof of each known digest.")
    var proofs: String?

    /// Whether a list was given, and not files as well, or neither.
    ///
    /// - Throws: `wrong-usage`.
    func isWanted(
        besides paths: [String], _ against: String?, _ trusted: String?
    ) throws -> Bool {
        func refuse(_ option: String, _ english: String, _ chinese: String) -> AssemblyFailure {
            AssemblyFailure(.wrongUsage, subject: option, wanted: Bilingual(english, chinese))
        }
        guard list != nil else {
            guard proofs == nil else {
                throw refuse("--proofs", "only with --list", "只能与 --list 一起使用")
            }
            guard !paths.isEmpty else {
                throw refuse("PATH", "files to verify, or --list", "请指定要核验的文件，或使用 --list")
            }
            return false
        }
        guard paths.isEmpty else {
            throw refuse("--list", "no files beside it", "不能同时指定文件")
        }
        guard against == nil else {
            throw refuse(
                "--against", "in a list the column reference says it", "列表中请使用 reference 列")
        }
        guard trusted == nil else {
            throw refuse(
                "--list", "under the station's own policy: --policy and --tsa-ca are for packages",
                "按本站点的策略核验；--policy 和 --tsa-ca 仅适用于封存证据包")
        }
        return true
    }

    /// Answers on stdout, sums up on stderr.
    func run(_ global: GlobalOptions) async throws {
        let reader = try StationReader(settings: try await global.settings(), note: Terminal.note)
        let json = global.json
        let summary = try await reader.verify(
            list: list ?? "", proofs: proofs.map(LocalPath.absolute), log: GlobalOptions.logger(),
            begin: { if !json { Terminal.line(ListVerdict.header) } },
            answer: { verdict in
                json ? Terminal.line(verdict.json) : Terminal.line(verdict.csv(in: language))
            })
        for words in summary.words { Terminal.note(words) }
        guard summary.isGood else { throw ExitCode(ExitStatus.findings.rawValue) }
    }
}
