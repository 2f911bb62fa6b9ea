/// A row of a `quarantine`: something was kept, but needs a look.
package struct QuarantineRow: Hashable, Sendable {
    package static let kind = "quarantine"

    /// The item, where the bytes are whole and it is one; absent for a partial copy.
    package var item: String?
    package var visit: String
    package var path: RecorderPath
    package var code: String
    /// In English words, with the place in the file where there is one; never a person.
    package var reason: String
    package var size: Int64
    /// Of what is stored: under `vault/footage`, or `vault/partial` where there are gaps.
    package var sha256: SHA256Digest?
    package var sm3: SM3Digest?
    /// Byte ranges that could not be read, `from` inclusive, `to` exclusive.
    package var unreadable: [Range<Int64>]

    package init(
        item: String?, visit: String, path: RecorderPath, code: String, reason: String, size: Int64,
        sha256: SHA256Digest?, sm3: SM3Digest?, unreadable: [Range<Int64>]
    ) {
        (self.item, self.visit, self.path, self.code) = (item, visit, path, code)
        (self.reason, self.size, self.sha256, self.sm3) = (reason, size, sha256, sm3)
        self.unreadable = unreadable
    }

    package var row: RecordRow {
        var members: [String: JSONValue] = [
            "visit": .string(visit), "code": .string(code), "reason": .string(reason),
            "size": .integer(size),
        ]
        path.write(into: &members)
        members.set("item", item)
        members.set("sha256", sha256?.hex)
        members.set("sm3", sm3?.hex)
        if !unreadable.isEmpty {
            members["unreadable"] = .array(
                unreadable.map { ["from": .integer($0.lowerBound), "to": .integer($0.upperBound)] })
        }
        return RecordRow(kind: Self.kind, members: members)
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        item = read.optionalString("item")
        visit = try read.string("visit")
        path = try read.path()
        code = try read.string("code")
        reason = try read.string("reason")
        size = try read.integer("size")
        sha256 = read.optionalString("sha256").flatMap { SHA256Digest(hex: $0) }
        sm3 = read.optionalString("sm3").flatMap { SM3Digest(hex: $0) }
        unreadable = []
        for range in row.members["unreadable"]?.arrayValue ?? [] {
            guard let from = range[key: "from"]?.integerValue,
                let to = range[key: "to"]?.integerValue, from >= 0, from <= to
            else { throw MalformedEntry(problem: "row quarantine: malformed range") }
            unreadable.append(from..<to)
        }
    }
}

/// A row of a `refusal`: a file that could not be taken, and why. One leaf may hold many.
package struct RefusalRow: Hashable, Sendable {
    package static let kind = "refusal"

    package var visit: String
    package var path: RecorderPath
    package var code: String
    package var reason: String

    package init(visit: String, path: RecorderPath, code: String, reason: String) {
        (self.visit, self.path, self.code, self.reason) = (visit, path, code, reason)
    }

    package var row: RecordRow {
        var members: [String: JSONValue] = [
            "visit": .string(visit), "code": .string(code), "reason": .string(reason),
        ]
        path.write(into: &members)
        return RecordRow(kind: Self.kind, members: members)
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        visit = try read.string("visit")
        path = try read.path()
        code = try read.string("code")
        reason = try read.string("reason")
    }
}

/// The row of an `undocking`: what became of the visit.
package struct UndockingRow: Hashable, Sendable {
    package static let kind = "undocking"

    package enum Outcome: String, Sendable {
        /// Every file is accounted for, each new one sealed.
        case complete
        /// The recorder went, or the station stopped, before that.
        case interrupted
        /// The station had no room, or another fault ended it.
        case failed
    }

    package var visit: String
    package var outcome: Outcome
    package var ingested: Int64
    package var duplicate: Int64
    package var quarantined: Int64
    package var refused: Int64
    package var bytes: Int64
    package var milliseconds: Int64
    /// Every file not seen before is sealed and in the ledger.
    package var mayBeRemoved: Bool
    /// Every file of the card is confirmed by digest, and copied twice where that is set.
    package var mayBeCleared: Bool
    /// Files seen before that were not read again this time: the recorder went meanwhile.
    package var unconfirmed: Int64

    package init(
        visit: String, outcome: Outcome, ingested: Int64, duplicate: Int64, quarantined: Int64,
        refused: Int64, bytes: Int64, milliseconds: Int64, mayBeRemoved: Bool, mayBeCleared: Bool,
        unconfirmed: Int64 = 0
    ) {
        self.unconfirmed = unconfirmed
        (self.visit, self.outcome, self.ingested) = (visit, outcome, ingested)
        (self.duplicate, self.quarantined, self.refused) = (duplicate, quarantined, refused)
        (self.bytes, self.milliseconds) = (bytes, milliseconds)
        (self.mayBeRemoved, self.mayBeCleared) = (mayBeRemoved, mayBeCleared)
    }

    package var row: RecordRow {
        RecordRow(
            kind: Self.kind,
            members: [
                "unconfirmed": .integer(unconfirmed),
                "visit": .string(visit), "outcome": .string(outcome.rawValue),
                "ingested": .integer(ingested), "duplicate": .integer(duplicate),
                "quarantined": .integer(quarantined), "refused": .integer(refused),
                "bytes": .integer(bytes), "milliseconds": .integer(milliseconds),
                "mayBeRemoved": .bool(mayBeRemoved), "mayBeCleared": .bool(mayBeCleared),
            ])
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        guard let outcome = Outcome(rawValue: try read.string("outcome")) else {
            throw MalformedEntry(problem: "row undocking: unknown outcome")
        }
        self.outcome = outcome
        visit = try read.string("visit")
        ingested = try read.integer("ingested")
        duplicate = try read.integer("duplicate")
        quarantined = try read.integer("quarantined")
        refused = try read.integer("refused")
        bytes = try read.integer("bytes")
        milliseconds = try read.integer("milliseconds")
        mayBeRemoved = try read.bool("mayBeRemoved")
        mayBeCleared = try read.bool("mayBeCleared")
        unconfirmed = read.optionalInteger("unconfirmed") ?? 0
    }
}

/// The row of a `restore`: the root was put back from a backup, or its log from a mirror, and signs
/// again.
package struct RestoreRow: Hashable, Sendable {
    package static let kind = "restore"

    package var by: String
    /// Whether what others know of this log was compared with before.
    package var isWitnessed: Bool
    /// Why it was not.
    package var why: String?
    /// Entries that it was put back with.
    package var treeSize: Int64

    package init(by: String, isWitnessed: Bool, why: String?, treeSize: Int64) {
        (self.by, self.isWitnessed, self.why) = (by, isWitnessed, why)
        self.treeSize = treeSize
    }

    package var row: RecordRow {
        var members: [String: JSONValue] = [
            "by": .string(by), "witnessed": .bool(isWitnessed), "treeSize": .integer(treeSize),
        ]
        members.set("why", why)
        return RecordRow(kind: Self.kind, members: members)
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        by = try read.string("by")
        isWitnessed = try read.bool("witnessed")
        why = read.optionalString("why")
        treeSize = try read.integer("treeSize")
    }
}
