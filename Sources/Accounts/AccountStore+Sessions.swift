package import Evidence
import Fixity
import GRDB

/// What came of trying to sign in.
package enum SignIn: Sendable {
    /// A session began: its token, for the cookie.
    case begun(token: String)
    /// Name, password or code was not right: which, nobody is told.
    case refused
    /// Too many failures: so many seconds are to be waited. Nothing was looked at.
    case delayed(seconds: Int64)
}

/// Somebody who is signed in.
package struct Session: Hashable, Sendable {
    package let account: Account
    /// What every form carries that changes something: who cannot read our pages does not have it.
    package let guardToken: String

    package init(account: Account, guardToken: String) {
        (self.account, self.guardToken) = (account, guardToken)
    }
}

// Signing in, and staying so.
extension AccountStore {
    /// A session ends so long after its last request, and so long after its beginning.
    static let idle: Int64 = 30 * 60_000
    private static let longest: Int64 = 12 * 3_600_000
    /// So many failures are free; each one more doubles the delay from a second up to a quarter of
    /// an hour.
    private static let freeFailures: Int64 = 4
    private static let longestDelay: Int64 = 900
    /// Of a name from everywhere, and of an address with every name: others wait there, too.
    private static let longestDelayOfMany: Int64 = 20

    /// Signs somebody in. Takes as long for a name that nobody has.
    ///
    /// - Parameters:
    ///   - code: of the second factor, or a recovery code, where the account has one.
    ///   - address: whence he comes.
    ///   - wantsSecondFactor: whether an account without one is refused.
    package func signIn(
        _ name: String, password: String, code: String, from address: String,
        wantsSecondFactor: Bool = true, now: Timestamp
    ) throws -> SignIn {
        let keys = Self.delayKeys(of: name, from: address)
        if let until = try delay(of: keys, now: now) {
            return .delayed(seconds: (until - now.milliseconds + 999) / 1000)
        }
        let row = try read { db in try Self.find(name, db) }
        let (salt, isRight) = try Self.compare(password, row, salt: "salt", key: "password")
        return try write { db in
            guard let row = try row.flatMap({ try Self.find($0.value("name"), db) }), isRight,
                try !row.value("isDisabled"), try row.optionalSecret("salt") == salt,
                try Self.take(code, of: row, isWanted: wantsSecondFactor, now: now, db)
            else {
                try Self.countFailure(keys, now: now, db)
                return .refused
            }
            try db.execute(sql: "DELETE FROM delays WHERE key = ?", arguments: [keys[0]])
            return .begun(token: try Self.begin(row.value("id"), now: now, db))
        }
    }

    /// Who a cookie is of, where that was looked up a moment ago and nothing has changed. Does not block.
    package func knownSession(_ token: String, now: Timestamp) -> Session? {
        Base32.decode(token.uppercased()).flatMap { known[$0.digest, now] }
    }

    /// Who a cookie is of; nil where no session stands under it. Each call prolongs it.
    package func session(_ token: String, now: Timestamp) throws -> Session? {
        guard let bytes = Base32.decode(token.uppercased()) else { return nil }
        let (digest, changes) = (bytes.digest, known.changes)
        guard
            let row = try look(
                """
                SELECT a.*, s.guard, s.seen, s.ends FROM sessions s JOIN accounts a
                    ON a.id = s.account
                WHERE s.digest = ? AND s.ends > ? AND s.seen > ? AND a.isDisabled = 0
                """, [digest, now.milliseconds, now.milliseconds - Self.idle])
        else { return nil }
        let session = Session(account: try Self.account(row), guardToken: try row.value("guard"))
        // Once a minute is enough to know that somebody is there.
        let (seen, ends): (Int64, Int64) = (try row.value("seen"), try row.value("ends"))
        if now.milliseconds - seen > KnownSessions.lasts {
            // He is there all the same where that cannot be noted now.
            try? write { db in
                try db.execute(
                    sql: "UPDATE sessions SET seen = ? WHERE digest = ?",
                    arguments: [now.milliseconds, digest])
            }
        } else {
            known.remember(
                digest, session, until: min(ends, seen + KnownSessions.lasts), changes: changes)
        }
        return session
    }

    package func endSession(_ token: String) throws {
        guard let bytes = Base32.decode(token.uppercased()) else { return }
        try write { db in
            try db.execute(
                sql: "DELETE FROM sessions WHERE digest = ?", arguments: [bytes.digest])
        }
    }

    // MARK: - Inside

    /// Whether a secret is the one that a row has the key of; takes as long where there is no row, or
    /// no key.
    static func compare(
        _ secret: String, _ row: Row?, salt: String, key: String
    ) throws -> (salt: [UInt8], isRight: Bool) {
        let salt = try row?.optionalSecret(salt) ?? [UInt8](repeating: 0, count: 16)
        let found = try Scrypt.usual.key(of: Array(secret.prefix(1000).utf8), salt: salt)
        return (salt, Secret.areEqual(found, try row?.optionalSecret(key) ?? []))
    }

    private static func begin(
        _ account: Int64, now: Timestamp, _ db: Database
    ) throws -> String {
        let token = Secret.random(20)
        try db.execute(
            sql: "DELETE FROM sessions WHERE ends <= ? OR seen <= ?",
            arguments: [now.milliseconds, now.milliseconds - idle])
        try db.execute(
            sql: """
                INSERT INTO sessions (digest, account, guard, seen, ends) VALUES (?, ?, ?, ?, ?)
                """,
            arguments: [
                token.digest, account, Base32.encode(Secret.random(20)), now.milliseconds,
                now.milliseconds + longest,
            ])
        return Base32.encode(token).lowercased()
    }

    /// Whether the code is right, which then serves no second time. An account without a second
    /// factor wants none.
    private static func take(
        _ code: String, of row: Row, isWanted: Bool, now: Timestamp, _ db: Database
    ) throws -> Bool {
        guard let secret = try row.optionalSecret("secondFactor") else { return !isWanted }
        let id: Int64 = try row.value("id")
        if let step = OneTimeCode.stepOf(code, secret, at: now, after: try row.value("lastStep")) {
            try db.execute(
                sql: "UPDATE accounts SET lastStep = ? WHERE id = ?", arguments: [step, id])
            return true
        }
        let plain = code.uppercased().filter { $0.isLetter || $0.isNumber }
        try db.execute(
            sql: "DELETE FROM recoveryCodes WHERE account = ? AND digest = ?",
            arguments: [id, Array(plain.utf8).digest])
        return db.changesCount == 1
    }

    /// Who fails on one name from one address waits first; others with that name only long after,
    /// so that nobody is kept out by somebody else.
    static func delayKeys(of name: String, from address: String) -> [String] {
        let named = Array(AccountName.key(name).utf8).digest
        return ["pair:\(named) \(address)", "address:" + address, "name:" + named]
    }

    func delay(of keys: [String], now: Timestamp) throws -> Int64? {
        try read { db in
            try Int64.fetchOne(
                db, sql: "SELECT max(until) FROM delays WHERE key IN (?, ?, ?) AND until > ?",
                arguments: [keys[0], keys[1], keys[2], now.milliseconds])
        }
    }

    static func countFailure(
        _ keys: [String], now: Timestamp, _ db: Database
    ) throws {
        let old = now.milliseconds - 24 * 3_600_000
        try db.execute(sql: "DELETE FROM delays WHERE seen < ?", arguments: [old])
        for key in keys {
            let known = try Int64.fetchOne(
                db, sql: "SELECT failures FROM delays WHERE key = ?", arguments: [key])
            let failures = (known ?? 0) + 1
            // Many officers sign in from one machine at the dock.
            let free =
                key.contains("address:")
                ? freeFailures * 5 : key.contains("name:") ? freeFailures * 25 : freeFailures
            let longest = key.contains("pair:") ? longestDelay : longestDelayOfMany
            let over = failures - free
            let delay = over > 0 ? min(longest, 1 << min(over - 1, 20)) : 0
            try db.execute(
                sql: """
                    INSERT OR REPLACE INTO delays (key, failures, until, seen) VALUES (?, ?, ?, ?)
                    """,
                arguments: [
                    key, failures, now.milliseconds + delay * 1000, now.milliseconds,
                ])
        }
    }
}
