import Accounts
package import Evidence
import Portal

/// What is asked about accounts.
package struct PeopleRequest: Hashable, Sendable {
    package enum Step: String, Sendable, CaseIterable {
        case add, invite, change, token
        case endToken = "end-token"
    }

    package let step: Step
    package let name: String
    package var roles: [String]
    package var court: String?
    package var isDisabled: Bool?
    /// A program's token, what it is for, and for how many days.
    package var token: String?
    package var scopes: [String] = []
    package var days: Int64?

    package init(
        _ step: Step, name: String, roles: [String] = [], court: String? = nil,
        isDisabled: Bool? = nil, token: String? = nil, scopes: [String] = [], days: Int64? = nil
    ) {
        (self.step, self.name, self.roles) = (step, name, roles)
        (self.court, self.isDisabled, self.token) = (court, isDisabled, token)
        (self.scopes, self.days) = (scopes, days)
    }

    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "request": "people", "step": .string(step.rawValue), "name": .string(name),
            "roles": .array(roles.map(JSONValue.string)),
        ]
        members.set("court", court)
        if let isDisabled { members["disabled"] = .bool(isDisabled) }
        members.set("token", token)
        if !scopes.isEmpty { members["scopes"] = .array(scopes.map(JSONValue.string)) }
        members.set("days", days)
        return .object(members)
    }

    package init?(json: JSONValue) {
        guard let step = json[key: "step"]?.stringValue.flatMap(Step.init(rawValue:)),
            let name = json[key: "name"]?.stringValue
        else { return nil }
        self.init(
            step, name: name,
            roles: json[key: "roles"]?.arrayValue?.compactMap(\.stringValue) ?? [],
            court: json[key: "court"]?.stringValue, isDisabled: json[key: "disabled"]?.boolValue,
            token: json[key: "token"]?.stringValue,
            scopes: json[key: "scopes"]?.arrayValue?.compactMap(\.stringValue) ?? [],
            days: json[key: "days"]?.integerValue)
    }

    /// - Throws: `wrong-usage`.
    func check() throws {
        for role in roles where Role(rawValue: role) == nil {
            throw AssemblyFailure(
                .wrongUsage, subject: "--role \(SafeText.of(role))",
                wanted: Bilingual(
                    "one of officer, judge, notary, supervisor, admin",
                    "应为 officer、judge、notary、supervisor、admin 之一"))
        }
    }

    /// - Throws: `wrong-usage`.
    fileprivate func allScopes() throws -> Set<TokenScope> {
        Set(
            try scopes.map { text in
                guard let scope = TokenScope(rawValue: text) else {
                    throw AssemblyFailure(
                        .wrongUsage, subject: "--scope \(SafeText.of(text))",
                        wanted: Bilingual(
                            "one of verify, records, footage, figures",
                            "应为 verify、records、footage、figures 之一"))
                }
                return scope
            })
    }

    var allRoles: Set<Role> { Set(roles.compactMap(Role.init(rawValue:))) }
}

extension Operations {
    func people(
        _ request: PeopleRequest, by: String, _ answer: @escaping @Sendable (Answer) -> Void
    ) async throws -> ExitStatus {
        let desk = try station.people()
        switch request.step {
        case .add:
            let token = try await desk.add(
                request.name, roles: request.allRoles, court: request.court, by: by)
            answer(.line(link(token, of: request.name)))
        case .invite:
            answer(.line(link(try await desk.invite(request.name, by: by), of: request.name)))
        case .token:
            let text = try await desk.makeToken(
                request.token ?? "", of: request.name, scopes: try request.allScopes(),
                days: Int(request.days ?? 90), by: by)
            answer(
                .line([
                    "name": .string(request.name), "token": .string(request.token ?? ""),
                    "secret": .string(text),
                ]))
        case .endToken:
            try await desk.endToken(request.token ?? "", of: request.name, by: by)
        case .change:
            try await desk.change(
                request.name, roles: request.roles.isEmpty ? nil : request.allRoles,
                court: request.court.map { $0.isEmpty ? nil : $0 },
                isDisabled: request.isDisabled, by: by)
            let all = try await desk.accounts()
            guard let account = all.first(where: { $0.isNamed(request.name) }) else {
                throw AccountFailure(.noSuchAccount)
            }
            answer(.line(account.json))
        }
        return .done
    }

    private func link(_ token: String, of name: String) -> JSONValue {
        ["name": .string(name), "path": .string("/join/" + token)]
    }
}

extension StationReader {
    /// Who may sign in.
    ///
    /// - Throws: `accounts-unavailable`.
    package func accounts() async throws -> [JSONValue] {
        let path = layout.path + "/" + AccountDesk.file
        guard LocalPath.exists(path) else { return [] }
        return try await offPool {
            let store = try AccountStore.open(path: path)
            defer { store.close() }
            return try store.accounts().map(\.json)
        }
    }

    /// What programs may act for whom.
    ///
    /// - Throws: `accounts-unavailable`.
    package func tokens() async throws -> [JSONValue] {
        let path = layout.path + "/" + AccountDesk.file
        guard LocalPath.exists(path) else { return [] }
        return try await offPool {
            let store = try AccountStore.open(path: path)
            defer { store.close() }
            return try store.tokens().map(\.json)
        }
    }
}
