import ArgumentParser
import Assembly
import Evidence
import Glibc
import Logging

/// Options that every command has.
struct GlobalOptions: ParsableArguments {
    @Option(help: "The station's root directory (or EVIDOCK_ROOT).")
    var root: String?

    @Option(help: "A settings file in YAML.")
    var config: String?

    @Flag(help: "Machine output on stdout: one JSON object, or one a line.")
    var json = false

    /// The settings as flags, environment, file and defaults give them.
    func settings() async throws -> Settings {
        try await Settings(flags: .init(root: root, config: config))
    }

    /// Global options may stand before the command's word: they are moved behind it, where the
    /// parser looks for them.
    ///
    /// - Throws: `wrong-usage` where one has no value, or nothing stands behind them.
    static func movedBehind(_ arguments: [String]) throws -> [String] {
        var front: [String] = []
        var rest = arguments[...]
        while let first = rest.first {
            if first == "--json" || first.hasPrefix("--root=") || first.hasPrefix("--config=") {
                front.append(first)
                rest = rest.dropFirst()
            } else if first == "--root" || first == "--config" {
                guard rest.count > 1, !rest[rest.startIndex + 1].hasPrefix("--") else {
                    throw AssemblyFailure(
                        .wrongUsage, subject: first,
                        wanted: Bilingual("a value is wanted", "请填写内容"))
                }
                front += rest.prefix(2)
                rest = rest.dropFirst(2)
            } else {
                break
            }
        }
        guard let word = rest.first else {
            if front.isEmpty { return [] }
            throw AssemblyFailure(
                .wrongUsage, subject: front.joined(separator: " "),
                wanted: Bilingual("a command is wanted behind it", "其后应为命令"))
        }
        // Of what is no command the parser then speaks, and not of the options behind it.
        guard Catalogue.commands.contains(where: { $0._commandName == word }) else {
            return Array(rest)
        }
        guard let separator = rest.firstIndex(of: "--") else { return rest + front }
        return rest[..<separator] + front + rest[separator...]
    }

    /// The log: text on stderr. It is for the daemon's operator; who works by hand is told in
    /// words, and sees it where EVIDOCK_LOG_LEVEL asks for it.
    static func logger(level: Logger.Level = .critical) -> Logger {
        var logger = Logger(label: "evidock") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel =
            getenv("EVIDOCK_LOG_LEVEL").flatMap { Logger.Level(rawValue: String(cString: $0)) }
            ?? level
        return logger
    }
}

/// The language of the person at the terminal.
let language = Language(environment: environment())

private func environment() -> [String: String] {
    var found: [String: String] = [:]
    for name in ["LC_ALL", "LC_MESSAGES", "LANG"] {
        if let value = getenv(name) { found[name] = String(cString: value) }
    }
    return found
}
