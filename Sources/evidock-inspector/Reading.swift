import Evidence

/// What a container gave, before the fields make facts of it.
struct Reading {
    struct Stream {
        var type: String
        var codec: String?
        var width: Int64?
        var height: Int64?
        var frameRate: Fraction?
        /// Degrees clockwise, as the container turns the picture.
        var rotation: Int64?
        var sampleRate: Int64?
        var channels: Int64?
        var tags = TagList()

        init(type: String) { self.type = type }
    }

    /// libavformat's name of it.
    var container: String?
    var size: Int64
    var durationMicroseconds: Int64?
    var streams: [Stream] = []
    var tags = TagList()
    /// Where the container has a place in numbers.
    var place: MediaFacts.Place?
    /// By satellites, out of a track of its own.
    var track: SatelliteTrack?
    /// What is wrong, the gravest first. Empty for a sound file.
    var problems: [String] = []
    var isEncrypted = false

    init(container: String?, size: Int64) { (self.container, self.size) = (container, size) }

    mutating func report(_ problem: String) {
        if !problems.contains(problem) { problems.append(problem) }
    }
}

/// Names and values as a container lists them, in its order; names compare without regard to case.
struct TagList {
    private(set) var entries: [(name: String, value: String)] = []
    private static let countLimit = 256

    mutating func append(_ name: String, _ value: String) {
        guard entries.count < Self.countLimit, !name.isEmpty, !value.isEmpty else { return }
        entries.append((name, value))
    }

    /// The value of the first of these names that is there and not blank.
    func first(of names: String...) -> String? {
        for name in names {
            for entry in entries where entry.name.lowercased() == name.lowercased() {
                if entry.value.contains(where: { !$0.isWhitespace }) { return entry.value }
            }
        }
        return nil
    }
}

/// A positive ratio in lowest terms.
struct Fraction: Hashable {
    let numerator: Int64
    let denominator: Int64

    /// Nil unless both are positive.
    init?(_ numerator: Int64, _ denominator: Int64) {
        guard numerator > 0, denominator > 0 else { return nil }
        var (a, b) = (numerator, denominator)
        while b != 0 { (a, b) = (b, a % b) }
        (self.numerator, self.denominator) = (numerator / a, denominator / a)
    }

    var value: Double { Double(numerator) / Double(denominator) }
}
