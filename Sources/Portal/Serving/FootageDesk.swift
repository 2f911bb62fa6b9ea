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

/// Whether a browser may be able to play a film, by the ending of its name.
package enum PlayableFilm {
    package static func isPlayable(_ name: String) -> Bool {
        let ending = name.lowercased().split(separator: ".").last.map(String.init) ?? ""
        return ["mp4", "m4v", "mov", "webm"].contains(ending)
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

/// Footage, as the pages work on it. What tells of footage is entered by whoever calls
/// (``DisclosureRegister``), before it is shown.
package protocol FootageDesk: Sendable {
    /// Nil where there is no such item.
    func ownership(of item: String) async throws -> ItemOwnership?
    /// Nil where there is no such item, or its bytes were deleted when their time was over.
    func object(of item: String) async throws -> FootageObject?
}
