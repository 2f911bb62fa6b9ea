package import Evidence

/// How one family of recorders writes its card: data, not code.
///
/// The built-in ones are JSON files beside this one; a site keeps its own in a folder
/// (``ProfileCatalogue``). Facts and sources are in the files' `about`.
package struct RecorderProfile: Hashable, Sendable {
    /// How a volume is known. One sign is enough: a marker, the label, or the share of names.
    package struct Signs: Hashable, Sendable {
        /// Files that only this family writes, below the root.
        package var markers: [RecorderPath] = []
        package var labels: [NamePattern] = []
        /// Per cent of the footage files that the name patterns must match; 0: names are no sign.
        package var share = 0
        /// Folders by which a card that holds no footage yet is known.
        package var folders: [RecorderPath] = []
        /// Folders that make it this family even where the names say nothing: generic layouts.
        package var layout: [RecorderPath] = []
    }

    /// One way in which names are made.
    package struct Naming: Hashable, Sendable {
        package var pattern: NamePattern
        /// The times in these names are UTC, not local.
        package var isUTC = false
    }

    /// How sequence numbers follow one another; they are looked through for gaps.
    package struct Sequence: Hashable, Sendable {
        package enum Counter: String, Sendable {
            /// One counter for all cameras of the card.
            case card
            /// Each camera counts for itself.
            case channel
        }
        package var counter: Counter
        /// The counter starts again each day.
        package var restartsDaily = false
        /// Names hold chapters of a video: a claim's sequence is video × 100 + chapter, so that
        /// the order of sequences, unlike that of names, is the order of the footage.
        package var hasChapters = false
    }

    package var name: String
    package var model: String?
    package var signs = Signs()
    /// Where footage lies; for people. Everything is taken wherever it lies.
    package var footage: [RecorderPath] = []
    package var leftAlone: [LeaveRule] = []
    package var namings: [Naming] = []
    /// Extensions that are sidecars in this family only.
    package var sidecarExtensions: Set<String> = []
    /// What sidecars add to, or leave out at the end of, their footage's stem.
    package var sidecarSuffixes: [[UInt8]] = []
    package var footageSuffixes: [[UInt8]] = []
    /// Nil: the station's own zone.
    package var zone: ZoneOffset?
    package var sequence: Sequence?
    /// Words for what the names and folders say, such as `SOS` → `sos`; small letters.
    package var markWords: [String: String] = [:]
    package var folderMarks: [String: String] = [:]
    /// The officer number that means nobody.
    package var nobody: Set<String> = []
    /// Where device and officer stand in a text, if they do.
    package var deviceFile: RecorderPath?

    package init(name: String) { self.name = name }

    /// What is left alone because the recorder is still at it: counted, not taken.
    package enum LeaveRule: Hashable, Sendable {
        /// A folder of this name and all below it.
        case folder([UInt8])
        /// A file or folder whose name begins like this.
        case prefix([UInt8])

        func covers(_ parts: PathParts) -> Bool {
            switch self {
            case .folder(let name): parts.folders.contains { Self.begins($0, name, whole: true) }
            case .prefix(let start):
                Self.begins(parts.name, start) || parts.folders.contains { Self.begins($0, start) }
            }
        }

        private static func begins(
            _ name: [UInt8], _ start: [UInt8], whole: Bool = false
        ) -> Bool {
            guard whole ? name.count == start.count : name.count >= start.count else {
                return false
            }
            return zip(name, start).allSatisfy { $0.folded == $1 }
        }
    }

    package func leavesAlone(_ path: RecorderPath) -> Bool { leavesAlone(PathParts(path)) }

    func leavesAlone(_ parts: PathParts) -> Bool {
        leftAlone.contains { $0.covers(parts) }
    }
}
