/// Who is on a duty: a staff number, a name, or both.
package struct ScheduledOfficer: Hashable, Sendable {
    package let id: String?
    package let name: String?

    package init(id: String?, name: String?) { (self.id, self.name) = (id, name) }

    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = [:]
        members.set("id", id)
        members.set("name", name)
        return .object(members)
    }

    /// Nil where it names nobody.
    package init?(json: JSONValue) {
        self.init(id: json[key: "id"]?.stringValue, name: json[key: "name"]?.stringValue)
        guard id != nil || name != nil else { return nil }
    }
}

/// A case as a schedule gives it. Personal data: it stands in records, never in a leaf or a log.
package struct CaseRow: Hashable, Sendable {
    package var caseNumber: CaseNumber
    /// A court's code where the table has the court, else the words of the file.
    package var court: String
    package var parties: [String]
    package var judge: String?
    /// `open`, `suspended`, `terminated` (终本) or `closed`; else the words of the file.
    package var state: String?
    package var category: String?
    /// A case that is not public.
    package var restricted: Bool
    package var notes: String?

    /// What makes it the same case in another file.
    package var id: String { caseNumber.description }

    package static let kind = "case"

    package init(
        caseNumber: CaseNumber, court: String, parties: [String], judge: String?, state: String?,
        category: String?, restricted: Bool, notes: String?
    ) {
        (self.caseNumber, self.court, self.parties) = (caseNumber, court, parties)
        (self.judge, self.state, self.category) = (judge, state, category)
        (self.restricted, self.notes) = (restricted, notes)
    }

    package var row: RecordRow {
        var members: [String: JSONValue] = [
            "caseNumber": .string(caseNumber.description), "court": .string(court),
            "restricted": .bool(restricted),
        ]
        members.set("parties", parties)
        members.set("judge", judge)
        members.set("state", state)
        members.set("category", category)
        members.set("notes", notes)
        return RecordRow(kind: Self.kind, members: members)
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        self.init(
            caseNumber: try read.caseNumber("caseNumber"), court: try read.string("court"),
            parties: read.strings("parties"), judge: read.optionalString("judge"),
            state: read.optionalString("state"), category: read.optionalString("category"),
            restricted: try read.bool("restricted"), notes: read.optionalString("notes"))
    }
}

/// A duty as a schedule gives it: who went where, when, for which cases.
package struct DutyRow: Hashable, Sendable {
    /// The row's own, or put together from cases, kind, court and planned start: the same for the
    /// same duty in another file.
    package var id: String
    /// At least one, each once, in their order in the file.
    package var caseNumbers: [CaseNumber]
    /// `search`, `seizure`, `eviction`…; else the words of the file.
    package var kind: String
    package var court: String
    package var officers: [ScheduledOfficer]
    package var recorders: [String]
    /// Staff numbers of those who carry them, by the recorder, where the file says so.
    package var carriers: [String: String]
    package var plannedStart: Timestamp
    package var plannedEnd: Timestamp?
    package var actualStart: Timestamp?
    package var actualEnd: Timestamp?
    package var place: String?
    /// Millionths of a degree, WGS 84 as far as the file knows; north and east positive.
    package var latitude: Int?
    package var longitude: Int?
    /// Metres.
    package var radius: Int?
    package var notes: String?

    package static let rowKind = "duty"

    package init(
        id: String, caseNumbers: [CaseNumber], kind: String, court: String,
        officers: [ScheduledOfficer], recorders: [String], carriers: [String: String] = [:],
        plannedStart: Timestamp, plannedEnd: Timestamp? = nil, actualStart: Timestamp? = nil,
        actualEnd: Timestamp? = nil,
        place: String? = nil, latitude: Int? = nil, longitude: Int? = nil, radius: Int? = nil,
        notes: String? = nil
    ) {
        (self.id, self.caseNumbers, self.kind, self.court) = (id, caseNumbers, kind, court)
        (self.officers, self.recorders, self.carriers) = (officers, recorders, carriers)
        (self.plannedStart, self.plannedEnd) = (plannedStart, plannedEnd)
        (self.actualStart, self.actualEnd) = (actualStart, actualEnd)
        (self.place, self.latitude, self.longitude) = (place, latitude, longitude)
        (self.radius, self.notes) = (radius, notes)
    }

    package var row: RecordRow {
        var members: [String: JSONValue] = [
            "duty": .string(id),
            "caseNumbers": .array(caseNumbers.map { .string($0.description) }),
            "action": .string(kind), "court": .string(court),
            "officers": .array(officers.map(\.json)),
            "plannedStart": .string(plannedStart.description),
        ]
        members.set("recorders", recorders)
        if !carriers.isEmpty { members["carriers"] = .object(carriers.mapValues(JSONValue.string)) }
        members.set("plannedEnd", plannedEnd?.description)
        members.set("actualStart", actualStart?.description)
        members.set("actualEnd", actualEnd?.description)
        members.set("place", place)
        members.set("latitude", latitude)
        members.set("longitude", longitude)
        members.set("radius", radius)
        members.set("notes", notes)
        return RecordRow(kind: Self.rowKind, members: members)
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        let officers = row.members["officers"]?.arrayValue ?? []
        self.init(
            id: try read.string("duty"), caseNumbers: try read.caseNumbers("caseNumbers"),
            kind: try read.string("action"), court: try read.string("court"),
            officers: officers.compactMap { ScheduledOfficer(json: $0) },
            recorders: read.strings("recorders"),
            carriers: (row.members["carriers"]?.objectValue ?? [:]).compactMapValues(\.stringValue),
            plannedStart: try read.timestamp("plannedStart"),
            plannedEnd: try read.optionalTimestamp("plannedEnd"),
            actualStart: try read.optionalTimestamp("actualStart"),
            actualEnd: try read.optionalTimestamp("actualEnd"),
            place: read.optionalString("place"),
            latitude: read.optionalInteger("latitude").map { Int($0) },
            longitude: read.optionalInteger("longitude").map { Int($0) },
            radius: read.optionalInteger("radius").map { Int($0) },
            notes: read.optionalString("notes"))
    }

    /// Who carries a recorder on it, as far as the file says: by name, or since it names one
    /// officer and one recorder.
    package func carrier(of recorder: String) -> String? {
        carriers[recorder]
            ?? (recorders == [recorder] && officers.count == 1 ? officers[0].id : nil)
    }

    /// When it was, as far as is known: what was is before what was planned; where no end is known,
    /// twelve hours after its start.
    package var window: ClosedRange<Timestamp> {
        let start = actualStart ?? plannedStart
        let end =
            actualEnd ?? plannedEnd ?? Timestamp(milliseconds: start.milliseconds + 43_200_000)
        return start...max(start, end)
    }
}

/// The file that a `schedule` or `recorder-issue` event took in: its first row. A long file is
/// taken in by several events, each with this row; its counts are of the whole file.
package struct ScheduleFileRow: Hashable, Sendable {
    package static let kind = "schedule-file"

    /// Of the file's bytes.
    package var sha256: SHA256Digest
    package var size: Int64
    package var encoding: String
    /// Rows of the file that were new, changed, as before (or repeated), and refused.
    package var accepted: Int64
    package var changed: Int64
    package var unchanged: Int64
    package var refused: Int64
    package var by: String
    /// Which event of that file it is, from 1 on.
    package var part: Int64 = 1

    package init(
        sha256: SHA256Digest, size: Int64, encoding: String, accepted: Int64, changed: Int64,
        unchanged: Int64, refused: Int64, by: String
    ) {
        (self.sha256, self.size, self.encoding) = (sha256, size, encoding)
        (self.accepted, self.changed, self.unchanged) = (accepted, changed, unchanged)
        (self.refused, self.by) = (refused, by)
    }

    package var row: RecordRow {
        var members: [String: JSONValue] = [
            "sha256": .string(sha256.hex), "size": .integer(size),
            "encoding": .string(encoding), "accepted": .integer(accepted),
            "changed": .integer(changed), "unchanged": .integer(unchanged),
            "refused": .integer(refused), "by": .string(by),
        ]
        members.set("part", part > 1 ? part : nil)
        return RecordRow(kind: Self.kind, members: members)
    }
}
