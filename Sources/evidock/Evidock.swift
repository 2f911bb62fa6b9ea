import ArgumentParser
import Assembly
import Evidence
import Glibc

/// The command line, and the daemon as `evidock serve`.
@main
struct Evidock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evidock",
        abstract: "Takes footage off docked recorders, and can prove later what it took.",
        discussion: """
            Global options: --root DIR (or EVIDOCK_ROOT; default /var/lib/evidock), --config FILE, \
            --json. They may stand before or after the command's word.
            \(ExitCodes.help)
            """,
        version: Release.version,
        subcommands: Catalogue.commands)

    static func main() async {
        signal(SIGPIPE, SIG_IGN)
        // Threads that cannot be made would be waited for without end.
        guard hasAddressSpace else {
            Terminal.failure(AssemblyFailure(.addressSpace))
            leave(ExitStatus.tryAgain.rawValue)
        }
        do {
            let arguments = try GlobalOptions.movedBehind(Array(CommandLine.arguments.dropFirst()))
            var command = try parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let status as ExitCode {
            Terminal.flush()
            leave(status.rawValue)
        } catch {
            let code = exitCode(for: error)
            if code == .success {
                Terminal.line(fullMessage(for: error))
                Terminal.flush()
                leave(0)
            }
            if code == .validationFailure {
                let words = fullMessage(for: error)
                Terminal.note(language == .chinese ? UsageWords.chinese(words) : words)
                Terminal.flush()
                leave(ExitStatus.wrongUsage.rawValue)
            }
            Terminal.failure(error)
            Terminal.flush()
            leave(ExitStatus(failure: error).rawValue)
        }
        Terminal.flush()
    }
}

/// Whether RLIMIT_AS leaves the program room for its threads (getrlimit(2)).
private var hasAddressSpace: Bool {
    var limit = rlimit()
    return getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) != 0
        || limit.rlim_cur >= 1 << 30
}

private func leave(_ code: Int32) -> Never { exit(code) }
