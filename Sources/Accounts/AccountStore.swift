package import Evidence
import Fixity
import GRDB

/// Accounts, their secrets and their sessions, in a database of their own (`accounts.sqlite`): the
/// only thing beside vault and ledger that is no view of them. What changes of an account stands in
/// the ledger besides; secrets stand here alone.
///
/// Every call blocks on the disk, but where it says that it does not: keep it off the cooperative pool.
package final class AccountStore: Sendable {
    let queue: DatabaseQueue
    let known = KnownSessions()

    private init(queue: DatabaseQueue) { self.queue = queue }

    /// `PRAGMA application_id`: "eDoA".
    private static let applicationID: Int64 = 0x6544_6f41

    /// Opens the file, or makes it, readable for its owner alone.
    ///
    /// - Throws: `accounts-unavailable`.
    package static func open(path: String) throws(AccountFailure) -> AccountStore {
        do {
            var configuration = Configuration()
            configuration.label = "accounts"
            // Longer than any of ours takes; a page that waits keeps others waiting.
            configuration.busyMode = .timeout(0.5)
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.writeWithoutTransaction { db in
                let application = try Int64.fetchOne(db, sql: "PRAGMA application_id") ?? 0
                let tables =
                    try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
                guard application == applicationID || application == 0 && tables == 0 else {
                    throw AccountFailure(.unavailable)
                }
                try db.execute(sql: "PRAGMA journal_mode = WAL")
                try db.execute(sql: "PRAGMA synchronous = FULL")
                try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            }
            var migrator = DatabaseMigrator()
            migrator.registerMigration("1") { try $0.execute(sql: tables) }
            // What an officer types at the dock; made as the password is.
            migrator.registerMigration("2") {
                try $0.execute(
                    sql: """
                        ALTER TABLE accounts ADD COLUMN pinSalt TEXT;
                        ALTER TABLE accounts ADD COLUMN pin TEXT;
                        """)
            }
            migrator.registerMigration("3") {
                try $0.execute(
                    sql: """
                        CREATE TABLE tokens (           -- of programs
                            digest TEXT PRIMARY KEY, account INTEGER NOT NULL,
                            name TEXT NOT NULL, scopes TEXT NOT NULL,
                            created INTEGER NOT NULL, ends INTEGER NOT NULL, used INTEGER,
                            UNIQUE (account, name)
                        ) STRICT, WITHOUT ROWID;
                        """)
            }
            try migrator.migrate(queue)
            return AccountStore(queue: queue)
        } catch {
            throw AccountFailure(.unavailable)
        }
    }

    package func close() { try? queue.close() }

    /// Copies all accounts as they are now, with their secrets, and without sessions, one-time links,
    /// delays and programs' tokens: whoever has the copy signs in anew.
    ///
    /// - Parameter path: of an empty file.
    /// - Throws: `accounts-unavailable`.
    package func copy(to path: String) throws(AccountFailure) {
        do {
            let copy = try DatabaseQueue(path: path)
            try queue.backup(to: copy)
            try copy.writeWithoutTransaction { db in
                // One file, and nothing in it of what goes.
                try db.execute(
                    sql: """
                        PRAGMA journal_mode = DELETE;
                        DELETE FROM sessions; DELETE FROM invitations; DELETE FROM delays;
                        DELETE FROM tokens; VACUUM;
                        """)
            }
            try copy.close()
        } catch { throw AccountFailure(.unavailable) }
    }

    private static let tables = """
        CREATE TABLE accounts (
            id INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE,           -- the name, folded
            name TEXT NOT NULL,
            roles TEXT NOT NULL,                -- their words, by space
            court TEXT,
            isDisabled INTEGER NOT NULL DEFAULT 0,
            created INTEGER NOT NULL,           -- milliseconds
            salt TEXT, password TEXT,           -- scrypt, RFC 7914; hexadecimal, as all secrets here
            cost INTEGER,                       -- the exponent of N; r = 8, p = 1
            secondFactor TEXT,                  -- the secret, RFC 6238
            lastStep INTEGER NOT NULL DEFAULT 0 -- of the last code that was taken
        ) STRICT;
        CREATE TABLE recoveryCodes (            -- each serves once
            account INTEGER NOT NULL, digest TEXT NOT NULL,
            PRIMARY KEY (account, digest)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE invitations (              -- one-time links
            digest TEXT PRIMARY KEY, account INTEGER NOT NULL, ends INTEGER NOT NULL,
            secondFactor TEXT NOT NULL          -- what it will be
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE sessions (
            digest TEXT PRIMARY KEY, account INTEGER NOT NULL, guard TEXT NOT NULL,
            seen INTEGER NOT NULL, ends INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX sessionsOf ON sessions (account);
        CREATE TABLE delays (                   -- of names, known or not, and of addresses
            key TEXT PRIMARY KEY, failures INTEGER NOT NULL, until INTEGER NOT NULL,
            seen INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    // MARK: - Accounts

    /// All accounts, by name.
    package func accounts() throws -> [Account] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM accounts ORDER BY key").map {
                try Self.account($0)
            }
        }
    }

    /// - Throws: `no-such-account`.
    package func account(_ name: String) throws -> Account {
        try read { db in try Self.account(Self.row(name, db)) }
    }

    /// A new account, which cannot sign in before its invitation was taken.
    ///
    /// - Throws: `malformed-name`, `name-taken`, `no-role`.
    package func add(
        _ name: String, roles: Set<Role>, court: String?, now: Timestamp
    ) throws -> Account {
        let name = try AccountName.checked(name)
        guard !roles.isEmpty else { throw AccountFailure(.noRole) }
        return try write { db in
            guard try Self.find(name, db) == nil else { throw AccountFailure(.nameTaken) }
            try db.execute(
                sql: """
                    INSERT INTO accounts (key, name, roles, court, created) VALUES (?, ?, ?, ?, ?)
                    """,
                arguments: [
                    AccountName.key(name), name, Self.text(of: roles), court, now.milliseconds,
                ])
            return try Self.account(Self.row(name, db))
        }
    }

    /// Changes what an account may do. Its sessions end.
    ///
    /// - Throws: `no-such-account`, `no-role`, `last-admin`.
    package func change(
        _ name: String, roles: Set<Role>? = nil, court: String?? = .none, isDisabled: Bool? = nil
    ) throws -> Account {
        guard roles?.isEmpty != true else { throw AccountFailure(.noRole) }
        return try write { db in
            let row = try Self.row(name, db)
            var account = try Self.account(row)
            let before = account
            if let roles { account.roles = roles }
            if let court { account.court = court }
            if let isDisabled { account.isDisabled = isDisabled }
            try db.execute(
                sql: "UPDATE accounts SET roles = ?, court = ?, isDisabled = ? WHERE id = ?",
                arguments: [
                    Self.text(of: account.roles), account.court, account.isDisabled,
                    try row.value("id") as Int64,
                ])
            let admins = try Row.fetchAll(
                db, sql: "SELECT * FROM accounts WHERE isDisabled = 0"
            ).map { try Self.account($0) }.count { $0.isWorkingAdmin }
            guard admins > 0 || !before.isWorkingAdmin else { throw AccountFailure(.lastAdmin) }
            let id: Int64 = try row.value("id")
            try Self.endSessions(of: id, db)
            if account.isDisabled {
                try db.execute(
                    sql: "DELETE FROM invitations WHERE account = ?", arguments: [id])
            }
            return account
        }
    }

    // MARK: - Rows

    static func find(_ name: String, _ db: Database) throws -> Row? {
        try Row.fetchOne(
            db, sql: "SELECT * FROM accounts WHERE key = ?", arguments: [AccountName.key(name)])
    }

    static func row(_ name: String, _ db: Database) throws -> Row {
        guard let row = try find(name, db) else { throw AccountFailure(.noSuchAccount) }
        return row
    }

    static func account(_ row: Row) throws -> Account {
        let roles = (try row.value("roles") as String).split(separator: " ").compactMap {
            Role(rawValue: String($0))
        }
        let password: String? = try row.optional("password")
        let secondFactor: String? = try row.optional("secondFactor")
        return Account(
            name: try row.value("name"), roles: Set(roles), court: try row.optional("court"),
            isDisabled: try row.value("isDisabled"), isReady: password != nil,
            hasSecondFactor: secondFactor != nil,
            created: Timestamp(milliseconds: try row.value("created")))
    }

    private static func text(of roles: Set<Role>) -> String {
        roles.sorted().map(\.rawValue).joined(separator: " ")
    }

    static func endSessions(of account: Int64, _ db: Database) throws {
        try db.execute(sql: "DELETE FROM sessions WHERE account = ?", arguments: [account])
    }

    // MARK: - Calls

    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try mapped { try queue.read(body) }
    }

    /// The first row of a question that every request asks: one statement, kept ready, sees one state
    /// without a transaction of its own.
    func look(_ sql: String, _ arguments: StatementArguments) throws -> Row? {
        try mapped {
            try queue.unsafeRead { db in
                try Row.fetchOne(db.cachedStatement(sql: sql), arguments: arguments)
            }
        }
    }

    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        defer { known.forget() }
        return try mapped { try queue.write(body) }
    }

    private func mapped<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let failure as AccountFailure { throw failure } catch let
            failure as FixityFailure
        { throw failure } catch { throw AccountFailure(.unavailable) }
    }
}

// What a damaged file holds is a failure, never a trap.
extension Row {
    func value<Value: DatabaseValueConvertible>(_ column: String) throws -> Value {
        guard hasColumn(column) else { throw AccountFailure(.unavailable) }
        return try decode(Value.self, forColumn: column)
    }

    func optional<Value: DatabaseValueConvertible>(_ column: String) throws -> Value? {
        guard hasColumn(column) else { throw AccountFailure(.unavailable) }
        return try decode(Value?.self, forColumn: column)
    }

    /// Bytes that stand there as hexadecimal digits.
    func secret(_ column: String) throws -> [UInt8] {
        guard let bytes = Hex.decode(try value(column) as String), !bytes.isEmpty else {
            throw AccountFailure(.unavailable)
        }
        return bytes
    }

    func optionalSecret(_ column: String) throws -> [UInt8]? {
        let text: String? = try optional(column)
        return try text == nil ? nil : secret(column)
    }
}

extension [UInt8] {
    /// What is kept of a token: who reads the database learns none.
    var digest: String { SHA256Digest.of(self).hex }
}
