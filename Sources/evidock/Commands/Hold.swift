import ArgumentParser
import Assembly
import Evidence

struct Hold: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "A retention lock: footage is kept until it is released.",
        discussion: ExitCodes.help, subcommands: [Add.self, Release.self, List.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keeps items, or all footage of a case, whatever a rule says.",
            discussion: ExitCodes.help)
        @Argument(help: "Items.") var items: [String] = []
        @Option(name: .customLong("case"), help: "A case number; several times for several.")
        var caseNumbers: [String] = []
        @Option(help: "Why.") var why: String
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await RetentionText.send(
                RetentionRequest(.hold, names: items, caseNumbers: caseNumbers, why: why), global)
        }
    }

    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends a retention lock; what it kept is under the rules again.",
            discussion: ExitCodes.help)
        @Argument(help: "The lock, as hold list names it.") var hold: String
        @Option(help: "Why.") var why: String
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await RetentionText.send(
                RetentionRequest(.release, names: [hold], why: why), global)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Retention locks.", discussion: ExitCodes.help)
        @Flag(help: "Those that were released, too.") var all = false
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let reader = try StationReader(
                settings: try await global.settings(), note: Terminal.note)
            let found = try await reader.holds(areStanding: !all, log: GlobalOptions.logger())
            RetentionText.list(
                found, none: Bilingual("There is no retention lock.", "没有留存锁定。"), global)
            if found.isEmpty { throw ExitCode(ExitStatus.findings.rawValue) }
        }
    }
}
