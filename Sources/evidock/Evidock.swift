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
        let arguments = GlobalOptions.movedBehind(Array(CommandLine.arguments.dropFirst()))
        do {
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
                Terminal.note(fullMessage(for: error))
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

private func leave(_ code: Int32) -> Never { exit(code) }
