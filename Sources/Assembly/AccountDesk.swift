import Accounts
import Custody
import DurableFiles
import Evidence
import Ingest
import Portal

/// Changes accounts, one change at a time: each stands in the ledger before it holds.
actor AccountDesk: PeopleDesk {
    let store: AccountStore
    private let stages: Stages
    private let turns = Turns()

    /// Opens the accounts of a station, or makes their database, which its owner alone may read.
    ///
    /// - Throws: `accounts-unavailable`.
    init(root: DurableRoot, path: String, stages: Stages) throws {
        if try !root.exists(Self.file) { _ = try root.replace([], at: Self.file, mode: 0o600) }
        store = try AccountStore.open(path: path + "/" + Self.file)
        self.stages = stages
    }

    static let file = "accounts.sqlite"
    /// Who makes the first account.
    private static let station = "station"

    func accounts() async throws -> [Account] {
        try await offPool { [store] in try store.accounts() }
    }

    func add(
        _ name: String, roles: Set<Role>, court: String?, by: String
    ) async throws -> String {
        let court = court.flatMap { $0.isEmpty ? nil : $0 }
        try PlainText.check(court, of: "--court", limit: 16)
        return try await turns.take { [self] in
            let name = try AccountName.checked(name)
            guard !roles.isEmpty else { throw AccountFailure(.noRole) }
            guard try await !accounts().contains(where: { $0.isNamed(name) }) else {
                throw AccountFailure(.nameTaken)
            }
            try await enter(
                AccountChangeRow(
                    name, .added, roles: roles.sorted().map(\.rawValue), court: court, by: by))
            return try await offPool { [store] in
                let now = Clock.now()
                _ = try store.add(name, roles: roles, court: court, now: now)
                return try store.invite(name, now: now)
            }
        }
    }

    func invite(_ name: String, by: String) async throws -> String {
        try await turns.take { [self] in
            let account = try await account(name)
            try await enter(AccountChangeRow(account.name, .invited, by: by))
            return try await offPool { [store] in
                try store.invite(account.name, now: Clock.now())
            }
        }
    }

    func setDisabled(_ isDisabled: Bool, _ name: String, by: String) async throws {
        try await change(name, isDisabled: isDisabled, by: by)
    }

    /// Changes what an account may do; nil leaves it as it is.
    func change(
        _ name: String, roles: Set<Role>? = nil, court: String?? = .none, isDisabled: Bool? = nil,
        by: String
    ) async throws {
        if case .some(let court) = court { try PlainText.check(court, of: "--court", limit: 16) }
        try await turns.take { [self] in
            let account = try await account(name)
            if roles?.isEmpty == true { throw AccountFailure(.noRole) }
            let losesAdmin = isDisabled == true || roles?.contains(.admin) == false
            if losesAdmin, account.isWorkingAdmin,
                try await accounts().count(where: \.isWorkingAdmin) == 1
            {
                throw AccountFailure(.lastAdmin)
            }
            if roles != nil || court != nil {
                try await enter(
                    AccountChangeRow(
                        account.name, .roles,
                        roles: (roles ?? account.roles).sorted().map(\.rawValue),
                        court: court ?? account.court, by: by))
            }
            if let isDisabled {
                try await enter(
                    AccountChangeRow(account.name, isDisabled ? .locked : .unlocked, by: by))
            }
            _ = try await offPool { [store] in
                try store.change(
                    account.name, roles: roles, court: court, isDisabled: isDisabled)
            }
        }
    }

    func join(
        _ token: String, password: String, code: String?
    ) async throws -> [String] {
        try await turns.take { [self] in
            let now = Clock.now()
            let name = try await offPool { [store] in
                try store.check(token, password: password, code: code, now: now)
                return try store.invitation(token, now: now).account.name
            }
            try await enter(AccountChangeRow(name, .joined, by: "account:" + name))
            return try await offPool { [store] in
                try store.take(token, password: password, code: code, now: now)
            }
        }
    }

    func tokens() async throws -> [APIToken] {
        try await offPool { [store] in try store.tokens() }
    }

    func makeToken(
        _ name: String, of account: String, scopes: Set<TokenScope>, days: Int, by: String
    ) async throws -> String {
        try await turns.take { [self] in
            let known = try await self.account(account)
            let name = try AccountName.checked(name)
            try AccountStore.check(scopes, days: days)
            let taken = try await tokens().contains {
                $0.account == known.name && $0.name == name
            }
            guard !taken else { throw AccountFailure(.nameTaken) }
            try await enter(
                AccountChangeRow(
                    known.name, .token, token: name, scopes: scopes.map(\.rawValue).sorted(),
                    by: by))
            return try await offPool { [store] in
                try store.makeToken(
                    name, of: known.name, scopes: scopes, days: days, now: Clock.now())
            }
        }
    }

    func endToken(_ name: String, of account: String, by: String) async throws {
        try await turns.take { [self] in
            let known = try await self.account(account)
            guard
                try await tokens().contains(where: {
                    $0.account == known.name && $0.name == name
                })
            else { throw AccountFailure(.noSuchToken) }
            try await enter(AccountChangeRow(known.name, .tokenEnded, token: name, by: by))
            try await offPool { [store] in try store.endToken(name, of: known.name) }
        }
    }

    func setPassword(_ password: String, of name: String, but token: String) async throws {
        try await turns.take { [self] in
            try store.check(newPassword: password, of: name)
            try await enter(AccountChangeRow(name, .password, by: "account:" + name))
            try await offPool { [store] in
                try store.setPassword(password, of: name, but: token)
            }
        }
    }

    func setPIN(_ pin: String, of name: String) async throws {
        try await turns.take { [self] in
            try store.check(newPIN: pin)
            try await enter(AccountChangeRow(name, .pin, by: "account:" + name))
            try await offPool { [store] in try store.setPIN(pin, of: name) }
        }
    }

    /// A one-time link for the first administrator; nil where there is one who can sign in.
    func firstLink() async throws -> String? {
        let all = try await accounts()
        guard !all.contains(where: \.isWorkingAdmin) else { return nil }
        if let known = all.first(where: { $0.roles.contains(.admin) && !$0.isDisabled }) {
            return try await invite(known.name, by: Self.station)
        }
        let names = ["admin", "administrator", "station-admin"]
        let name = names.first { name in !all.contains { $0.isNamed(name) } } ?? "first-admin"
        return try await add(name, roles: [.admin], court: nil, by: Self.station)
    }

    private func account(_ name: String) async throws -> Account {
        try await offPool { [store] in try store.account(name) }
    }

    private func enter(_ row: AccountChangeRow) async throws {
        try await stages.ledger.integrate([
            NewCustodyEvent(kind: .accountChange, time: stages.now(), rows: [row.row])
        ])
        try await stages.publish()
    }
}

extension Account {
    func isNamed(_ other: String) -> Bool { name.lowercased() == other.lowercased() }
}
