import ArgumentParser
import Assembly
import Evidence
import Logging

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The daemon: watches the dock and takes what docks.",
        discussion: ExitCodes.help)

    @Option(help: "A folder below which recorders are mounted; may be given again.")
    var dockRoot: [String] = []
    @Option(
        help: "Where pages and the ledger's files are served: 127.0.0.1:8450, or none.")
    var listen: String?
    @Flag(
        name: .customLong("no-init"), help: "Never make a new station: a missing one is an error.")
    var noInit = false
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        var settings = try await global.settings()
        if !dockRoot.isEmpty { settings.dockRoots = dockRoot.map(LocalPath.absolute) }
        if let listen {
            settings.listen = try Settings.listenAddress(
                listen, isEncrypted: settings.tls != nil)
            settings.mustListen = true
        }
        let daemon = Daemon(
            settings: settings, makesNew: !noInit, language: language,
            version: Release.version, log: GlobalOptions.logger(level: .info),
            tell: { Terminal.note($0) })
        try await daemon.run { line in
            Terminal.line(line)
            Terminal.flush()
        }
    }
}
