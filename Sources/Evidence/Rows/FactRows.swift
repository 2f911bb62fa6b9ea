/// A row of a `description`: what the inspector read in one item. The latest counts.
package struct DescriptionRow: Hashable, Sendable {
    package static let kind = "facts"

    package var item: String
    package var facts: MediaFacts

    package init(item: String, facts: MediaFacts) { (self.item, self.facts) = (item, facts) }

    package var row: RecordRow {
        var members = facts.row.members
        members["item"] = .string(item)
        return RecordRow(kind: Self.kind, members: members)
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        item = try RowReading(row).string("item")
        facts = try MediaFacts(members: row.members)
    }
}

/// A row of a `finding`: what a check found about an item, a visit or the store.
package struct FindingRow: Hashable, Sendable {
    package static let kind = "finding"

    package var visit: String?
    package var item: String?
    package var path: RecorderPath?
    package var finding: Finding

    package init(visit: String?, item: String?, path: RecorderPath?, finding: Finding) {
        (self.visit, self.item, self.path, self.finding) = (visit, item, path, finding)
    }

    package var row: RecordRow {
        var members: [String: JSONValue] = [
            "code": .string(finding.code), "subject": .string(finding.subject),
            "english": .string(finding.message.english),
            "chinese": .string(finding.message.chinese),
        ]
        members.set("expected", finding.expected)
        members.set("found", finding.found)
        members.set("visit", visit)
        members.set("item", item)
        path?.write(into: &members)
        return RecordRow(kind: Self.kind, members: members)
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        visit = read.optionalString("visit")
        item = read.optionalString("item")
        path = RecorderPath(members: row.members)
        finding = Finding(
            code: try read.string("code"), subject: try read.string("subject"),
            message: Bilingual(try read.string("english"), try read.string("chinese")),
            expected: read.optionalString("expected"), found: read.optionalString("found"))
    }
}

/// A row of a `replication`: one item's second copy was written and read back.
package struct ReplicationRow: Hashable, Sendable {
    package static let kind = "copy"

    package var item: String
    package var sha256: SHA256Digest
    /// Where: the name that the settings give the copy.
    package var place: String

    package init(item: String, sha256: SHA256Digest, place: String) {
        (self.item, self.sha256, self.place) = (item, sha256, place)
    }

    package var row: RecordRow {
        RecordRow(
            kind: Self.kind,
            members: [
                "item": .string(item), "sha256": .string(sha256.hex), "place": .string(place),
            ])
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        item = try read.string("item")
        sha256 = try read.sha256("sha256")
        place = try read.string("place")
    }
}

/// A row of a `disclosure`: somebody sees an item, or takes its bytes along.
package struct DisclosureRow: Hashable, Sendable {
    package static let kind = "disclosure"

    package var item: String
    package var by: String
    /// `list` and `describe` for what is said of it, `view`, `copy`, `export`.
    package var how: String
    package var why: String?
    /// The case that it was looked at for.
    package var caseNumber: CaseNumber?

    package init(
        item: String, by: String, how: String, why: String?, caseNumber: CaseNumber? = nil
    ) {
        (self.item, self.by, self.how, self.why) = (item, by, how, why)
        self.caseNumber = caseNumber
    }

    package var row: RecordRow {
        var members: [String: JSONValue] = [
            "item": .string(item), "by": .string(by), "how": .string(how),
        ]
        members.set("why", why)
        members.set("caseNumber", caseNumber?.description)
        return RecordRow(kind: Self.kind, members: members)
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        item = try read.string("item")
        by = try read.string("by")
        how = try read.string("how")
        why = read.optionalString("why")
        caseNumber = row.members["caseNumber"] == nil ? nil : try read.caseNumber("caseNumber")
    }
}

/// A row of a `time-stamp`: a checkpoint of that size has an authority's token (RFC 3161), which
/// lies with the frozen checkpoint.
package struct TimeStampRow: Hashable, Sendable {
    package static let kind = "time-stamp"

    /// What the token says.
    package struct Verdict: Hashable, Sendable {
        /// False where it is signed by an algorithm that is not checked: its own word.
        package var isChecked: Bool
        package var time: Timestamp?
        package var serial: String?
        package var policy: String?
        package var certificateEnds: Timestamp?

        package init(
            isChecked: Bool, time: Timestamp?, serial: String?, policy: String?,
            certificateEnds: Timestamp?
        ) {
            (self.isChecked, self.time, self.serial) = (isChecked, time, serial)
            (self.policy, self.certificateEnds) = (policy, certificateEnds)
        }
    }

    package var treeSize: Int64
    /// `sha256` or `sm3`.
    package var imprint: String
    /// Of the token's bytes.
    package var token: SHA256Digest
    package var verdict: Verdict

    package init(treeSize: Int64, imprint: String, token: SHA256Digest, verdict: Verdict) {
        (self.treeSize, self.imprint, self.token) = (treeSize, imprint, token)
        self.verdict = verdict
    }

    package var row: RecordRow {
        var members: [String: JSONValue] = [
            "treeSize": .integer(treeSize), "imprint": .string(imprint),
            "token": .string(token.hex), "checked": .bool(verdict.isChecked),
        ]
        members.set("time", verdict.time?.description)
        members.set("serial", verdict.serial)
        members.set("policy", verdict.policy)
        members.set("certificateEnds", verdict.certificateEnds?.description)
        return RecordRow(kind: Self.kind, members: members)
    }
}

/// The row of a `fixity-check`: all copies of these items' bytes on the disks that were there were
/// read whole, and have both digests of their records. One row for all: an item's name says nothing
/// about anybody.
package struct FixityRow: Hashable, Sendable {
    package static let kind = "fixity"

    package var items: [String]
    package var bytes: Int64
    /// Disks of the station that were not there: nothing on them was read.
    package var absentDisks: [String]

    package init(items: [String], bytes: Int64, absentDisks: [String] = []) {
        (self.items, self.bytes, self.absentDisks) = (items, bytes, absentDisks)
    }

    package var row: RecordRow {
        var members: [String: JSONValue] = [
            "items": .array(items.map(JSONValue.string)), "bytes": .integer(bytes),
        ]
        if !absentDisks.isEmpty {
            members["absentDisks"] = .array(absentDisks.map(JSONValue.string))
        }
        return RecordRow(kind: Self.kind, members: members)
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        items = read.strings("items")
        bytes = try read.integer("bytes")
        absentDisks = read.strings("absentDisks")
        guard !items.isEmpty else { throw MalformedEntry(problem: "row fixity: no items") }
    }
}

/// The row of an `sm3-anchor`: the SM3 of the entry bundles of the first so many entries, one after
/// the other.
package struct SM3AnchorRow: Hashable, Sendable {
    package static let kind = "sm3-anchor"

    package var treeSize: Int64
    /// Of the bundles.
    package var bytes: Int64
    package var sm3: SM3Digest

    package init(treeSize: Int64, bytes: Int64, sm3: SM3Digest) {
        (self.treeSize, self.bytes, self.sm3) = (treeSize, bytes, sm3)
    }

    package var row: RecordRow {
        RecordRow(
            kind: Self.kind,
            members: [
                "treeSize": .integer(treeSize), "bytes": .integer(bytes), "sm3": .string(sm3.hex),
            ])
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        treeSize = try read.integer("treeSize")
        bytes = try read.integer("bytes")
        sm3 = try read.sm3("sm3")
    }
}
