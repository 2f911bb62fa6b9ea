package import Evidence

/// What became of one file of a visit.
package struct FileOutcome: Hashable, Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        /// A new item: sealed, in the ledger.
        case ingested
        /// The same content of the same recorder was there before and was compared.
        case duplicate
        /// Kept, but needs a look.
        case quarantined
        /// Could not be taken.
        case refused
    }

    package let path: RecorderPath
    package let kind: Kind
    package let item: String?
    package let sha256: SHA256Digest?
    package let sm3: SM3Digest?
    package let size: Int64?
    /// A constant word, where there is something to say.
    package let code: String?
    package let reason: Bilingual?
    package let leaf: Int64?

    package init(
        path: RecorderPath, kind: Kind, item: String? = nil, sha256: SHA256Digest? = nil,
        sm3: SM3Digest? = nil, size: Int64? = nil, code: String? = nil, reason: Bilingual? = nil,
        leaf: Int64? = nil
    ) {
        (self.path, self.kind, self.item) = (path, kind, item)
        (self.sha256, self.sm3, self.size) = (sha256, sm3, size)
        (self.code, self.reason, self.leaf) = (code, reason, leaf)
    }

    /// The line that `ingest --json` prints for a file.
    package func json(in language: Language) -> JSONValue {
        var members: [String: JSONValue] = ["outcome": .string(kind.rawValue)]
        path.write(into: &members)
        members.set("item", item)
        members.set("sha256", sha256?.hex)
        members.set("sm3", sm3?.hex)
        members.set("size", size)
        members.set("code", code)
        members.set("reason", reason?.text(in: language))
        members.set("leaf", leaf)
        return .object(members)
    }
}

/// The figures of a whole visit.
package struct VisitSummary: Hashable, Sendable {
    package var visit: String?
    package var recorder: String?
    package var profile: String?
    package var files: Int64 = 0
    package var ingested: Int64 = 0
    package var duplicate: Int64 = 0
    package var quarantined: Int64 = 0
    package var refused: Int64 = 0
    package var bytes: Int64 = 0
    package var milliseconds: Int64 = 0
    package var treeSize: Int64 = 0
    package var unfinished: Int64 = 0
    /// Every file that was not seen before is sealed and in the ledger, and nothing waits.
    package var safeToRemove = false
    /// Every file of the card is confirmed by digest (and copied twice where that is set).
    package var mayBeCleared = false
    package var findings: [Finding] = []
    /// How many copies the station keeps of everything: 1 is a single copy.
    package var copies: Int64 = 1

    package init() {}

    package mutating func count(_ outcome: FileOutcome) {
        files += 1
        switch outcome.kind {
        case .ingested: ingested += 1
        case .duplicate: duplicate += 1
        case .quarantined: quarantined += 1
        case .refused: refused += 1
        }
        if outcome.kind != .refused { bytes += outcome.size ?? 0 }
    }

    /// Adds another visit's figures, for a command that named several paths.
    package mutating func add(_ other: VisitSummary) {
        files += other.files
        ingested += other.ingested
        duplicate += other.duplicate
        quarantined += other.quarantined
        refused += other.refused
        bytes += other.bytes
        milliseconds += other.milliseconds
        unfinished += other.unfinished
        treeSize = max(treeSize, other.treeSize)
        findings += other.findings
        copies = other.copies
    }

    package func json(in language: Language) -> JSONValue {
        var members: [String: JSONValue] = [
            "files": .integer(files), "ingested": .integer(ingested),
            "duplicate": .integer(duplicate), "quarantined": .integer(quarantined),
            "refused": .integer(refused), "bytes": .integer(bytes),
            "seconds": .decimal(Double(milliseconds) / 1000), "treeSize": .integer(treeSize),
            "safeToRemove": .bool(safeToRemove), "mayBeCleared": .bool(mayBeCleared),
            "unfinished": .integer(unfinished), "copies": .integer(copies),
        ]
        members.set("visit", visit)
        members.set("recorder", recorder)
        members.set("profile", profile)
        if !findings.isEmpty {
            members["findings"] = .array(findings.map { $0.json(in: language) })
        }
        return ["summary": .object(members)]
    }
}
