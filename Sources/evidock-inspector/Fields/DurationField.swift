import Evidence

/// How long it plays, in microseconds. Longer than a year is a lie and left out.
enum DurationField: Field {
    static let longest: Int64 = 366 * 86_400 * 1_000_000

    static func read(_ reading: Reading, into facts: inout MediaFacts) {
        guard let duration = reading.durationMicroseconds, (1...longest).contains(duration) else {
            return
        }
        facts.durationMicroseconds = duration
    }
}
