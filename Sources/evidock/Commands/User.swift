import ArgumentParser
import Assembly
import Evidence

struct User: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Who may sign in to the pages, and what for.",
        discussion: ExitCodes.help,
        subcommands: [
            Add.self, Invite.self, Change.self, List.self, Token.self, EndToken.self, Tokens.self,
        ])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A new account; prints a one-time link for its password.",
            discussion: ExitCodes.help)
        @Argument(help: "Its name; an officer's is the staff number.") var name: String
        @Option(
            name: .customLong("role"),
            help: "officer, judge, notary, supervisor or admin; several times for several.")
        var roles: [String]
        @Option(help: "The code of the court, such as 闽0602.") var court: String?
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await UserText.send(
                PeopleRequest(.add, name: name, roles: roles, court: court), global)
        }
    }

    struct Invite: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A new one-time link: for a lost password or authenticator.",
            discussion: ExitCodes.help)
        @Argument(help: "The account.") var name: String
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await UserText.send(PeopleRequest(.invite, name: name), global)
        }
    }

    struct Change: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Changes roles or court, locks an account out or lets it in again.",
            discussion: ExitCodes.help)
        @Argument(help: "The account.") var name: String
        @Option(name: .customLong("role"), help: "All its roles from now on.")
        var roles: [String] = []
        @Option(help: "The code of the court; empty for none.") var court: String?
        @Flag(help: "May no longer sign in.") var disable = false
        @Flag(help: "May sign in again.") var enable = false
        @OptionGroup var global: GlobalOptions

        func validate() throws {
            guard !(disable && enable) else {
                throw ValidationError("Either --disable or --enable.")
            }
            guard disable || enable || court != nil || !roles.isEmpty else {
                throw ValidationError(
                    "Nothing to change: name --role, --court, --disable or --enable.")
            }
        }

        func run() async throws {
            try await UserText.send(
                PeopleRequest(
                    .change, name: name, roles: roles, court: court,
                    isDisabled: disable ? true : enable ? false : nil), global)
        }
    }

    struct Token: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets a program act for an account; prints what it carries, once.",
            discussion: ExitCodes.help)
        @Argument(help: "The account.") var name: String
        @Option(name: .customLong("name"), help: "What the token is called.") var token: String
        @Option(
            name: .customLong("scope"),
            help: "verify, records, footage or figures; several times for several.")
        var scopes: [String]
        @Option(help: "For how many days it holds.") var days: Int64 = 90
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let json = global.json
            try await Carrying.lines(
                .people(
                    PeopleRequest(.token, name: name, token: token, scopes: scopes, days: days)),
                settings: try await global.settings()
            ) { line in
                guard !json else { return Terminal.line(line) }
                Terminal.note(
                    Bilingual(
                        "Programs send it as: Authorization: Bearer …  It is not shown again.",
                        "程序以 Authorization: Bearer … 发送。令牌不会再次显示。"))
                Terminal.line(line[key: "secret"]?.stringValue ?? "")
            }
        }
    }

    struct EndToken: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "end-token", abstract: "A token holds no longer.",
            discussion: ExitCodes.help)
        @Argument(help: "The account.") var name: String
        @Option(name: .customLong("name"), help: "What the token is called.") var token: String
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await Carrying.lines(
                .people(PeopleRequest(.endToken, name: name, token: token)),
                settings: try await global.settings()
            ) { Terminal.line($0) }
        }
    }

    struct Tokens: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "All tokens of programs, and when they were last used.",
            discussion: ExitCodes.help)
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let reader = try StationReader(
                settings: try await global.settings(), note: Terminal.note)
            for token in try await reader.tokens() {
                guard !global.json else {
                    Terminal.line(token)
                    continue
                }
                let scopes = token[key: "scopes"]?.arrayValue?.compactMap(\.stringValue) ?? []
                let texts = ["account", "token"].map { token[key: $0]?.stringValue ?? "" }
                let times = ["ends", "used"].map { token[key: $0]?.stringValue ?? "–" }
                Terminal.line(
                    (texts + [scopes.joined(separator: ",")] + times).map { SafeText.of($0) }
                        .joined(separator: "  "))
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "All accounts.", discussion: ExitCodes.help)
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let reader = try StationReader(
                settings: try await global.settings(), note: Terminal.note)
            let found = try await reader.accounts()
            for account in found {
                global.json ? Terminal.line(account) : Terminal.line(UserText.line(account))
            }
            if found.isEmpty {
                if !global.json { Terminal.note(Bilingual("There is no account.", "没有账号。")) }
                throw ExitCode(ExitStatus.findings.rawValue)
            }
        }
    }
}

/// Accounts for the eye.
enum UserText {
    static func send(_ request: PeopleRequest, _ global: GlobalOptions) async throws {
        let (json, settings) = (global.json, try await global.settings())
        let address = settings.pagesAddress ?? ""
        try await Carrying.lines(.people(request), settings: settings) { line in
            guard !json else { return Terminal.line(line) }
            guard let path = line[key: "path"]?.stringValue else {
                return Terminal.line(Self.line(line))
            }
            Terminal.note(
                Bilingual(
                    "Hand this link over in person; it holds for a day, and once:",
                    "请当面交付此链接，一天内有效，只能使用一次："))
            Terminal.line(address + path)
        }
    }

    static func line(_ account: JSONValue) -> String {
        func text(_ key: String) -> String { SafeText.of(account[key: key]?.stringValue ?? "") }
        func isTrue(_ key: String) -> Bool { account[key: key]?.boolValue == true }
        let roles = (account[key: "roles"]?.arrayValue ?? []).compactMap(\.stringValue)
        let state: Bilingual =
            isTrue("disabled")
            ? Bilingual("locked out", "已停用")
            : isTrue("ready")
                ? Bilingual("may sign in", "可登录") : Bilingual("has not joined yet", "尚未启用")
        return [
            text("name"), roles.joined(separator: ","), text("court"), state.text(in: language),
        ].filter { !$0.isEmpty }.joined(separator: "  ")
    }
}
