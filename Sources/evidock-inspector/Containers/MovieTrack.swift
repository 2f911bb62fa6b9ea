/// One track of an MP4 or MOV index: its sample tables, read with bounds.
struct MovieTrack {
    /// What holding the tables against the file gave.
    enum Verdict {
        case whole
        /// A sample ends there, beyond the file.
        case beyond(Int64)
        /// A sample stands where no media data are.
        case outside
        case contradicts(String)
    }

    private(set) var identifier: UInt32 = 0
    private(set) var timeScale: Int64 = 0
    private(set) var handler: FourCharacters = "...."
    /// How its samples are coded: its first sample entry.
    private(set) var format: FourCharacters = "...."
    private(set) var sampleCount: Int64 = 0
    private(set) var durationMicroseconds: Int64?
    /// Samples a second, over the whole track.
    private(set) var sampleRate: Fraction?
    private(set) var isEncrypted = false
    private(set) var problem: String?

    private let index: IndexBytes
    private var offsets: Table?
    private var longOffsets = false
    private var chunks: Table?
    private var sizes: Table?
    /// Bytes of each sample where all are alike, else 0.
    private var commonSize: Int64 = 0
    private var ticks: Int64 = 0

    /// `count` entries of `width` bytes each, which all lie in the index.
    private struct Table {
        let start: Int
        let count: Int
        let width: Int

        init?(_ index: IndexBytes, countAt place: Int, width: Int, within payload: Range<Int>) {
            guard place + 4 <= payload.upperBound, let count = index.big32(place),
                Int(count) <= (payload.upperBound - place - 4) / width
            else { return nil }
            (self.start, self.count, self.width) = (place + 4, Int(count), width)
        }

        func offset(_ entry: Int) -> Int { start + entry * width }
    }

    init(_ box: Box, _ index: IndexBytes) {
        self.index = index
        read(box.payload, depth: 0)
        if timeScale > 0, ticks > 0 {
            let seconds = Double(ticks) / Double(timeScale)
            if seconds < 1e9 { durationMicroseconds = Int64((seconds * 1_000_000).rounded()) }
            if sampleCount < 1 << 31, timeScale < 1 << 31 {
                sampleRate = Fraction(sampleCount * timeScale, ticks)
            }
        }
    }

    private static let encrypted: Set<FourCharacters> = [
        "encv", "enca", "enct", "encs", "drmi", "drms",
    ]

    private mutating func read(_ range: Range<Int>, depth: Int) {
        let (boxes, complete) = Box.children(in: range, of: index)
        if !complete { problem = problem ?? "a box of impossible size in a track" }
        for box in boxes {
            let start = box.payload.lowerBound
            switch box.type {
            case "mdia", "minf", "stbl": if depth < 4 { read(box.payload, depth: depth + 1) }
            case "tkhd":
                let version = (index.big32(start) ?? 0) >> 24
                identifier = index.big32(start + (version == 1 ? 20 : 12)) ?? 0
            case "mdhd":
                let version = (index.big32(start) ?? 0) >> 24
                let scale = index.big32(start + (version == 1 ? 20 : 12)) ?? 0
                timeScale = Int64(scale)
                if scale == 0 || scale > UInt32(Int32.max) {
                    problem = problem ?? "a track's time scale is impossible (\(scale))"
                }
            case "hdlr" where depth == 1:
                handler = FourCharacters(code: index.big32(start + 8) ?? 0)
            case "stsd": readDescription(box.payload)
            case "stts": readTimes(box.payload)
            case "stsz": readSizes(box.payload)
            case "stz2":
                guard start + 12 <= box.payload.upperBound else { break }
                // Rare: counted, not placed.
                sampleCount = Int64(index.big32(start + 8) ?? 0)
            case "stsc": chunks = table(start + 4, 12, box.payload, "stsc")
            case "stco": offsets = table(start + 4, 4, box.payload, "stco")
            case "co64":
                offsets = table(start + 4, 8, box.payload, "co64")
                longOffsets = true
            default: break
            }
        }
    }

    private mutating func table(
        _ place: Int, _ width: Int, _ payload: Range<Int>, _ name: String
    ) -> Table? {
        let table = Table(index, countAt: place, width: width, within: payload)
        if table == nil { problem = problem ?? "a sample table (\(name)) is longer than its box" }
        return table
    }

    private mutating func readDescription(_ payload: Range<Int>) {
        let (entries, _) = Box.children(
            in: min(payload.lowerBound + 8, payload.upperBound)..<payload.upperBound, of: index)
        if let entry = entries.first { format = entry.type }
        if entries.contains(where: { Self.encrypted.contains($0.type) }) { isEncrypted = true }
    }

    private mutating func readTimes(_ payload: Range<Int>) {
        guard let table = table(payload.lowerBound + 4, 8, payload, "stts") else { return }
        var total: Int64 = 0
        for entry in 0..<table.count {
            let count = Int64(index.big32(table.offset(entry)) ?? 0)
            let delta = Int64(index.big32(table.offset(entry) + 4) ?? 0)
            // Some writers mend a drift with a negative step.
            guard delta <= Int64(Int32.max) else { continue }
            let (sum, overflow) = total.addingReportingOverflow(count * delta)
            guard !overflow else { return }
            total = sum
        }
        ticks = total
    }

    private mutating func readSizes(_ payload: Range<Int>) {
        let start = payload.lowerBound
        guard start + 12 <= payload.upperBound, let common = index.big32(start + 4),
            let count = index.big32(start + 8)
        else {
            problem = problem ?? "a sample table (stsz) is cut off"
            return
        }
        commonSize = Int64(common)
        sampleCount = Int64(count)
        if common == 0 { sizes = table(start + 8, 4, payload, "stsz") }
    }

    /// Holds each sample's place against the media data and the file's end.
    func check(against media: [Range<Int64>], fileSize: Int64) -> Verdict {
        guard sampleCount > 0 else { return .whole }
        guard let offsets, let chunks, commonSize > 0 || sizes != nil else {
            return problem == nil && commonSize == 0 && sizes == nil
                ? .whole : .contradicts("a track has samples, but no table says where")
        }
        let contradiction = Verdict.contradicts("sample tables that contradict each other")
        guard chunks.count > 0, offsets.count > 0, first(chunks, 0) == 1 else {
            return contradiction
        }
        var run = 0
        var sample: Int64 = 0
        var home: Range<Int64>?
        var isOutside = false
        var reach: Int64 = 0
        for chunk in 0..<offsets.count {
            while run + 1 < chunks.count, first(chunks, run + 1) <= chunk + 1 {
                guard first(chunks, run + 1) > first(chunks, run) else { return contradiction }
                run += 1
            }
            let held = Int64(index.big32(chunks.offset(run) + 4) ?? 0)
            guard held > 0, held <= sampleCount - sample else { return contradiction }
            let bytes = size(of: sample, count: held)
            sample += held
            let start = place(offsets, chunk)
            guard let bytes, let start, start <= Int64.max - bytes else { return contradiction }
            let end = start + bytes
            reach = max(reach, end)
            if let home, home.lowerBound <= start, end <= home.upperBound { continue }
            home = media.first { $0.lowerBound <= start && end <= $0.upperBound }
            if home == nil, bytes > 0 { isOutside = true }
        }
        guard sample == sampleCount, run == chunks.count - 1 else { return contradiction }
        if reach > fileSize { return .beyond(reach) }
        return isOutside ? .outside : .whole
    }

    /// Where its samples stand in the file, in their order, as far as the tables go together.
    func samples(atMost limit: Int) -> [Range<Int64>] {
        guard let offsets, let chunks, chunks.count > 0 else { return [] }
        var found: [Range<Int64>] = []
        var run = 0
        for chunk in 0..<offsets.count {
            while run + 1 < chunks.count, first(chunks, run + 1) <= chunk + 1 { run += 1 }
            guard var start = place(offsets, chunk) else { return found }
            for _ in 0..<(index.big32(chunks.offset(run) + 4) ?? 0) {
                guard found.count < limit, found.count < sampleCount,
                    let bytes = size(of: Int64(found.count), count: 1), start <= .max - bytes
                else { return found }
                found.append(start..<start + bytes)
                start += bytes
            }
        }
        return found
    }

    private func first(_ chunks: Table, _ run: Int) -> Int {
        Int(index.big32(chunks.offset(run)) ?? 0)
    }

    private func place(_ offsets: Table, _ chunk: Int) -> Int64? {
        longOffsets
            ? index.big64(offsets.offset(chunk)).flatMap { Int64(exactly: $0) }
            : index.big32(offsets.offset(chunk)).map { Int64($0) }
    }

    /// Bytes of so many samples from there on.
    private func size(of sample: Int64, count: Int64) -> Int64? {
        guard let sizes, commonSize == 0 else { return commonSize * count }
        var total: Int64 = 0
        for entry in Int(sample)..<Int(sample + count) {
            guard entry < sizes.count, let size = index.big32(sizes.offset(entry)) else {
                return nil
            }
            guard size <= UInt32(Int32.max) else { return nil }
            total += Int64(size)
        }
        return total
    }
}
