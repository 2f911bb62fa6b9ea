package import Evidence
import Fixity
import GRDB

/// What a program may do with a token, at most: never more than its account may.
package enum TokenScope: String, Sendable, CaseIterable {
    /// Looks digests up, and fetches proofs.
    case verify
    /// Reads what is said of cases and recordings.
    case records
    /// Fetches footage.
    case footage
    /// Reads figures.
    case figures
}

/// A program's way in, on behalf of an account. What it carries is told once, and kept nowhere.
package struct APIToken: Hashable, Sendable {
    package let account: String
    /// What it is called, once for each account.
    package let name: String
    package let scopes: Set<TokenScope>
    package let created: Timestamp
    package let ends: Timestamp
    /// When it was last used, to the minute.
    package let used: Timestamp?

    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "account": .string(account), "token": .string(name),
            "scopes": .array(scopes.map(\.rawValue).sorted().map(JSONValue.string)),
            "created": .string(created.description), "ends": .string(ends.description),
        ]
        members.set("used", used?.description)
        return .object(members)
    }
}

extension AccountStore {
    /// Tokens begin so: whoever finds one in a log knows what it is.
    private static let tokenPrefix = "evidock_"
    private static let day: Int64 = 86_400_000

    /// - Returns: its text, which nobody can be told again.
    /// - Throws: `malformed-name`, `name-taken`, `no-such-account`, `no-scope`, `token-days`.
    package func makeToken(
        _ name: String, of account: String, scopes: Set<TokenScope>, days: Int, now: Timestamp
    ) throws -> String {
        let name = try AccountName.checked(name)
        try Self.check(scopes, days: days)
        let token = Secret.random(20)
        try write { db in
            let row = try Self.row(account, db)
            let id: Int64 = try row.value("id")
            let known = try Row.fetchOne(
                db, sql: "SELECT 1 FROM tokens WHERE account = ? AND name = ?",
                arguments: [id, name])
            guard known == nil else { throw AccountFailure(.nameTaken) }
            try db.execute(
                sql: """
                    INSERT INTO tokens (digest, account, name, scopes, created, ends)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    token.digest, id, name, scopes.map(\.rawValue).sorted().joined(separator: " "),
                    now.milliseconds, now.milliseconds + Int64(days) * Self.day,
                ])
        }
        return Self.tokenPrefix + Base32.encode(token).lowercased()
    }

    /// - Throws: `no-scope`, `token-days`.
    package static func check(_ scopes: Set<TokenScope>, days: Int) throws {
        guard !scopes.isEmpty else { throw AccountFailure(.noScope) }
        guard (1...366).contains(days) else { throw AccountFailure(.tokenDays) }
    }

    /// - Throws: `no-such-account`, `no-such-token`.
    package func endToken(_ name: String, of account: String) throws {
        try write { db in
            let id: Int64 = try Self.row(account, db).value("id")
            try db.execute(
                sql: "DELETE FROM tokens WHERE account = ? AND name = ?", arguments: [id, name])
            guard db.changesCount == 1 else { throw AccountFailure(.noSuchToken) }
        }
    }

    /// All tokens, also those whose time is over.
    package func tokens() throws -> [APIToken] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT t.*, a.name AS accountName FROM tokens t
                    JOIN accounts a ON a.id = t.account ORDER BY a.key, t.name
                    """
            ).map { row in
                let used: Int64? = try row.optional("used")
                return APIToken(
                    account: try row.value("accountName"), name: try row.value("name"),
                    scopes: try Self.scopes(row),
                    created: Timestamp(milliseconds: try row.value("created")),
                    ends: Timestamp(milliseconds: try row.value("ends")),
                    used: used.map { Timestamp(milliseconds: $0) })
            }
        }
    }

    /// Who a program is that carries this text, and what it may do; nil where it is no token that
    /// holds.
    package func bearer(
        _ text: String, now: Timestamp
    ) throws -> (account: Account, scopes: Set<TokenScope>, key: String)? {
        guard text.hasPrefix(Self.tokenPrefix),
            let bytes = Base32.decode(text.dropFirst(Self.tokenPrefix.count).uppercased())
        else { return nil }
        let digest = bytes.digest
        guard
            let row = try read({ db in
                try Row.fetchOne(
                    db,
                    sql: """
                        SELECT a.*, t.scopes, t.used FROM tokens t
                        JOIN accounts a ON a.id = t.account
                        WHERE t.digest = ? AND t.ends > ? AND a.isDisabled = 0
                        """, arguments: [digest, now.milliseconds])
            })
        else { return nil }
        let used: Int64? = try row.optional("used")
        if now.milliseconds - (used ?? 0) > 60_000 {
            // It holds all the same where that cannot be noted now.
            try? write { db in
                try db.execute(
                    sql: "UPDATE tokens SET used = ? WHERE digest = ?",
                    arguments: [now.milliseconds, digest])
            }
        }
        return (try Self.account(row), try Self.scopes(row), "token:" + digest)
    }

    /// Whether a session or a token still holds, by what tells it from others; prolongs nothing.
    package func stands(_ key: String, now: Timestamp) throws -> Bool {
        let isToken = key.hasPrefix("token:")
        let digest =
            isToken
            ? String(key.dropFirst("token:".count).prefix { $0 != " " })
            : Base32.decode(key.uppercased())?.digest ?? ""
        return try read { db in
            try Row.fetchOne(
                db,
                sql: isToken
                    ? """
                    SELECT 1 FROM tokens t JOIN accounts a ON a.id = t.account
                    WHERE t.digest = ? AND t.ends > ? AND a.isDisabled = 0
                    """
                    : """
                    SELECT 1 FROM sessions s JOIN accounts a ON a.id = s.account
                    WHERE s.digest = ? AND s.ends > ? AND s.seen > ? AND a.isDisabled = 0
                    """,
                arguments: isToken
                    ? [digest, now.milliseconds]
                    : [digest, now.milliseconds, now.milliseconds - Self.idle]) != nil
        }
    }

    private static func scopes(_ row: Row) throws -> Set<TokenScope> {
        Set(
            (try row.value("scopes") as String).split(separator: " ").compactMap {
                TokenScope(rawValue: String($0))
            })
    }
}
