/// The row of an `ingestion` (a new item) or of a `duplicate` (an item met again): one file of one
/// recorder, with what its name claims.
///
/// In an `ingestion` there is one, and the item's name is the ``LedgerName`` of the leaf. In a
/// `duplicate` there may be many, each with its ``item``.
package struct FileRow: Hashable, Sendable {
    package static let kind = "file"

    /// The item, where it is known already (`duplicate`).
    package var item: String?
    /// The visit's name.
    package var visit: String
    package var recorder: String?
    package var officer: String?
    package var zone: String
    package var file: FootageFile
    package var sha256: SHA256Digest
    package var sm3: SM3Digest
    /// SHA-256 of the concatenated SHA-256 of every 1 MiB block; the list is a `blocks` row.
    package var blocks: SHA256Digest
    /// See ``VaultedItem/probe``.
    package var probe: SHA256Digest
    /// In a `duplicate`: the item had no such name before.
    package var isNewName: Bool

    package init(
        item: String?, visit: String, recorder: String?, officer: String?, zone: String,
        file: FootageFile, sha256: SHA256Digest, sm3: SM3Digest, blocks: SHA256Digest,
        probe: SHA256Digest, isNewName: Bool
    ) {
        (self.item, self.visit, self.recorder, self.officer) = (item, visit, recorder, officer)
        (self.zone, self.file, self.sha256, self.sm3) = (zone, file, sha256, sm3)
        (self.blocks, self.probe, self.isNewName) = (blocks, probe, isNewName)
    }

    package var row: RecordRow {
        var members: [String: JSONValue] = [
            "visit": .string(visit), "zone": .string(zone), "size": .integer(file.size),
            "modified": .string(file.modified.description), "role": .string(file.role.rawValue),
            "sha256": .string(sha256.hex), "sm3": .string(sm3.hex), "blocks": .string(blocks.hex),
            "probe": .string(probe.hex),
        ]
        file.path.write(into: &members)
        members.set("item", item)
        members.set("recorder", recorder)
        members.set("officer", officer)
        if isNewName { members["newName"] = true }
        let claims = file.claims
        members.set("claimedDevice", claims.device)
        members.set("claimedOfficer", claims.officer)
        members.set("captured", claims.captured?.description)
        if claims.capturedIsUTC { members["capturedIsUTC"] = true }
        members.set("sequence", claims.sequence)
        members.set("channel", claims.channel)
        members.set("marks", claims.marks)
        if claims.isEncrypted { members["encrypted"] = true }
        if let sidecarOf = file.sidecarOf {
            var nested: [String: JSONValue] = [:]
            sidecarOf.write(into: &nested)
            members["sidecarOf"] = .object(nested)
        }
        return RecordRow(kind: Self.kind, members: members)
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        item = read.optionalString("item")
        visit = try read.string("visit")
        recorder = read.optionalString("recorder")
        officer = read.optionalString("officer")
        zone = try read.string("zone")
        sha256 = try read.sha256("sha256")
        sm3 = try read.sm3("sm3")
        blocks = try read.sha256("blocks")
        probe = try read.sha256("probe")
        isNewName = row.members["newName"]?.boolValue ?? false
        var claims = NameClaims()
        claims.device = read.optionalString("claimedDevice")
        claims.officer = read.optionalString("claimedOfficer")
        claims.captured = read.optionalString("captured").flatMap { CivilTime($0) }
        claims.capturedIsUTC = row.members["capturedIsUTC"]?.boolValue ?? false
        claims.sequence = read.optionalInteger("sequence")
        claims.channel = read.optionalString("channel")
        claims.marks = read.strings("marks")
        claims.isEncrypted = row.members["encrypted"]?.boolValue ?? false
        guard let role = FileRole(rawValue: try read.string("role")) else {
            throw MalformedEntry(problem: "row file: unknown role")
        }
        file = FootageFile(
            path: try read.path(), size: try read.integer("size"), modified: try read.modified(),
            role: role, claims: claims,
            sidecarOf: row.members["sidecarOf"]?.objectValue.flatMap { RecorderPath(members: $0) })
    }
}

/// The row beside a ``FileRow`` of an `ingestion` of more than one block: SHA-256 of every block.
package struct BlocksRow: Hashable, Sendable {
    package static let kind = "blocks"

    package var digests: [SHA256Digest]

    package init(digests: [SHA256Digest]) { self.digests = digests }

    package var row: RecordRow {
        RecordRow(
            kind: Self.kind,
            members: [
                "blockSize": .integer(VaultedItem.blockSize),
                "sha256": .array(digests.map { .string($0.hex) }),
            ])
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        digests = RowReading(row).strings("sha256").compactMap { SHA256Digest(hex: $0) }
        guard row.members["blockSize"]?.integerValue == VaultedItem.blockSize else {
            throw MalformedEntry(problem: "row blocks: another block size")
        }
    }
}
