package import Evidence

/// All that the index knows of one item: what `show` says.
package struct ItemRecord: Sendable {
    /// A name it had on its recorder.
    package struct Name: Hashable, Sendable {
        package let path: RecorderPath
        package let recorder: String?
        package let visit: String
        package let docked: Timestamp
    }

    /// An event about it.
    package struct CustodyLine: Hashable, Sendable {
        package let leaf: Int64
        package let event: String
        package let time: Timestamp
        package let by: String?
    }

    package let name: String
    package let leaf: Int64
    package let sha256: SHA256Digest
    package let sm3: SM3Digest
    package let size: Int64
    package let role: String?
    package internal(set) var names: [Name] = []
    package internal(set) var media: MediaFacts?
    /// As the name has it: local time without a zone, or with `Z`.
    package let named: String?
    package let container: String?
    package let fileSystem: String?
    package let zone: String?
    package let start: String?
    package let end: String?
    package let startFrom: String?
    /// How many milliseconds its clock was measured to be ahead; the beginning and the end are
    /// mended by it.
    package let clockOffset: Int64?
    /// What cannot be right about its time.
    package let clockFlags: [ClockFlag]
    /// The beginning that is believed, and the end where the duration is known.
    package let begins: Timestamp
    package let ends: Timestamp?
    package let officer: String?
    package let recorder: String?
    /// The leaf at which somebody said whose footage it is; nil where the claim is believed.
    package let attribution: Int64?
    /// What the file's own name says, where it says something.
    package let claimedOfficer: String?
    package let claimedDevice: String?
    package internal(set) var model: String?
    package internal(set) var profile: String?
    /// Whose recorder it came from first: `notary`; nil for the court's own.
    package internal(set) var source: String?
    package internal(set) var certificates: [ListedCertificate] = []
    package internal(set) var attestations: [ListedAttestation] = []
    package let marks: [String]
    package internal(set) var sidecars: [String] = []
    /// The footage it belongs to.
    package internal(set) var sidecarOf: [String] = []
    package internal(set) var custody: [CustodyLine] = []
    package internal(set) var findings: [Finding] = []
    /// The recording that it is a part of; nil before it is described.
    package internal(set) var recording: RecordingPart?
    /// The cases that it, or a part of it, is linked to.
    package internal(set) var cases: [LinkedCase] = []
    /// Cases that a person is asked about.
    package internal(set) var proposed: [String] = []
    package let quarantineCode: String?
    package let quarantineReason: String?
    /// Where further copies are.
    package internal(set) var copies: [String] = []
    /// When its bytes were last read whole and found sound; nil for not since they were sealed.
    package let verified: Timestamp?
    /// The leaf of its deletion; its bytes are gone.
    package let deleted: Int64?
    /// The leaf of the erasure of what was said of it.
    package let erased: Int64?
    /// Holds that keep it.
    package internal(set) var holds: [String] = []

    init(_ row: Columns) throws {
        let name = try row.ledgerName()
        (self.name, leaf) = (name.description, name.leaf)
        sha256 = try row.digest("sha256")
        sm3 = try row.digest("sm3")
        size = try row.integer("size")
        role = try row.optionalText("role")
        let isUTC = try row.flag("namedIsUTC")
        named = try row.optionalText("named").map { isUTC ? $0 + "Z" : $0 }
        container = try row.optionalText("container")
        fileSystem = try row.optionalText("fileSystem")
        zone = try row.optionalText("zone")
        start = try row.optionalText("startText")
        begins = Timestamp(milliseconds: try row.integer("start"))
        ends = try row.optionalInteger("finish").map { Timestamp(milliseconds: $0) }
        end = try row.optionalText("finishText")
        startFrom = try row.optionalText("startFrom")
        clockOffset = try row.optionalInteger("clockOffset")
        clockFlags = try row.clockFlags()
        officer = try row.optionalText("officer")
        recorder = try row.optionalText("recorder")
        claimedOfficer = try row.optionalText("claimedOfficer")
        claimedDevice = try row.optionalText("claimedDevice")
        marks = try row.texts("marks")
        quarantineCode = try row.optionalText("quarantineCode")
        quarantineReason = try row.optionalText("quarantineReason")
        attribution = try row.optionalInteger("attribution")
        verified = try row.optionalInteger("verified").map { Timestamp(milliseconds: $0) }
        deleted = try row.optionalInteger("deleted")
        erased = try row.optionalInteger("erased")
    }

    /// What the inspector needs to describe it once more.
    package var describable: DescribableItem {
        DescribableItem(
            item: name, sha256: sha256, size: size, path: names.first?.path ?? RecorderPath(""))
    }
}

extension ItemRecord {
    /// "An item as JSON" of the outward contract; a key with no value is left out.
    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "item": .string(name), "sha256": .string(sha256.hex), "sm3": .string(sm3.hex),
            "size": .integer(size),
        ]
        members.set("role", role)
        members.set("names", names.map(\.json))
        members["media"] = media?.json
        members.set("times", times)
        members.set("officer", officer)
        members.set("attribution", attribution)
        members.set(
            "recorder",
            described([
                "id": recorder, "model": model, "profile": profile, "source": source,
            ]))
        members.set("claims", described(["officer": claimedOfficer, "device": claimedDevice]))
        members.set("marks", marks)
        members.set("sidecars", sidecars)
        members.set("sidecarOf", sidecarOf)
        members.set("custody", custody.map(\.json))
        members.set("findings", findings.map(\.json))
        members.set("quarantine", described(["code": quarantineCode, "reason": quarantineReason]))
        members.set("certificates", certificates.map(\.json))
        members.set("attestations", attestations.map(\.json))
        members.set("copies", copies)
        members.set("deleted", deleted)
        members.set("erased", erased)
        members.set("holds", holds)
        members.set("lastVerified", verified?.description)
        if let recording { members["recording"] = recording.json }
        members.set("cases", cases.map(\.json))
        if cases.isEmpty { members.set("proposed", proposed) }
        return .object(members)
    }

    private var times: [String: JSONValue] {
        var times = described([
            "named": named, "container": container, "fileSystem": fileSystem, "zone": zone,
            "start": start, "end": end, "startFrom": startFrom,
        ])
        if let clockOffset { times["clockOffset"] = .decimal(Double(clockOffset) / 1000) }
        times.set("flags", clockFlags.map(\.json))
        return times
    }

    private func described(_ values: [String: String?]) -> [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        for (key, value) in values { members.set(key, value) }
        return members
    }
}

extension ItemRecord.Name {
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = [
            "visit": .string(visit), "docked": .string(docked.description),
        ]
        path.write(into: &members)
        members.set("recorder", recorder)
        return .object(members)
    }
}

extension ItemRecord.CustodyLine {
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = [
            "leaf": .integer(leaf), "event": .string(event), "time": .string(time.description),
        ]
        members.set("by", by)
        return .object(members)
    }
}

extension [String: JSONValue] {
    fileprivate mutating func set(_ key: String, _ elements: [JSONValue]) {
        if !elements.isEmpty { self[key] = .array(elements) }
    }

    fileprivate mutating func set(_ key: String, _ members: [String: JSONValue]) {
        if !members.isEmpty { self[key] = .object(members) }
    }
}
