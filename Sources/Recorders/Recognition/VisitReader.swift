import Evidence

/// Goes through a listing with a profile: what is footage, what its names claim.
struct VisitReader {
    let profile: RecorderProfile
    private let others: [RecorderProfile]

    private(set) var files: [FootageFile] = []
    private(set) var unfinished = 0
    private(set) var unfinishedBytes: Int64 = 0
    /// As the profile's own names claim them, with how often.
    private(set) var devices = Tally()
    private(set) var officers = Tally()
    /// Footage whose name the profile's patterns do not match.
    private(set) var strangers: [RecorderPath] = []
    /// Footage whose name holds a date that no calendar has.
    private(set) var impossible: [RecorderPath] = []

    init(profile: RecorderProfile, catalogue: ProfileCatalogue) {
        self.profile = profile
        others = catalogue.all.filter { $0.name != profile.name }
    }

    mutating func read(_ listing: TreeListing) {
        files.reserveCapacity(listing.files.count)
        var parts: PathParts?
        for file in listing.files {
            let current = PathParts(file.path, after: parts)
            parts = current
            if profile.leavesAlone(current) {
                unfinished += 1
                unfinishedBytes &+= file.size
                continue
            }
            let role = FileKind.role(
                ofEnding: current.ending, sidecars: profile.sidecarExtensions)
            files.append(
                FootageFile(
                    path: file.path, size: file.size, modified: file.modified, role: role,
                    claims: claims(of: current, at: file.path, role: role)))
        }
    }

    /// The profile's own patterns first; a name they do not know is read with the others', which
    /// claim a time but never say whose recorder this is.
    private mutating func claims(
        of parts: PathParts, at path: RecorderPath, role: FileRole
    ) -> NameClaims {
        if let reading = profile.read(parts) {
            if let device = reading.claims.device { devices.add(device) }
            if let officer = reading.claims.officer { officers.add(officer) }
            if reading.hasImpossibleTime, role.isFootage { impossible.append(path) }
            return reading.claims
        }
        if role.isFootage { strangers.append(path) }
        for other in others {
            if let reading = other.read(parts) { return reading.claims }
        }
        return NameClaims()
    }
}

/// How often each of a few values was met.
struct Tally {
    private(set) var counts: [String: Int] = [:]

    mutating func add(_ value: String) { counts[value, default: 0] += 1 }

    /// The most frequent; of equals the first by name, so that the answer is always the same.
    var mostFrequent: String? {
        counts.min { ($1.value, $0.key) < ($0.value, $1.key) }?.key
    }
}
