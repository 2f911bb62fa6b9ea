package import Evidence

/// Footage that is linked to no case, as its officer sees it.
package struct InboxItem: Sendable {
    /// A field task that it may be of.
    package struct Candidate: Sendable {
        package let caseNumbers: [String]
        /// The kind of action, as its schedule has it: `search`, …
        package let action: String
        package let begins: Timestamp
        package let ends: Timestamp
        package let place: String?
        package let points: Int
        /// What speaks for it and against it, the weightiest first.
        package let reasons: [(points: Int, words: Bilingual)]

        package init(
            caseNumbers: [String], action: String, begins: Timestamp, ends: Timestamp,
            place: String?, points: Int, reasons: [(points: Int, words: Bilingual)]
        ) {
            (self.caseNumbers, self.action) = (caseNumbers, action)
            (self.begins, self.ends, self.place) = (begins, ends, place)
            (self.points, self.reasons) = (points, reasons)
        }
    }

    package let item: String
    /// Its name on the recorder; nil where that was erased.
    package let path: String?
    package let begins: Timestamp?
    /// Whether the moment is more than a guess.
    package let isTimeSure: Bool
    package let seconds: Int64?
    package let bytes: Int64
    package let recorder: String?
    package let isImportant: Bool
    /// Whether it has waited for longer than a week.
    package let isOverdue: Bool
    /// What its officer says of whose it is, where a second person has not answered yet.
    package let isDisowned: Bool
    package let notes: [String]
    /// Whether a browser may be able to play it.
    package let isPlayable: Bool
    package let candidates: [Candidate]

    package init(
        item: String, path: String?, begins: Timestamp?, isTimeSure: Bool, seconds: Int64?,
        bytes: Int64, recorder: String?, isImportant: Bool, isOverdue: Bool, isDisowned: Bool,
        notes: [String], isPlayable: Bool, candidates: [Candidate]
    ) {
        (self.item, self.path, self.begins, self.isTimeSure) = (item, path, begins, isTimeSure)
        (self.seconds, self.bytes, self.recorder) = (seconds, bytes, recorder)
        (self.isImportant, self.isOverdue) = (isImportant, isOverdue)
        (self.isDisowned, self.notes) = (isDisowned, notes)
        (self.isPlayable, self.candidates) = (isPlayable, candidates)
    }
}

/// A page of an inbox.
package struct InboxPage: Sendable {
    package let items: [InboxItem]
    /// Where the next page goes on; nil where there is none.
    package let next: String?
    /// Footage that is asked of him, the oldest first.
    package var requests: [OrderRow] = []
    /// What he said lately of whose footage is whose.
    package var claims: [Claim] = []

    package init(items: [InboxItem], next: String?) { (self.items, self.next) = (items, next) }
}

/// What somebody says of whose footage an item is.
package struct Claim: Hashable, Sendable {
    package let row: ClaimRow
    package let time: Timestamp
    /// Of the item: what a second person needs to answer.
    package var begins: Timestamp?
    package var recorder: String?
    package var officer: String?

    package init(row: ClaimRow, time: Timestamp) { (self.row, self.time) = (row, time) }
}

/// A field task as an officer says it before he leaves.
package struct FieldTask: Hashable, Sendable {
    package var caseNumber: String
    package var action: String
    package var recorder: String?
    /// Staff numbers, his own first.
    package var officers: [String]
    package var court: String?
    package var begins: Timestamp
    package var ends: Timestamp
    package var place: String?

    package init(
        caseNumber: String, action: String, officers: [String], begins: Timestamp, ends: Timestamp
    ) {
        (self.caseNumber, self.action, self.officers) = (caseNumber, action, officers)
        (self.begins, self.ends) = (begins, ends)
    }
}

/// What officers say of their footage, as the pages work on it. What tells of footage is entered by
/// whoever calls (``DisclosureRegister``), before it is shown.
package protocol InboxDesk: Sendable {
    /// Footage of an officer that is linked to no case, the newest first.
    ///
    /// - Parameter docking: only of that one.
    func inbox(of officer: String, docking: String?, after cursor: String?) async throws
        -> InboxPage
    /// - Throws: a `Failure` for what is no case number.
    func link(_ item: String, to caseNumber: String, by: String) async throws
    /// Says that an item is of no case: private, or a test. A second person has to say so, too,
    /// before it may ever be deleted.
    func setAside(_ item: String, why: String, by: String) async throws
    /// Says something of items, or marks them as important.
    func note(_ items: [String], text: String?, mark: String?, by: String) async throws
    /// Whether there is such an item, whoever's it is.
    func isKnown(_ item: String) async throws -> Bool
    func claim(_ claims: [ClaimRow]) async throws
    /// What waits for a second person, the oldest first.
    func openClaims() async throws -> [Claim]
    /// Answers a claim: where it is confirmed, the footage is that officer's from now on.
    ///
    /// - Parameter officer: whose it is; nil where it is not known.
    func answer(_ claim: ClaimRow, officer: String?) async throws
    /// Kinds of actions that the house has words for.
    func actions() async throws -> [String]
    /// The recorder that an officer has now.
    func recorder(of officer: String) async throws -> String?
    /// It stands in the schedule when this returns, and footage is matched with it.
    func add(_ task: FieldTask, by: String) async throws
}
