package import Evidence

/// Which recordings `list` gives; what is left nil does not narrow.
package struct ListFilter: Hashable, Sendable {
    /// Only what is linked to this case, or a part of it.
    package var caseNumber: CaseNumber?
    package var officer: String?
    package var recorder: String?
    /// Begun at this moment or later.
    package var from: Timestamp?
    /// Begun before this moment.
    package var to: Timestamp?
    /// Each to be found, or not to be found, in what an item is found by (``SearchField``).
    package var terms: [SearchTerm] = []
    /// A mark of the recorder: `important`.
    package var mark: String?
    package var state: State?
    /// Codes of a court, by the case numbers.
    package var courts: [String] = []
    /// Microseconds; what has no known duration is neither long nor short enough.
    package var minDuration: Int64?
    package var maxDuration: Int64?
    /// Only what comes after that line of the list.
    package var after: ListCursor?
    /// Only footage that is linked to no case.
    package var isUnassigned = false
    /// Sidecars too as lines of their own, not only with their footage.
    package var includesSidecars = false
    /// Only what somebody may see.
    package var sight: Sight?
    /// Nothing that is linked to a restricted case, or a part of it.
    package var hidesRestricted = false
    package var limit = 100

    package init() {}

    /// What somebody may see: nothing, where nothing is named.
    package struct Sight: Hashable, Sendable {
        /// Footage of this officer.
        package var officer: String?
        /// Footage that is linked to one of these cases, whole.
        package var cases: [String] = []
        /// Footage that is linked to a case of one of these courts, whole, and to none that is
        /// restricted.
        package var courts: [String] = []

        package init() {}
    }

    /// How footage stands.
    package enum State: String, Sendable, CaseIterable {
        case assigned, proposed, inbox, quarantined
        case sound, damaged, encrypted, unreadable
        /// Its bytes are gone; what is said of it stays.
        case deleted
    }
}

/// A line of the list: what came after it once comes after it always, whatever arrives meanwhile.
package struct ListCursor: Hashable, Sendable, CustomStringConvertible {
    package let start: Int64
    package let leaf: Int64
    package let origin: Int64

    package init(start: Int64, leaf: Int64, origin: Int64) {
        (self.start, self.leaf, self.origin) = (start, leaf, origin)
    }

    package var description: String { "\(start).\(leaf).\(origin)" }

    /// Reads what `description` writes.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Int64($0) }
        guard parts.count == 3, numbers.count == 3 else { return nil }
        self.init(start: numbers[0], leaf: numbers[1], origin: numbers[2])
    }
}

/// One line of `list`.
package struct ListedItem: Hashable, Sendable {
    package let item: String
    package let sha256: SHA256Digest
    package let size: Int64
    /// The first name it had; nil where that was erased.
    package let path: RecorderPath?
    /// `video`, `audio`, …
    package let role: String?
    package let recorder: String?
    package let officer: String?
    /// RFC 3339; our best belief, and what it rests on.
    package let start: String?
    package let startFrom: String?
    package let end: String?
    package let durationMicroseconds: Int64?
    /// Of the media facts, once it is described.
    package let status: String?
    package let marks: [String]
    /// Why it needs a look, where it does.
    package let quarantineCode: String?
    package let sidecars: [String]
    /// When it was taken in.
    package let ingested: Timestamp
    /// The recording that it is a part of; nil before it is described.
    package let recording: RecordingPart?
    /// The cases it is linked to.
    package let cases: [String]
    /// Those that the matcher proposes, where it is linked to none.
    package let proposed: [String]
    /// Where the list goes on after it.
    package let cursor: ListCursor
    /// Why it was found, where text was looked for.
    package internal(set) var matched: [SearchField] = []

    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "item": .string(item), "sha256": .string(sha256.hex), "size": .integer(size),
            "ingested": .string(ingested.description),
        ]
        path?.write(into: &members)
        members.set("role", role)
        if let recorder { members["recorder"] = ["id": .string(recorder)] }
        members.set("officer", officer)
        var times: [String: JSONValue] = [:]
        times.set("start", start)
        times.set("startFrom", startFrom)
        times.set("end", end)
        if !times.isEmpty { members["times"] = .object(times) }
        var media: [String: JSONValue] = [:]
        media.set("status", status)
        if let durationMicroseconds {
            media["duration"] = .decimal(Double(durationMicroseconds) / 1_000_000)
        }
        if !media.isEmpty { members["media"] = .object(media) }
        members.set("marks", marks)
        members.set("quarantine", quarantineCode)
        members.set("sidecars", sidecars)
        if let recording { members["recording"] = recording.json }
        if !cases.isEmpty {
            members["cases"] = .array(cases.map { ["caseNumber": .string($0)] })
        }
        members.set("proposed", proposed)
        members["cursor"] = .string(cursor.description)
        if !matched.isEmpty {
            members["matched"] = .array(
                matched.map {
                    ["field": .string($0.kind.rawValue), "text": .string($0.shown)]
                })
        }
        return .object(members)
    }
}
