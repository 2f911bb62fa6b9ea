import ArgumentParser
import Assembly
import Evidence

struct Retention: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "How long footage is kept, and its deletion by two persons.",
        discussion: """
            Nothing goes that is of a case not known to be closed, under a retention lock, linked to \
            nothing, or without an integrity check and a valid time stamp; nothing goes within six \
            months. A deletion is proposed, approved by two persons, and waits seven days, in which \
            it can be withdrawn. The custody log keeps its entries.
            \(ExitCodes.help)
            """,
        subcommands: [
            Plan.self, Private.self, Propose.self, Approve.self, Withdraw.self, List.self,
            Run.self,
        ], defaultSubcommand: Plan.self)

    struct Plan: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What would go and why, and what nobody linked; deletes nothing.",
            discussion: "Exit code 1 where there is any.\n" + ExitCodes.help)
        @Flag(help: "What is kept, too, with every reason.") var all = false
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let reader = try StationReader(
                settings: try await global.settings(), note: Terminal.note)
            let json = global.json
            let found = try await reader.retentionPlan(
                all: all, now: Assembly.Clock.now(), log: GlobalOptions.logger()
            ) { json ? Terminal.line($0) : RetentionText.print(plan: $0) }
            guard found.due == 0, found.called == 0 else {
                throw ExitCode(ExitStatus.findings.rawValue)
            }
        }
    }

    struct Private: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says that items are private or a test, and of no case.",
            discussion: """
                It counts when a second person says so, too; then the six months run.
                \(ExitCodes.help)
                """)
        @Argument(help: "Items.") var items: [String]
        @Option(help: "Why.") var why: String
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await RetentionText.send(
                RetentionRequest(.markPrivate, names: items, why: why), global)
        }
    }

    struct Propose: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Proposes a deletion: of the items named, or of all whose time is over.",
            discussion: ExitCodes.help)
        @Argument(help: "Items.") var items: [String] = []
        @Option(help: "Why.") var why: String
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await RetentionText.send(
                RetentionRequest(.propose, names: items, why: why), global)
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Approves a proposed deletion; two persons must.",
            discussion: ExitCodes.help)
        @Argument(help: "The proposal, as retention list names it.") var proposal: String
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await RetentionText.send(RetentionRequest(.approve, names: [proposal]), global)
        }
    }

    struct Withdraw: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes a proposed deletion back.", discussion: ExitCodes.help)
        @Argument(help: "The proposal, as retention list names it.") var proposal: String
        @Option(help: "Why.") var why: String
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await RetentionText.send(
                RetentionRequest(.withdraw, names: [proposal], why: why), global)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Proposed deletions and how they stand.", discussion: ExitCodes.help)
        @Flag(help: "Only those that wait.") var waiting = false
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let reader = try StationReader(
                settings: try await global.settings(), note: Terminal.note)
            let found = try await reader.proposals(
                isOpen: waiting, log: GlobalOptions.logger())
            RetentionText.list(
                found, none: Bilingual("No deletion was proposed.", "没有删除建议。"), global)
            if found.isEmpty { throw ExitCode(ExitStatus.findings.rawValue) }
        }
    }

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Deletes what was approved seven days ago or earlier; serve does it hourly.",
            discussion: ExitCodes.help)
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await RetentionText.send(RetentionRequest(.carryOut), global)
        }
    }
}
