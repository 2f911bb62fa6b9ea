@testable import Accounts
import Evidence
import Fixity
import Foundation
import GRDB
import Testing

/// A store in a folder of its own, and a moment that moves only when told.
private final class Desk {
    let folder: URL
    let store: AccountStore
    var now = Timestamp(milliseconds: 1_800_000_000_000)

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        store = try AccountStore.open(path: folder.path + "/accounts.sqlite")
    }

    deinit {
        store.close()
        try? FileManager.default.removeItem(at: folder)
    }

    func pass(minutes: Int64) { now = Timestamp(milliseconds: now.milliseconds + minutes * 60_000) }

    /// An account that may sign in, its second factor and its recovery codes.
    func person(
        _ name: String, _ roles: Set<Role> = [.officer], password: String = "vier worte im regen"
    ) throws -> (secret: [UInt8], recovery: [String]) {
        _ = try store.add(name, roles: roles, court: nil, now: now)
        let link = try store.invite(name, now: now)
        let secret = try store.invitation(link, now: now).secondFactor
        let codes = try store.take(
            link, password: password, code: OneTimeCode.code(secret, at: now), now: now)
        pass(minutes: 1)
        return (secret, codes)
    }

    func signIn(
        _ name: String, _ code: String, password: String = "vier worte im regen",
        from address: String = "10.0.0.1"
    ) throws -> SignIn {
        try store.signIn(name, password: password, code: code, from: address, now: now)
    }
}

extension SignIn {
    fileprivate var token: String? { if case .begun(let token) = self { token } else { nil } }
    fileprivate var wait: Int64? { if case .delayed(let wait) = self { wait } else { nil } }
    fileprivate var isRefused: Bool { if case .refused = self { true } else { false } }
}

struct AccountStoreTests {
    @Test("A session is not looked up again for a minute, unless anything changes")
    func knows() throws {
        let desk = try Desk()
        let secret = try desk.person("000042").secret
        let code = OneTimeCode.code(secret, at: desk.now)
        let token = try #require(try desk.signIn("000042", code).token)
        #expect(desk.store.knownSession(token, now: desk.now) == nil)
        let session = try #require(try desk.store.session(token, now: desk.now))
        #expect(desk.store.knownSession(token, now: desk.now) == session)
        #expect(desk.store.knownSession(token + "A", now: desk.now) == nil)
        desk.pass(minutes: 1)
        #expect(desk.store.knownSession(token, now: desk.now) == nil, "it is to be prolonged")
        #expect(try desk.store.session(token, now: desk.now) == session)
        #expect(desk.store.knownSession(token, now: desk.now) == nil, "a minute to the very end")
        desk.pass(minutes: 1)
        #expect(try desk.store.session(token, now: desk.now) == session)
        #expect(try desk.store.session(token, now: desk.now) == session)
        #expect(desk.store.knownSession(token, now: desk.now) == session)
        _ = try desk.store.change("000042", isDisabled: true)
        #expect(desk.store.knownSession(token, now: desk.now) == nil)
        #expect(try desk.store.session(token, now: desk.now) == nil)
    }

    @Test("A one-time link makes an account that can sign in, once")
    func invites() throws {
        let desk = try Desk()
        _ = try desk.store.add("000042", roles: [.officer], court: "闽0602", now: desk.now)
        #expect(try !desk.store.account("000042").isReady)
        let link = try desk.store.invite("000042", now: desk.now)
        let secret = try desk.store.invitation(link, now: desk.now).secondFactor
        let code = OneTimeCode.code(secret, at: desk.now)
        #expect(throws: AccountFailure(.wrongCode)) {
            try desk.store.take(
                link, password: "vier worte im regen", code: "000000", now: desk.now)
        }
        let codes = try desk.store.take(
            link, password: "vier worte im regen", code: code, now: desk.now)
        #expect(Set(codes).count == 10)
        #expect(throws: AccountFailure(.invitationOver)) {
            try desk.store.invitation(link, now: desk.now)
        }
        // The code that was typed there serves no second time.
        #expect(try desk.signIn("000042", code).isRefused)
        desk.pass(minutes: 1)
        let token = try #require(
            try desk.signIn("000042", OneTimeCode.code(secret, at: desk.now)).token)
        let session = try #require(try desk.store.session(token, now: desk.now))
        #expect(session.account.name == "000042" && session.account.court == "闽0602")
        #expect(session.account.isReady && session.account.hasSecondFactor)
    }

    @Test("A link holds a day, and a newer one ends it")
    func invitationEnds() throws {
        let desk = try Desk()
        _ = try desk.store.add("a", roles: [.judge], court: nil, now: desk.now)
        let first = try desk.store.invite("a", now: desk.now)
        let second = try desk.store.invite("a", now: desk.now)
        for link in [first, "", "x", "mzxw6"] {
            #expect(throws: AccountFailure(.invitationOver)) {
                try desk.store.invitation(link, now: desk.now)
            }
        }
        desk.pass(minutes: 24 * 60)
        #expect(throws: AccountFailure(.invitationOver)) {
            try desk.store.invitation(second, now: desk.now)
        }
    }

    @Test("A password that is short, common or says the name is refused")
    func passwords() throws {
        for password in [
            "", "1234567", "password", "Password123", "00000000", "12345678", "qwertyuiop",
            "abcdefghij", "aaaabbbb", "zhang-000042", "evidock2026",
            String(repeating: "ab c", count: 40),
        ] {
            #expect(throws: AccountFailure.self, "\(password)") {
                try PasswordRules.check(password, of: "000042")
            }
        }
        for password in ["vier worte", "五 个 字 的 密码 好", "Tr0ub4dor&3", "k8s-jq-x1"] {
            try PasswordRules.check(password, of: "000042")
        }
    }

    @Test("A wrong name, password or code is refused in the same way")
    func refuses() throws {
        let desk = try Desk()
        let (secret, _) = try desk.person("a")
        let code = OneTimeCode.code(secret, at: desk.now)
        #expect(try desk.signIn("b", code).isRefused)
        #expect(try desk.signIn("a", code, password: "vier worte im schnee").isRefused)
        #expect(try desk.signIn("a", "000000").isRefused)
        #expect(try desk.signIn("A", code).token != nil, "capitals do not matter")
        #expect(try desk.signIn("a", code).isRefused, "a code serves once")
    }

    @Test("Failures delay, longer each time, known name or not, and never for good")
    func delays() throws {
        let desk = try Desk()
        let (secret, _) = try desk.person("a")
        for name in ["a", "nobody"] {
            var waits: [Int64] = []
            for _ in 0..<9 {
                while let wait = try desk.signIn(name, "", password: "falsch falsch").wait {
                    waits.append(wait)
                    desk.now = Timestamp(milliseconds: desk.now.milliseconds + wait * 1000)
                }
            }
            #expect(waits == [1, 2, 4, 8], "\(name)")
        }
        desk.pass(minutes: 16)
        #expect(try desk.signIn("a", OneTimeCode.code(secret, at: desk.now)).token != nil)
    }

    @Test("Somebody else's failures keep nobody out for long")
    func lockOut() throws {
        let desk = try Desk()
        let (_, codes) = try desk.person("a")
        for number in 0..<12 {
            _ = try desk.signIn("a", "", password: "falsch falsch", from: "10.0.0.\(number)")
        }
        #expect(try desk.signIn("a", codes[0], from: "10.1.0.1").token != nil)
    }

    @Test("Where a second factor is wanted, an account without one does not get in")
    func secondFactor() throws {
        let desk = try Desk()
        _ = try desk.store.add("a", roles: [.judge], court: nil, now: desk.now)
        let link = try desk.store.invite("a", now: desk.now)
        _ = try desk.store.take(
            link, password: "vier worte im regen", code: nil, now: desk.now)
        #expect(try desk.signIn("a", "").isRefused)
        let trial = try desk.store.signIn(
            "a", password: "vier worte im regen", code: "", from: "10.0.0.1",
            wantsSecondFactor: false, now: desk.now)
        #expect(trial.token != nil)
    }

    @Test("A damaged database is told, not stumbled over")
    func damaged() throws {
        let desk = try Desk()
        let (_, codes) = try desk.person("a")
        for spoil in [
            "UPDATE accounts SET secondFactor = 'zz'", "UPDATE accounts SET password = ''",
            "UPDATE accounts SET salt = 'x'",
        ] {
            try desk.store.queue.write { try $0.execute(sql: spoil) }
            #expect(throws: AccountFailure(.unavailable), "\(spoil)") {
                try desk.signIn("a", codes[0])
            }
        }
    }

    @Test("An address that fails on many names waits too")
    func addressDelays() throws {
        let desk = try Desk()
        for number in 0..<21 {
            _ = try desk.signIn("n\(number)", "", password: "falsch falsch", from: "10.0.0.9")
        }
        #expect(
            try desk.signIn("other", "", password: "falsch falsch", from: "10.0.0.9").wait != nil)
        #expect(try desk.signIn("other", "", password: "falsch falsch", from: "10.0.0.8").isRefused)
    }

    @Test("A recovery code serves once, however it is typed")
    func recovery() throws {
        let desk = try Desk()
        let (_, codes) = try desk.person("a")
        let typed = codes[3].lowercased().enumerated()
            .map { $0.offset % 4 == 0 ? " \($0.element)" : "\($0.element)" }.joined()
        #expect(try desk.signIn("a", typed).token != nil)
        #expect(try desk.signIn("a", codes[3]).isRefused)
        #expect(try desk.signIn("a", codes[4]).token != nil)
    }

    @Test("A session ends when nobody is there, after half a day, and when the account changes")
    func sessions() throws {
        let desk = try Desk()
        let (_, codes) = try desk.person("a", [.judge])
        _ = try desk.person("admin", [.admin])
        func begin(_ code: Int) throws -> String {
            try #require(try desk.signIn("a", codes[code]).token)
        }
        let idle = try begin(0)
        desk.pass(minutes: 31)
        #expect(try desk.store.session(idle, now: desk.now) == nil)
        let long = try begin(1)
        for _ in 0..<35 {
            desk.pass(minutes: 20)
            #expect(try desk.store.session(long, now: desk.now) != nil)
        }
        desk.pass(minutes: 20)
        #expect(try desk.store.session(long, now: desk.now) == nil, "twelve hours")
        let other = try begin(2)
        _ = try desk.store.change("a", isDisabled: true)
        #expect(try desk.store.session(other, now: desk.now) == nil)
        #expect(try desk.signIn("a", codes[3]).isRefused)
        _ = try desk.store.change("a", isDisabled: false)
        #expect(try desk.store.session(other, now: desk.now) == nil)
        let last = try begin(4)
        try desk.store.endSession(last)
        #expect(try desk.store.session(last, now: desk.now) == nil)
        for text in ["", "x", "mzxw6ytboi"] {
            #expect(try desk.store.session(text, now: desk.now) == nil)
        }
    }

    @Test("Names are plain, one for each however it is written, and an account has a role")
    func names() throws {
        let desk = try Desk()
        for name in [
            "", " a", "a b", "<b>", ".a", "a-", String(repeating: "a", count: 41), "adm\u{200d}in",
            "admin\u{fe0f}", "a\u{e0061}b", "½", "a\u{301}", "a\u{115f}",
        ] {
            #expect(throws: AccountFailure(.malformedName)) {
                try desk.store.add(name, roles: [.judge], court: nil, now: desk.now)
            }
        }
        _ = try desk.store.add("Zhang.San", roles: [.judge], court: nil, now: desk.now)
        #expect(throws: AccountFailure(.nameTaken)) {
            try desk.store.add("zhang.san", roles: [.judge], court: nil, now: desk.now)
        }
        #expect(throws: AccountFailure(.noRole)) {
            try desk.store.add("b", roles: [], court: nil, now: desk.now)
        }
        #expect(throws: AccountFailure(.noSuchAccount)) {
            try desk.store.change("c", roles: [.judge])
        }
    }

    @Test("The last administrator stays one")
    func lastAdmin() throws {
        let desk = try Desk()
        _ = try desk.person("a", [.admin])
        #expect(throws: AccountFailure(.lastAdmin)) { try desk.store.change("a", isDisabled: true) }
        #expect(throws: AccountFailure(.lastAdmin)) { try desk.store.change("a", roles: [.judge]) }
        // One who never joined cannot stand in for him.
        _ = try desk.store.add("c", roles: [.admin], court: nil, now: desk.now)
        #expect(throws: AccountFailure(.lastAdmin)) { try desk.store.change("a", isDisabled: true) }
        _ = try desk.person("b", [.admin, .judge])
        #expect(try desk.store.change("a", roles: [.judge]).roles == [.judge])
        #expect(throws: AccountFailure(.lastAdmin)) { try desk.store.change("b", isDisabled: true) }
    }

    @Test("The database keeps no password, token, link or code as it is")
    func secrets() throws {
        let desk = try Desk()
        _ = try desk.store.add("a", roles: [.judge], court: nil, now: desk.now)
        let link = try desk.store.invite("a", now: desk.now)
        let (_, codes) = try desk.person("b")
        let token = try #require(try desk.signIn("b", codes[0]).token)
        var stored = ""
        for name in ["accounts.sqlite", "accounts.sqlite-wal"] {
            stored += String(
                decoding: try Data(contentsOf: desk.folder.appending(path: name)), as: UTF8.self
            ).lowercased()
        }
        for secret in [link, token, codes[0], codes[1], "vier worte im regen"] {
            #expect(!stored.contains(secret.lowercased()))
        }
    }

    @Test("Another program's database is left alone")
    func foreign() throws {
        let desk = try Desk()
        let path = desk.folder.path + "/other.sqlite"
        try Data("not a database at all, but long enough to be looked at".utf8)
            .write(to: URL(filePath: path))
        #expect(throws: AccountFailure(.unavailable)) { try AccountStore.open(path: path) }
    }
}
