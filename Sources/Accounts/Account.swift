package import Evidence

/// What somebody does here. One person may have several.
package enum Role: String, Sendable, CaseIterable {
    /// Wears recorders and docks them.
    case officer
    case judge
    /// Verifies digests as a third party.
    case notary
    case supervisor
    /// Runs the system, and sees no footage by that.
    case admin

    package var words: Bilingual {
        switch self {
        case .officer: Bilingual("Enforcement officer", "执行干警")
        case .judge: Bilingual("Judge", "法官")
        case .notary: Bilingual("Notary", "公证人员")
        case .supervisor: Bilingual("Supervisor", "监督人员")
        case .admin: Bilingual("Administrator", "系统管理员")
        }
    }
}

/// Somebody who may sign in.
package struct Account: Hashable, Sendable {
    /// As it stands in the ledger, and is typed to sign in: an officer's is the staff number.
    package let name: String
    package var roles: Set<Role>
    /// The code of the court (`闽0602`); nil for whoever belongs to none.
    package var court: String?
    package var isDisabled: Bool
    /// Whether a password was set.
    package var isReady: Bool
    package var hasSecondFactor: Bool
    package let created: Timestamp

    /// Whether he can sign in as an administrator.
    package var isWorkingAdmin: Bool { roles.contains(.admin) && isReady && !isDisabled }

    /// Who he is in a record's `by`.
    package var by: String { "account:" + name }

    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(name), "roles": .array(roles.sorted().map { .string($0.rawValue) }),
            "disabled": .bool(isDisabled), "ready": .bool(isReady),
            "secondFactor": .bool(hasSecondFactor), "created": .string(created.description),
        ]
        members.set("court", court)
        return .object(members)
    }
}

extension Role: Comparable {
    package static func < (left: Role, right: Role) -> Bool { left.rawValue < right.rawValue }
}

/// The name of an account: what people can type and read aloud.
package enum AccountName {
    /// Letters and digits of any script, and `.`, `_`, `-` between them; at most 40.
    ///
    /// - Throws: `malformed-name`.
    package static func checked(_ text: String) throws(AccountFailure) -> String {
        let inner: Set<Character> = [".", "_", "-"]
        guard (1...40).contains(text.count), let first = text.first, let last = text.last,
            !inner.contains(first), !inner.contains(last),
            text.unicodeScalars.count <= 40,
            text.unicodeScalars.allSatisfy({ isPlain($0) || inner.contains(Character($0)) })
        else { throw AccountFailure(.malformedName) }
        return text
    }

    /// A letter or digit that shows by itself: no mark that joins another, nothing invisible.
    private static func isPlain(_ sign: Unicode.Scalar) -> Bool {
        switch sign.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .otherLetter, .decimalNumber:
            !sign.properties.isDefaultIgnorableCodePoint
        default: false
        }
    }

    /// Two names that look alike but for capitals are one.
    static func key(_ name: String) -> String { name.lowercased() }
}
