package import Evidence

/// What rights to a case are decided by.
package struct CaseStanding: Hashable, Sendable {
    package let number: CaseNumber
    package var judge: String?
    /// Codes of its court and of those above it.
    package var courts: Set<String> = []
    package var isRestricted = false
    /// Who is let in besides, at this moment, and why.
    package var accounts: [String: CaseAccessRow.Ground] = [:]

    package init(number: CaseNumber) { self.number = number }
}

/// What somebody may see, as a question to the index says it; nothing where nothing is named.
package struct Sight: Hashable, Sendable {
    /// Whose own footage.
    package var officer: String?
    /// Cases that were opened to this account.
    package var account: String?
    /// Cases where the account is the judge.
    package var isJudge = false
    /// Cases of this court and of those below it, but for restricted ones.
    package var court: String?

    package init() {}
}

/// What is asked of the list of recordings, as a person wrote it; what is nil does not narrow.
package struct FootageQuestion: Hashable, Sendable {
    package var caseNumber: String?
    package var text: String?
    package var officer: String?
    package var recorder: String?
    package var state: String?
    package var mark: String?
    package var from: Timestamp?
    package var to: Timestamp?
    package var after: String?
    /// Nothing that is linked to a restricted case besides.
    package var hidesRestricted = false
    package var limit = 25

    package init() {}
}

/// Lines of a list, each an item as JSON, and where the list goes on.
package struct FootageList: Sendable {
    package let items: [JSONValue]
    package let next: String?

    package init(items: [JSONValue], next: String?) { (self.items, self.next) = (items, next) }
}

/// What is known of a case.
package struct CaseFile: Sendable {
    package let standing: CaseStanding
    /// As the schedules have it; nil where only footage or an order names the case.
    package var row: CaseRow?
    package var duties: [DutyRow] = []
    /// What ought to be there and is not: open first.
    package var findings: [CompletenessRow] = []
    package var orders: [JSONValue] = []
    /// Everybody who was let in, also where his time is over.
    package var accesses: [CaseAccessRow] = []
    package var restriction: CaseRestrictionRow?

    package init(_ standing: CaseStanding) { self.standing = standing }
}

/// A change of who may see a case.
package enum AccessChange: Hashable, Sendable {
    case grant(account: String, ground: CaseAccessRow.Ground, until: Timestamp?)
    case end(account: String)
    case restrict
    case lift
}

/// Cases and their footage, as the pages work on them. What tells of footage is entered by whoever
/// calls (``DisclosureRegister``), before it is shown.
package protocol CaseDesk: Sendable {
    /// Nil where nothing is known of such a case.
    ///
    /// - Throws: a `Failure` for what is no case number.
    func standing(of number: String) async throws -> CaseStanding?
    /// Cases within the sight, the newest first.
    func cases(in sight: Sight, matching text: String?, limit: Int) async throws -> [CaseRow]
    func file(of standing: CaseStanding) async throws -> CaseFile
    /// Recordings, newest first. Those of one case need no sight: whoever asks has a right to it.
    ///
    /// - Throws: a `Failure` for what is asked in a way that nobody understands.
    func footage(_ question: FootageQuestion, in sight: Sight?) async throws -> FootageList
    /// An item as JSON; nil where there is none.
    func item(_ name: String) async throws -> JSONValue?
    /// Who saw an item, or a case's footage, the newest first: each as JSON.
    func viewings(ofItem name: String, limit: Int) async throws -> [JSONValue]
    func viewings(of number: CaseNumber, limit: Int) async throws -> [JSONValue]
    /// It holds when this returns.
    func change(_ change: AccessChange, of number: CaseNumber, why: String, by: String) async throws
}
