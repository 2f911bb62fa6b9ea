/// A sentence in the two languages of the house.
package struct Bilingual: Hashable, Sendable {
    package let english: String
    package let chinese: String

    package init(_ english: String, _ chinese: String) {
        (self.english, self.chinese) = (english, chinese)
    }

    package func text(in language: Language) -> String {
        switch language {
        case .english: english
        case .chinese: chinese
        }
    }
}

/// The languages that officers, notaries and judges are spoken to in.
package enum Language: String, Sendable, CaseIterable {
    case english = "en"
    case chinese = "zh"

    /// From `LC_ALL`, `LC_MESSAGES` or `LANG`, the first that is set and not empty.
    package init(environment: [String: String]) {
        let value = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap { environment[$0] }
            .first { !$0.isEmpty }
        self = value?.lowercased().hasPrefix("zh") == true ? .chinese : .english
    }
}

/// What is to be done about an error, decided when its code was made.
package enum Disposition: String, Sendable {
    /// The world may heal: device gone, disk full, network down. Nothing is lost.
    case retry
    /// This item is doubtful: go on with the others, and say so in the ledger.
    case quarantine
    /// Vault or ledger itself cannot be trusted: nothing more is done.
    case stop
}

/// An error that a person is told about: what happened to which thing, and what to do next.
///
/// Every target has one type of these. No personal data stands in an error: a file is named by its
/// place in the vault or by its item, never by a person.
package protocol Failure: Error, Sendable, CustomStringConvertible {
    /// A constant word for scripts and logs, such as `disk-full`.
    var code: String { get }
    var disposition: Disposition { get }
    /// What happened.
    var problem: Bilingual { get }
    /// What the person at the other end can do.
    var nextStep: Bilingual { get }
}

extension Failure {
    /// The words, wherever one failure stands in the text of another.
    package var description: String { problem.english }
}

/// Something a check found: expected against found. A value, not a thrown error.
package struct Finding: Hashable, Sendable {
    /// A constant word, such as `digest-differs`.
    package let code: String
    /// What it is about: an item, a leaf, a place below the root.
    package let subject: String
    package let message: Bilingual
    package let expected: String?
    package let found: String?

    package init(
        code: String, subject: String, message: Bilingual, expected: String? = nil,
        found: String? = nil
    ) {
        (self.code, self.subject, self.message) = (code, subject, message)
        (self.expected, self.found) = (expected, found)
    }

    package var json: JSONValue { json(in: .english) }

    package func json(in language: Language) -> JSONValue {
        var members: [String: JSONValue] = [
            "code": .string(code), "subject": .string(subject),
            "message": .string(message.text(in: language)),
        ]
        members.set("expected", expected)
        members.set("found", found)
        return .object(members)
    }
}
