package import Evidence

/// What was said by hand about a recorder; it goes before what the recorder says.
package struct RecorderOverrides: Hashable, Sendable {
    package var recorder: String?
    package var officer: String?
    package var zone: ZoneOffset?
    /// Whose recorder it is.
    package var source: RecorderSource?
    /// The one file of the volume's own folder that is to be taken, by its name.
    package var only: String?

    package init(recorder: String? = nil, officer: String? = nil, zone: ZoneOffset? = nil) {
        (self.recorder, self.officer, self.zone) = (recorder, officer, zone)
    }
}

/// Recognises a docked recorder and lists its files: from a volume to a visit.
package enum Recognition {
    /// Lists the tree, finds the profile that knows it, and reads what the names claim.
    ///
    /// Every plain file is in the visit or counted as unfinished; every other entry is refused with
    /// its reason. Nothing is opened but `Info.dat`, and nothing is written.
    ///
    /// - Parameters:
    ///   - notaryRecorders: numbers of recorders that a notary carries.
    ///   - now: the station's time, against which a capture time can be in the future.
    /// - Throws: ``RecorderFailure`` where the root cannot be listed.
    package static func visit(
        volume: Volume, tree: RecorderTree, catalogue: ProfileCatalogue,
        overrides: RecorderOverrides = RecorderOverrides(), notaryRecorders: Set<String> = [],
        now: Timestamp? = nil
    ) throws -> RecorderVisit {
        let listing = try overrides.only.map { try tree.list(only: $0) } ?? tree.list()
        let profile = profile(of: listing, label: volume.label, in: catalogue)
        var reader = VisitReader(profile: profile, catalogue: catalogue)
        reader.read(listing)

        var deviceFile: DeviceFile?
        if let place = profile.deviceFile,
            let path = reader.files.first(where: { $0.path.matches(place) })?.path,
            let bytes = try? tree.head(of: path, limit: DeviceFile.sizeLimit)
        {
            deviceFile = DeviceFile(bytes: bytes)
        }
        let recorder =
            overrides.recorder ?? reader.devices.mostFrequent ?? deviceFile?.device
            ?? volume.label.flatMap { tellingLabel($0) } ?? volume.serial
        let claimedOfficer = deviceFile?.officer.flatMap { profile.nobody.contains($0) ? nil : $0 }
        let zone = overrides.zone ?? profile.zone ?? .china
        let findings = VisitFindings.of(
            volume: volume, profile: profile, reader: reader, zone: zone, now: now)
        return RecorderVisit(
            volume: volume, profile: profile.name, model: profile.model, recorder: recorder,
            officer: overrides.officer ?? reader.officers.mostFrequent ?? claimedOfficer,
            zone: zone, files: SidecarLinks.linked(reader.files, profile: profile),
            refused: listing.refused, unfinished: reader.unfinished,
            unfinishedBytes: reader.unfinishedBytes, findings: findings,
            source: overrides.source
                ?? (recorder.map { notaryRecorders.contains($0) } == true ? .notary : .court))
    }

    /// A site's profile that knows the volume goes first; of the built-in ones a marker or label
    /// decides, then the greatest share of names; then a layout; then none.
    static func profile(
        of listing: TreeListing, label: String?, in catalogue: ProfileCatalogue
    ) -> RecorderProfile {
        let signs = VolumeSigns(
            listing, label: label, markerNames: catalogue.all.flatMap(\.signs.markers))
        if let own = catalogue.site.first(where: { signs.areKnown(to: $0) }) { return own }
        if let sure = catalogue.builtIn.first(where: { signs.hasMarkerOrLabel(of: $0) }) {
            return sure
        }
        var best: (profile: RecorderProfile, share: Int)?
        for profile in catalogue.builtIn {
            let share = signs.share(of: profile)
            if share > 0, share > best?.share ?? 0 { best = (profile, share) }
        }
        if let best { return best.profile }
        return catalogue.builtIn.first { signs.hasFolders(of: $0) }
            ?? catalogue.builtIn.first { signs.hasLayout(of: $0) } ?? catalogue.folder
    }

    /// A label that names a recorder, not the habit of a formatting program.
    private static func tellingLabel(_ label: String) -> String? {
        let common: Set = [
            "", "no name", "untitled", "volume", "new volume", "usb", "usb disk", "sd card",
            "sdcard",
            "disk", "data", "removable", "新加卷",
        ]
        var text = label[...]
        while text.last == " " { text.removeLast() }
        return common.contains(text.lowercased()) ? nil : SafeText.of(String(text))
    }
}

/// What a profile may know a volume by.
private struct VolumeSigns {
    private let files: Set<[UInt8]>
    private let folders: Set<[UInt8]>
    /// Some of the footage, evenly taken: whose names it bears shows in a few hundred of them.
    private let sample: [PathParts]
    private let hasFootage: Bool
    private let label: String?

    private static let sampleSize = 1000

    init(_ listing: TreeListing, label: String?, markerNames: [RecorderPath]) {
        files = Set(
            listing.files.lazy.map(\.path)
                .filter { path in markerNames.contains { $0.bytes.count == path.bytes.count } }
                .map(\.folded))
        folders = Set(listing.folders.lazy.filter { $0.bytes.count <= 128 }.map(\.folded))
        let footage = listing.files.map(\.path).filter { FileKind.role(of: $0).isFootage }
        let step = max(1, footage.count / Self.sampleSize)
        sample = stride(from: 0, to: footage.count, by: step).map { PathParts(footage[$0]) }
        hasFootage = !footage.isEmpty
        self.label = label
    }

    func areKnown(to profile: RecorderProfile) -> Bool {
        hasMarkerOrLabel(of: profile) || share(of: profile) > 0 || hasFolders(of: profile)
            || hasLayout(of: profile)
    }

    func hasMarkerOrLabel(of profile: RecorderProfile) -> Bool {
        if profile.signs.markers.contains(where: { files.contains($0.folded) }) { return true }
        guard let label else { return false }
        return profile.signs.labels.contains { $0.match(Array(label.utf8)) != nil }
    }

    /// Per cent of the footage whose names the profile understands; 0 where that is too little.
    func share(of profile: RecorderProfile) -> Int {
        guard profile.signs.share > 0 else { return 0 }
        // What is left alone is no sign either way.
        var all = 0
        var known = 0
        for path in sample where !profile.leavesAlone(path) {
            all += 1
            if profile.read(path) != nil { known += 1 }
        }
        guard known > 0, known * 100 >= all * profile.signs.share else { return 0 }
        return max(1, known * 100 / all)
    }

    /// A card of this family that holds no footage yet.
    func hasFolders(of profile: RecorderProfile) -> Bool {
        !hasFootage && profile.signs.folders.contains { folders.contains($0.folded) }
    }

    func hasLayout(of profile: RecorderProfile) -> Bool {
        profile.signs.layout.contains { folders.contains($0.folded) }
    }
}

extension RecorderPath {
    /// With capital ASCII letters made small: FAT knows no difference.
    var folded: [UInt8] { bytes.map(\.folded) }

    func matches(_ other: RecorderPath) -> Bool {
        bytes.count == other.bytes.count && folded == other.folded
    }
}
