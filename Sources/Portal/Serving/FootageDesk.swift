package import Evidence

/// What rights are decided by: whose footage an item is.
package struct ItemOwnership: Hashable, Sendable {
    /// Who is believed to have carried the recorder.
    package let officer: String?
    /// The cases that it is linked to, whole: who has a part of it linked to his case does not get
    /// the rest.
    package let cases: [CaseStanding]
    /// Whether one of its cases is restricted, or one that a part of it is linked to.
    package let isRestricted: Bool

    package init(officer: String?, cases: [CaseStanding], isRestricted: Bool) {
        (self.officer, self.cases, self.isRestricted) = (officer, cases, isRestricted)
    }
}

/// The bytes of an item.
package struct FootageObject: Sendable {
    package static let blockSize: Int64 = 1 << 20

    package let sha256: SHA256Digest
    package let size: Int64
    /// A media type (RFC 6838).
    package let type: String
    /// What a browser saves it as: the item's own name, never the recorder's.
    package let fileName: String
    /// A block of ``blockSize`` bytes, found to be what was taken.
    package let block: @Sendable (_ index: Int) async throws -> [UInt8]

    package init(
        sha256: SHA256Digest, size: Int64, type: String, fileName: String,
        block: @escaping @Sendable (_ index: Int) async throws -> [UInt8]
    ) {
        (self.sha256, self.size, self.type) = (sha256, size, type)
        (self.fileName, self.block) = (fileName, block)
    }
}

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
    /// Whether a browser may be able to play it.
    package let isPlayable: Bool
    package let candidates: [Candidate]

    package init(
        item: String, path: String?, begins: Timestamp?, isTimeSure: Bool, seconds: Int64?,
        bytes: Int64, recorder: String?, isImportant: Bool,
        isPlayable: Bool, candidates: [Candidate]
    ) {
        (self.item, self.path, self.begins, self.isTimeSure) = (item, path, begins, isTimeSure)
        (self.seconds, self.bytes, self.recorder) = (seconds, bytes, recorder)
        self.isImportant = isImportant
        (self.isPlayable, self.candidates) = (isPlayable, candidates)
    }
}

/// A page of an inbox.
package struct InboxPage: Sendable {
    package let items: [InboxItem]
    /// Where the next page goes on; nil where there is none.
    package let next: String?

    package init(items: [InboxItem], next: String?) { (self.items, self.next) = (items, next) }
}

/// Footage, as the pages work on it. What tells of footage is entered by whoever calls
/// (``DisclosureRegister``), before it is shown.
package protocol FootageDesk: Sendable {
    /// Nil where there is no such item.
    func ownership(of item: String) async throws -> ItemOwnership?
    /// Nil where there is no such item, or its bytes were deleted when their time was over.
    func object(of item: String) async throws -> FootageObject?
    /// Footage of an officer that is linked to no case, the newest first.
    func inbox(of officer: String, after cursor: String?) async throws -> InboxPage
    /// - Throws: a `Failure` for what is no case number.
    func link(_ item: String, to caseNumber: String, by: String) async throws
    /// Says that an item is of no case: private, or a test. A second person has to say so, too,
    /// before it may ever be deleted.
    func setAside(_ item: String, why: String, by: String) async throws
}
