import Evidence

/// The streams, each with what its type has.
enum StreamsField: Field {
    private static let countLimit = 64
    /// Above this a "frame rate" is the container's clock.
    private static let fastest = 960.0

    static func read(_ reading: Reading, into facts: inout MediaFacts) {
        facts.streams = reading.streams.prefix(countLimit).map { stream(of: $0) }
    }

    private static func stream(of found: Reading.Stream) -> MediaFacts.Stream {
        var stream = MediaFacts.Stream(type: found.type)
        stream.codec = found.codec.map { SafeText.shown($0, limit: 48) }
        if found.type == "video" || found.type == "subtitle",
            let width = found.width, let height = found.height,
            (1...65_535).contains(width), (1...65_535).contains(height)
        {
            (stream.width, stream.height) = (width, height)
        }
        if found.type == "video" {
            if let rate = found.frameRate, rate.value <= fastest {
                stream.frameRateNumerator = rate.numerator
                stream.frameRateDenominator = rate.denominator
            }
            if let rotation = found.rotation, [90, 180, 270].contains(rotation) {
                stream.rotation = rotation
            }
        }
        if found.type == "audio" {
            if let rate = found.sampleRate, (1...768_000).contains(rate) {
                stream.sampleRate = rate
            }
            if let channels = found.channels, (1...64).contains(channels) {
                stream.channels = channels
            }
        }
        stream.language = found.tags.first(of: "language")
            .flatMap { $0 == "und" ? nil : SafeText.shown($0, limit: 16) }
        stream.timecode = found.tags.first(of: "timecode").map { SafeText.shown($0, limit: 32) }
        return stream
    }
}
