/// The boxes of an MP4, MOV or 3GP file (ISO/IEC 14496-12), walked by us with bounds, to say what
/// libavformat does not: whether the file is whole.
///
/// A file that was cut opens cleanly with its full duration where its index stands in front; so
/// each sample's place is held against the bytes that are there.
struct MovieFile {
    private(set) var problems: [String] = []
    private(set) var isEncrypted = false
    private(set) var tracks: [MovieTrack] = []
    private(set) var hasIndex = false
    private(set) var isFragmented = false
    private(set) var durationMicroseconds: Int64?
    /// What the makers' own user data say.
    private(set) var tags = TagList()

    private var mediaData: [Range<Int64>] = []
    private var neededSize: Int64 = 0
    private var movieDuration: Fraction?
    private var fragments = MovieFragments()

    private static let indexLimit: Int64 = 128 << 20
    private static let boxLimit = 1_000_000
    private static let year: Int64 = 366 * 86_400 * 1_000_000

    init(_ footage: Footage) {
        let index = walk(footage)
        if let index { read(index, footage) }
        judge(footage)
        durationMicroseconds = duration
    }

    private mutating func report(_ problem: String) {
        if !problems.contains(problem) { problems.append(problem) }
    }

    /// The top level. Gives the index's bytes where there is one.
    private mutating func walk(_ footage: Footage) -> IndexBytes? {
        var offset: Int64 = 0
        var index: IndexBytes?
        var fragmentPlaces: [Range<Int64>] = []
        var count = 0
        while offset <= footage.size - 8, count < Self.boxLimit {
            count += 1
            guard let small = footage.big32(at: offset), let code = footage.big32(at: offset + 4)
            else { break }
            let type = FourCharacters(code: code)
            // Zeros to the end: room that the recorder set aside.
            if small == 0, code == 0 { break }
            var header: Int64 = 8
            var length = Int64(small)
            if small == 0 { length = footage.size - offset }
            if small == 1 {
                header = 16
                length = footage.big64(at: offset + 8).flatMap { Int64(exactly: $0) } ?? -1
            }
            guard length >= header, length <= Int64.max - offset else {
                report("a box of impossible size (\(type)) at byte \(offset)")
                break
            }
            let end = offset + length
            neededSize = max(neededSize, end)
            let there = min(end, footage.size)
            switch type {
            case "mdat": mediaData.append(offset + header..<max(there, offset + header))
            case "moov" where index == nil:
                hasIndex = true
                if there - offset > Self.indexLimit {
                    report("an index (moov) of \(length) bytes")
                } else {
                    index = IndexBytes(
                        bytes: footage.bytes(
                            at: offset + header, count: Int(there - offset - header)))
                }
            case "moof": fragmentPlaces.append(offset..<there)
            default: break
            }
            offset = end
        }
        if index == nil, !fragmentPlaces.isEmpty { isFragmented = true }
        for place in fragmentPlaces { fragments.read(place, footage) }
        return index
    }

    private mutating func read(_ index: IndexBytes, _ footage: Footage) {
        let (boxes, complete) = Box.children(in: 0..<index.bytes.count, of: index)
        if !complete, neededSize <= footage.size {
            report("a box of impossible size in the index (moov)")
        }
        for box in boxes {
            switch box.type {
            case "mvhd": readHeader(box, index)
            case "trak":
                guard tracks.count < 256 else { break }
                let track = MovieTrack(box, index)
                if let problem = track.problem { report(problem) }
                if track.isEncrypted { isEncrypted = true }
                tracks.append(track)
            case "mvex": isFragmented = true
            case "udta": GoProSettings.read(box, index, into: &tags)
            default: break
            }
        }
        if isFragmented { fragments.readDefaults(boxes, index) }
    }

    private mutating func readHeader(_ box: Box, _ index: IndexBytes) {
        let start = box.payload.lowerBound
        guard let version = index.big32(start).map({ $0 >> 24 }) else { return }
        let scale = index.big32(start + (version == 1 ? 20 : 12)) ?? 0
        let length =
            version == 1
            ? index.big64(start + 24).flatMap { Int64(exactly: $0) }
            : index.big32(start + 16).flatMap { $0 == .max ? nil : Int64($0) }
        if scale == 0 { report("the movie's time scale is 0") }
        movieDuration = length.flatMap { Fraction($0, Int64(scale)) }
    }

    /// Everything that is wrong, the gravest first.
    private mutating func judge(_ footage: Footage) {
        var found: [String] = []
        if !hasIndex {
            found.append(isFragmented ? "no header (moov) for its fragments" : "no index (moov)")
        }
        var contradiction: String?
        for track in tracks {
            switch track.check(against: mediaData, fileSize: footage.size) {
            case .whole: break
            case .beyond(let end): neededSize = max(neededSize, end)
            case .outside: contradiction = "the index points outside the media data (mdat)"
            case .contradicts(let what): contradiction = what
            }
        }
        neededSize = max(neededSize, fragments.neededSize)
        if neededSize > footage.size {
            found.append("truncated at byte \(footage.size) of \(neededSize)")
        }
        let samples = tracks.reduce(0) { $0 + $1.sampleCount }
        if hasIndex, mediaData.isEmpty, samples > 0 || !fragments.isEmpty {
            found.append("no media data (mdat)")
        } else if let contradiction {
            found.append(contradiction)
        }
        if hasIndex, tracks.isEmpty { found.append("no tracks in the index (moov)") }
        if hasIndex, !tracks.isEmpty, samples == 0, fragments.sampleCount == 0 {
            found.append("no samples: the recording holds nothing")
        }
        problems = found + problems.filter { !found.contains($0) }
    }

    /// The movie header's duration, where the tracks bear it out; else theirs, or the fragments'.
    private var duration: Int64? {
        var longest = tracks.compactMap(\.durationMicroseconds).max()
        if let fragmented = fragments.durationMicroseconds(of: tracks) {
            longest = max(longest ?? 0, fragmented)
        }
        let claimed = movieDuration.flatMap { Self.microseconds($0) }
        guard let longest, longest > 0 else {
            // With no track to bear it out a header can claim anything.
            return nil
        }
        guard let claimed, !isFragmented, claimed <= longest * 2 + 60_000_000 else {
            return longest <= Self.year ? longest : nil
        }
        return claimed <= Self.year ? claimed : nil
    }

    /// Pictures a second of one track, with its fragments.
    func sampleRate(ofTrack number: Int) -> Fraction? {
        guard tracks.indices.contains(number) else { return nil }
        return tracks[number].sampleRate ?? fragments.sampleRate(of: tracks[number])
    }

    static func microseconds(_ seconds: Fraction) -> Int64? {
        let value = seconds.value * 1_000_000
        return value < Double(1 << 52) ? Int64(value.rounded()) : nil
    }
}
