package import Evidence

/// A field task as it really was.
package struct SeasonTask: Hashable, Sendable {
    package let number: Int
    package let court: Int
    package let caseNumbers: [CaseNumber]
    package let kind: String
    /// Indices of officers.
    package let officers: [Int]
    package let workday: Int
    package let planned: Range<Int64>
    /// When they were there.
    package var really: Range<Int64>
    /// Millionths of a degree.
    package let place: (latitude: Int, longitude: Int)

    package var id: String { "T\(number)" }

    package static func == (left: SeasonTask, right: SeasonTask) -> Bool {
        left.number == right.number
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(number) }
}

/// A file that a recorder made, or should have made.
package struct SeasonFile: Sendable {
    package enum Fate: Hashable, Sendable {
        case stored
        /// Gone from the recorder before it was docked.
        case lost
        /// Not taken at the dock.
        case refused
    }

    package let number: Int
    /// Files that were recorded in one go.
    package let take: Int
    package let recorder: Int
    /// Who really carried it: an index of officers.
    package let officer: Int
    /// The task that it is of; nil for none.
    package let task: Int?
    /// True time.
    package let times: Range<Int64>
    package var sequence: Int64?
    package var fate: Fate
    package var isDamaged: Bool
    /// By satellites; empty where there was no fix.
    package var fixes: [SatelliteTrack.Fix]
    package let digests: (sha256: SHA256Digest, sm3: SM3Digest)
}

/// A recorder at the dock.
package struct SeasonDocking: Sendable {
    package let recorder: Int
    package let at: Int64
    /// Those that are taken, and those that could not be.
    package var files: [Int] = []
    package var refused: [Int] = []
    /// Those of the docking before that are on it still.
    package var again: [Int] = []
    /// Somebody looks at its display.
    package var isRead = false
}
