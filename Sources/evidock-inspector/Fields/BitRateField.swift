import Evidence

/// Bits a second over the whole file.
enum BitRateField: Field {
    static func read(_ reading: Reading, into facts: inout MediaFacts) {
        // Under a tenth of a second it would say nothing.
        guard let duration = reading.durationMicroseconds, duration >= 100_000 else { return }
        let rate = Double(reading.size) * 8_000_000 / Double(duration)
        if rate < Double(1 << 52) { facts.bitRate = Int64(rate) }
    }
}
