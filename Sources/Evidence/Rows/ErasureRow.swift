/// A row of an `erasure` event: a row about a deleted item is gone from its record, and this is
/// what is left of it. Names of files and persons, places, tags and reasons are not in it.
///
/// The leaf still commits to the digest of the row that is gone; whoever wants to know why it is
/// not there finds the digest here.
package struct ErasureRow: Hashable, Sendable {
    package static let kind = "erased"

    package var item: String
    /// The leaf whose record had the row.
    package var leaf: Int64
    /// The digest of the row.
    package var replaces: SHA256Digest
    /// What is left, as a row of the same kind.
    package var left: RecordRow
    package var by: String

    package init(
        item: String, leaf: Int64, replaces: SHA256Digest, left: RecordRow, by: String
    ) {
        (self.item, self.leaf, self.replaces) = (item, leaf, replaces)
        (self.left, self.by) = (left, by)
    }

    package var row: RecordRow {
        RecordRow(
            kind: Self.kind,
            members: [
                "item": .string(item), "leaf": .integer(leaf), "replaces": .string(replaces.hex),
                "of": .string(left.kind), "left": .object(left.members), "by": .string(by),
            ])
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        item = try read.string("item")
        leaf = try read.integer("leaf")
        replaces = try read.sha256("replaces")
        guard let members = row.members["left"]?.objectValue else {
            throw MalformedEntry(problem: "an erasure that leaves nothing")
        }
        left = RecordRow(kind: try read.string("of"), members: members)
        by = try read.string("by")
    }

    /// What erasing an item leaves of a row about it; nil for a row that stays: it is not about the
    /// item, or is about what was done with it, by whom.
    ///
    /// - Parameter leaf: of the record that has the row.
    package init?(
        of row: RecordRow, digest: SHA256Digest, leaf: Int64, item: LedgerName, by: String
    ) {
        let isItsFile = row.kind == FileRow.kind && leaf == item.leaf
        guard let kept = Self.kept[row.kind],
            isItsFile || row.members["item"]?.stringValue == item.description
        else { return nil }
        var members = row.members.filter { kept.contains($0.key) }
        switch row.kind {
        case FileRow.kind: Self.path(digest).write(into: &members)
        case QuarantineRow.kind:
            Self.path(digest).write(into: &members)
            members["reason"] = ""
        case FindingRow.kind: members["subject"] = .string(item.description)
        case AttributionRow.kind: (members["officer"], members["why"]) = ("", "")
        case PrivateRow.kind, ClaimRow.kind: members["why"] = ""
        case NoteRow.kind, SpotScoreRow.kind: members["text"] = row.members["text"].map { _ in "" }
        default: break
        }
        self.init(
            item: item.description, leaf: leaf, replaces: digest,
            left: RecordRow(kind: row.kind, members: members), by: by)
    }

    /// Whether rows of that kind say what is erased with an item.
    package static func isErasable(_ kind: String) -> Bool { kept[kind] != nil }

    /// In place of a name: no file of a recorder has one that begins so.
    private static func path(_ digest: SHA256Digest) -> RecorderPath {
        RecorderPath("//" + digest.hex.prefix(16))
    }

    /// Members that stay, by the kind of row.
    private static let kept: [String: Set<String>] = [
        FileRow.kind: [
            "item", "visit", "recorder", "zone", "size", "modified", "role", "sha256", "sm3",
            "blocks", "probe", "newName", "captured", "capturedIsUTC", "sequence", "channel",
            "marks", "encrypted",
        ],
        DescriptionRow.kind: [
            "item", "status", "container", "durationMicroseconds", "bitRate", "streams", "created",
            "make", "model", "inspector",
        ],
        QuarantineRow.kind: ["item", "visit", "code", "size", "sha256", "sm3", "unreadable"],
        FindingRow.kind: ["item", "visit", "code", "english", "chinese", "expected"],
        MatchRow.kind: ["item", "decision", "by", "seen"],
        AssignmentRow.kind: [
            "item", "caseNumber", "step", "from", "to", "duty", "points", "by",
        ],
        AttributionRow.kind: ["item", "by"],
        PrivateRow.kind: ["item", "by"],
        ClaimRow.kind: ["item", "account", "mine", "state", "by"],
        NoteRow.kind: ["item", "mark", "by"],
        SpotScoreRow.kind: ["check", "item", "score", "by"],
    ]
}
