/// The row of a `docking`: which volume came, who it says it is, and who brought it in.
///
/// The visit's name is the ``LedgerName`` of this leaf.
package struct VisitRow: Hashable, Sendable {
    package static let kind = "visit"

    package var profile: String
    package var model: String?
    /// What the recorder is taken to be: its own number or the volume's serial.
    package var recorder: String?
    /// What the recorder claims, or what was said by hand (`officerBy`).
    package var officer: String?
    package var zone: String
    package var volumeLabel: String?
    package var volumeSerial: String?
    package var fileSystem: String
    /// Whether the volume was mounted read-only: if not, it is never called untouched.
    package var isReadOnly: Bool
    package var isFolder: Bool
    /// The account that caused the event: `uid:0`, `serve`.
    package var by: String
    package var files: Int64
    package var bytes: Int64
    /// SHA-256 of the sorted list of files.
    package var inventory: String
    package var refused: Int64
    package var unfinished: Int64
    /// Left out for the court's own.
    package var source: RecorderSource

    package init(
        visit: RecorderVisit, by: String, inventory: SHA256Digest
    ) {
        profile = visit.profile
        model = visit.model
        recorder = visit.recorder
        officer = visit.officer
        zone = visit.zone.description
        volumeLabel = visit.volume.label
        volumeSerial = visit.volume.serial
        fileSystem = visit.volume.fileSystem
        isReadOnly = visit.volume.isReadOnly
        isFolder = visit.volume.isFolder
        self.by = by
        files = Int64(visit.files.count)
        bytes = visit.files.reduce(0) { $0 &+ $1.size }
        self.inventory = inventory.hex
        refused = Int64(visit.refused.count)
        unfinished = Int64(visit.unfinished)
        source = visit.source
    }

    package var row: RecordRow {
        var members: [String: JSONValue] = [
            "profile": .string(profile), "zone": .string(zone),
            "fileSystem": .string(fileSystem), "readOnly": .bool(isReadOnly),
            "folder": .bool(isFolder), "by": .string(by), "files": .integer(files),
            "bytes": .integer(bytes), "inventory": .string(inventory),
            "refused": .integer(refused), "unfinished": .integer(unfinished),
        ]
        members.set("model", model)
        members.set("recorder", recorder)
        members.set("officer", officer)
        members.set("volumeLabel", volumeLabel)
        members.set("volumeSerial", volumeSerial)
        if source != .court { members["source"] = .string(source.rawValue) }
        return RecordRow(kind: Self.kind, members: members)
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        profile = try read.string("profile")
        model = read.optionalString("model")
        recorder = read.optionalString("recorder")
        officer = read.optionalString("officer")
        zone = try read.string("zone")
        volumeLabel = read.optionalString("volumeLabel")
        volumeSerial = read.optionalString("volumeSerial")
        fileSystem = try read.string("fileSystem")
        isReadOnly = try read.bool("readOnly")
        isFolder = try read.bool("folder")
        by = try read.string("by")
        files = try read.integer("files")
        bytes = try read.integer("bytes")
        inventory = try read.string("inventory")
        refused = try read.integer("refused")
        unfinished = try read.integer("unfinished")
        source = read.optionalString("source").flatMap { RecorderSource(rawValue: $0) } ?? .court
    }
}
