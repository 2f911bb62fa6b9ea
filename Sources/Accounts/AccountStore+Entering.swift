package import Evidence
import Fixity
import GRDB

/// What a one-time link is for: its reader sets a password and takes up a second factor.
package struct Invitation: Hashable, Sendable {
    package let account: Account
    /// The secret of the second factor that he is offered.
    package let secondFactor: [UInt8]
}

// One-time links.
extension AccountStore {
    private static let invitationHours: Int64 = 24
    private static let recoveryCodes = 10

    /// A one-time link for an account: its text, to be handed over in person. Earlier ones hold no
    /// longer.
    ///
    /// - Throws: `no-such-account`.
    package func invite(_ name: String, now: Timestamp) throws -> String {
        let token = Secret.random(20)
        try write { db in
            let id: Int64 = try Self.row(name, db).value("id")
            try db.execute(sql: "DELETE FROM invitations WHERE account = ?", arguments: [id])
            try db.execute(
                sql: """
                    INSERT INTO invitations (digest, account, ends, secondFactor)
                    VALUES (?, ?, ?, ?)
                    """,
                arguments: [
                    token.digest, id, now.milliseconds + Self.invitationHours * 3_600_000,
                    Hex.encode(Secret.random(OneTimeCode.secretWidth)),
                ])
        }
        return Base32.encode(token).lowercased()
    }

    /// What a one-time link is for.
    ///
    /// - Throws: `invitation-over`, also for what is no link of ours.
    package func invitation(_ token: String, now: Timestamp) throws -> Invitation {
        try read { db in
            let (account, invitation) = try Self.rows(ofInvitation: token, now: now, db)
            return Invitation(
                account: try Self.account(account),
                secondFactor: try invitation.secret("secondFactor")
            )
        }
    }

    /// Takes a one-time link: the account has that password and, where a code was typed, that
    /// second factor. Its sessions end, and the link is used up.
    ///
    /// - Returns: ten recovery codes, which nobody can be told again; none without a second factor.
    /// - Throws: `invitation-over`, `weak-password`, `wrong-code`.
    package func take(
        _ token: String, password: String, code: String?, now: Timestamp
    ) throws -> [String] {
        let step = try check(token, password: password, code: code, now: now)
        let salt = Secret.random(16)
        let key = try Scrypt.usual.key(of: Array(password.utf8), salt: salt)
        let codes =
            code == nil
            ? [] : (0..<Self.recoveryCodes).map { _ in Base32.encode(Secret.random(10)) }
        try write { db in
            let (account, row) = try Self.rows(ofInvitation: token, now: now, db)
            let id: Int64 = try account.value("id")
            try db.execute(
                sql: """
                    UPDATE accounts SET salt = ?, password = ?, cost = ?, secondFactor = ?,
                        lastStep = ? WHERE id = ?
                    """,
                arguments: [
                    Hex.encode(salt), Hex.encode(key), Scrypt.usual.costExponent,
                    code == nil ? nil : try row.value("secondFactor") as String, step, id,
                ])
            try db.execute(sql: "DELETE FROM recoveryCodes WHERE account = ?", arguments: [id])
            for code in codes {
                try db.execute(
                    sql: "INSERT INTO recoveryCodes (account, digest) VALUES (?, ?)",
                    arguments: [id, Array(code.utf8).digest])
            }
            try db.execute(sql: "DELETE FROM invitations WHERE account = ?", arguments: [id])
            try Self.endSessions(of: id, db)
        }
        return codes
    }

    /// That a link could be taken up so; changes nothing.
    ///
    /// - Returns: the step of the code.
    /// - Throws: `invitation-over`, `weak-password`, `wrong-code`.
    @discardableResult
    package func check(
        _ token: String, password: String, code: String?, now: Timestamp
    ) throws -> Int64 {
        let invitation = try invitation(token, now: now)
        try PasswordRules.check(password, of: invitation.account.name)
        guard let code else { return 0 }
        guard let step = OneTimeCode.stepOf(code, invitation.secondFactor, at: now, after: 0)
        else { throw AccountFailure(.wrongCode) }
        return step
    }

    private static func rows(
        ofInvitation token: String, now: Timestamp, _ db: Database
    ) throws -> (account: Row, invitation: Row) {
        guard let bytes = Base32.decode(token.uppercased()),
            let row = try Row.fetchOne(
                db, sql: "SELECT * FROM invitations WHERE digest = ? AND ends > ?",
                arguments: [bytes.digest, now.milliseconds]),
            let account = try Row.fetchOne(
                db, sql: "SELECT * FROM accounts WHERE id = ? AND isDisabled = 0",
                arguments: [try row.value("account") as Int64])
        else { throw AccountFailure(.invitationOver) }
        return (account, row)
    }
}
