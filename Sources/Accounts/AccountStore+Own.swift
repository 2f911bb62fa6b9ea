package import Evidence
import Fixity
import GRDB

/// What came of a password or a PIN that was asked for again.
package enum Confirmation: Hashable, Sendable {
    case right(Account)
    case wrong
    /// Too many failures: so many seconds are to be waited. Nothing was looked at.
    case delayed(seconds: Int64)
}

/// A session, as its owner sees it.
package struct OwnSession: Hashable, Sendable {
    package let seen: Timestamp
    package let ends: Timestamp
    /// Whether it is the one that asks.
    package let isThis: Bool
}

// What somebody changes of his own account.
extension AccountStore {
    /// Whether the password is the account's, by whoever is signed in with it; failures count as
    /// those of signing in do.
    package func confirm(
        _ password: String, of name: String, from address: String, now: Timestamp
    ) throws -> Confirmation {
        try confirm(
            password, of: name, keys: Self.delayKeys(of: name, from: address), now: now,
            salt: "salt", key: "password")
    }

    /// Whether the PIN is the account's: what an officer types at the dock, where nobody signs in.
    package func confirm(
        pin: String, of name: String, from address: String, now: Timestamp
    ) throws -> Confirmation {
        try confirm(
            pin, of: name,
            keys: Self.delayKeys(of: name, from: address).map { "pin " + $0 }, now: now,
            salt: "pinSalt", key: "pin")
    }

    private func confirm(
        _ secret: String, of name: String, keys: [String], now: Timestamp, salt: String,
        key: String
    ) throws -> Confirmation {
        if let until = try delay(of: keys, now: now) {
            return .delayed(seconds: (until - now.milliseconds + 999) / 1000)
        }
        let row = try read { db in try Self.find(name, db) }
        let (known, isRight) = try Self.compare(secret, row, salt: salt, key: key)
        return try write { db in
            // As it stands by now: it may have been locked out, or have another secret.
            guard let row = try row.flatMap({ try Self.find($0.value("name"), db) }), isRight,
                try !row.value("isDisabled"), try row.optionalSecret(salt) == known
            else {
                try Self.countFailure(keys, now: now, db)
                return .wrong
            }
            try db.execute(sql: "DELETE FROM delays WHERE key = ?", arguments: [keys[0]])
            return .right(try Self.account(row))
        }
    }

    /// That a password may be an account's.
    ///
    /// - Throws: `weak-password`.
    package func check(newPassword: String, of name: String) throws {
        try PasswordRules.check(newPassword, of: name)
    }

    /// Sets another password; every session ends but that of the token.
    ///
    /// - Throws: `weak-password`, `no-such-account`.
    package func setPassword(_ password: String, of name: String, but token: String) throws {
        try PasswordRules.check(password, of: name)
        try set(password, of: name, salt: "salt", key: "password") { id, db in
            try Self.endSessions(of: id, but: token, db)
        }
    }

    /// - Throws: `weak-pin`.
    package func check(newPIN: String) throws {
        let digits = newPIN.utf8.map { Int($0) - 0x30 }
        let steps = Set(zip(digits, digits.dropFirst()).map { $1 - $0 })
        guard digits.count == 6, digits.allSatisfy((0...9).contains),
            ![[0], [1], [-1]].contains(steps), Set(digits).count > 2
        else { throw AccountFailure(.weakPIN) }
    }

    /// - Throws: `weak-pin`, `no-such-account`.
    package func setPIN(_ pin: String, of name: String) throws {
        try check(newPIN: pin)
        try set(pin, of: name, salt: "pinSalt", key: "pin")
    }

    private func set(
        _ secret: String, of name: String, salt column: String, key keyColumn: String,
        alongside: (_ account: Int64, Database) throws -> Void = { _, _ in }
    ) throws {
        let salt = Secret.random(16)
        let key = try Scrypt.usual.key(of: Array(secret.utf8), salt: salt)
        try write { db in
            let id: Int64 = try Self.row(name, db).value("id")
            try db.execute(
                sql: "UPDATE accounts SET \(column) = ?, \(keyColumn) = ? WHERE id = ?",
                arguments: [Hex.encode(salt), Hex.encode(key), id])
            try alongside(id, db)
        }
    }

    package func hasPIN(_ name: String) throws -> Bool {
        try read { db in try Self.row(name, db).optionalSecret("pin") != nil }
    }

    /// Sessions of an account that stand, the one last seen first.
    package func sessions(
        of name: String, token: String, now: Timestamp
    ) throws -> [OwnSession] {
        let own = Base32.decode(token.uppercased())?.digest
        return try read { db in
            let id: Int64 = try Self.row(name, db).value("id")
            return try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM sessions WHERE account = ? AND ends > ? AND seen > ?
                    ORDER BY seen DESC
                    """,
                arguments: [id, now.milliseconds, now.milliseconds - Self.idle]
            ).map {
                OwnSession(
                    seen: Timestamp(milliseconds: try $0.value("seen")),
                    ends: Timestamp(milliseconds: try $0.value("ends")),
                    isThis: try $0.value("digest") == own)
            }
        }
    }

    /// Ends every session of an account but that of the token.
    package func endOtherSessions(of name: String, but token: String) throws {
        try write { db in
            try Self.endSessions(of: Self.row(name, db).value("id"), but: token, db)
        }
    }

    private static func endSessions(
        of account: Int64, but token: String, _ db: Database
    ) throws {
        try db.execute(
            sql: "DELETE FROM sessions WHERE account = ? AND digest <> ?",
            arguments: [account, Base32.decode(token.uppercased())?.digest ?? ""])
    }
}
