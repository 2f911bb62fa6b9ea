/// The fragments (moof) of an MP4 that is written piece by piece, so that a power cut costs only
/// the last: how long they are together, and whether their media are there.
struct MovieFragments {
    private struct Defaults {
        var duration: Int64 = 0
        var size: Int64 = 0
    }

    private struct Run {
        let track: UInt32
        var samples: Int64
        /// Nil: the track's default holds.
        var ticks: Int64?
    }

    private(set) var neededSize: Int64 = 0
    private(set) var sampleCount: Int64 = 0
    private var runs: [Run] = []
    private var defaults: [UInt32: Defaults] = [:]

    private static let fragmentLimit: Int64 = 16 << 20

    var isEmpty: Bool { runs.isEmpty }

    mutating func read(_ place: Range<Int64>, _ footage: Footage) {
        guard place.upperBound - place.lowerBound <= Self.fragmentLimit else { return }
        let index = IndexBytes(
            bytes: footage.bytes(
                at: place.lowerBound, count: Int(place.upperBound - place.lowerBound)))
        guard index.bytes.count > 8 else { return }
        for box in Box.children(in: 8..<index.bytes.count, of: index).boxes
        where box.type == "traf" {
            readTrack(box, index, fragment: place.lowerBound)
        }
    }

    private mutating func readTrack(_ box: Box, _ index: IndexBytes, fragment: Int64) {
        var track: UInt32 = 0
        var base = fragment
        var duration: Int64?
        var size: Int64?
        for part in Box.children(in: box.payload, of: index).boxes {
            let start = part.payload.lowerBound
            guard let flags = index.big32(start).map({ $0 & 0xff_ffff }) else { continue }
            var next = start + 4
            func take() -> Int64? {
                defer { next += 4 }
                return next + 4 <= part.payload.upperBound ? index.big32(next).map(Int64.init) : nil
            }
            switch part.type {
            case "tfhd":
                track = UInt32(truncatingIfNeeded: take() ?? 0)
                if flags & 1 != 0 {
                    base = index.big64(next).flatMap { Int64(exactly: $0) } ?? fragment
                    next += 8
                }
                if flags & 2 != 0 { next += 4 }
                if flags & 8 != 0 { duration = take() }
                if flags & 0x10 != 0 { size = take() }
            case "trun":
                guard let count = take() else { break }
                let offset =
                    flags & 1 != 0 ? take().map { Int64(Int32(truncatingIfNeeded: $0)) } : 0
                if flags & 4 != 0 { next += 4 }
                var run = Run(track: track, samples: count, ticks: nil)
                var bytes: Int64 = 0
                let words = (flags & 0xf00).nonzeroBitCount
                if words > 0 {
                    guard Int(count) <= (part.payload.upperBound - next) / (4 * words) else {
                        break
                    }
                    var ticks: Int64 = 0
                    for _ in 0..<count {
                        if flags & 0x100 != 0 { ticks += take() ?? 0 }
                        if flags & 0x200 != 0 { bytes += take() ?? 0 }
                        if flags & 0x400 != 0 { next += 4 }
                        if flags & 0x800 != 0 { next += 4 }
                    }
                    if flags & 0x100 != 0 { run.ticks = ticks }
                }
                if flags & 0x200 == 0, let size { bytes = size * count }
                if run.ticks == nil, let duration { run.ticks = duration * count }
                if let offset, base >= 0, base < Int64.max / 2, bytes < Int64.max / 4 {
                    neededSize = max(neededSize, base + offset + bytes)
                }
                sampleCount += count
                if runs.count < 2_000_000 { runs.append(run) }
            default: break
            }
        }
    }

    /// The defaults of `mvex`, out of the index's boxes.
    mutating func readDefaults(_ boxes: [Box], _ index: IndexBytes) {
        for extends in boxes where extends.type == "mvex" {
            for box in Box.children(in: extends.payload, of: index).boxes where box.type == "trex" {
                let start = box.payload.lowerBound
                guard box.payload.count >= 24, let track = index.big32(start + 4) else { continue }
                defaults[track] = Defaults(
                    duration: Int64(index.big32(start + 12) ?? 0),
                    size: Int64(index.big32(start + 16) ?? 0))
            }
        }
    }

    /// The longest track's fragments together; nil where there are none.
    func durationMicroseconds(of tracks: [MovieTrack]) -> Int64? {
        var longest: Double?
        for track in tracks where track.timeScale > 0 {
            let fallback = defaults[track.identifier]?.duration ?? 0
            var ticks = 0.0
            for run in runs where run.track == track.identifier {
                ticks += Double(run.ticks ?? 0)
                if run.ticks == nil { ticks += Double(fallback) * Double(run.samples) }
            }
            guard ticks > 0 else { continue }
            longest = max(longest ?? 0, ticks / Double(track.timeScale))
        }
        return longest.flatMap { $0 < 1e9 ? Int64(($0 * 1_000_000).rounded()) : nil }
    }

    /// Samples a second of one track, over all its fragments.
    func sampleRate(of track: MovieTrack) -> Fraction? {
        let fallback = defaults[track.identifier]?.duration ?? 0
        var (ticks, samples) = (0.0, 0.0)
        for run in runs where run.track == track.identifier {
            ticks += run.ticks.map(Double.init) ?? Double(fallback) * Double(run.samples)
            samples += Double(run.samples)
        }
        let numerator = samples * Double(track.timeScale)
        guard ticks > 0, ticks < 1e15, numerator < 1e15 else { return nil }
        return Fraction(Int64(numerator), Int64(ticks))
    }
}
