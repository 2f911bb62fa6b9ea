/// What changed of an account: a row of an `account-change` event. Secrets stand nowhere in the
/// ledger.
package struct AccountChangeRow: Hashable, Sendable {
    package enum Step: String, Sendable, CaseIterable {
        case added
        /// A one-time link was made, which replaces password and second factor when it is taken up.
        case invited
        /// Its link was taken up.
        case joined
        case roles
        /// Set another password, or a PIN for the dock, himself.
        case password, pin
        /// A program may act for it from now on, or no longer.
        case token
        case tokenEnded = "token-ended"
        case locked
        case unlocked
    }

    package static let kind = "account"

    package var account: String
    package var step: Step
    /// What it may do from now on, and for which court; nil where that did not change.
    package var roles: [String]?
    package var court: String?
    /// The token, and what it is for.
    package var token: String?
    package var scopes: [String]?
    package var by: String

    package init(
        _ account: String, _ step: Step, roles: [String]? = nil, court: String? = nil,
        token: String? = nil, scopes: [String]? = nil, by: String
    ) {
        (self.account, self.step, self.roles) = (account, step, roles)
        (self.court, self.by, self.token, self.scopes) = (court, by, token, scopes)
    }

    package var row: RecordRow {
        var members: [String: JSONValue] = [
            "account": .string(account), "step": .string(step.rawValue), "by": .string(by),
        ]
        if let roles { members["roles"] = .array(roles.map(JSONValue.string)) }
        members.set("court", court)
        members.set("token", token)
        if let scopes { members["scopes"] = .array(scopes.map(JSONValue.string)) }
        return RecordRow(kind: Self.kind, members: members)
    }
}
