import CLibAV
import Evidence
import Glibc

/// Finds out what one file holds: its kind by its own bytes, whether it is whole by our own walk
/// of its parts, its streams and tags by libav.
///
/// The status is ours: that a tool opens a file does not make it sound.
enum Examination {
    /// Names the program and the libraries it read with.
    static let inspector = "evidock-inspector 1, " + Demuxer.versions

    /// `hint` is the end of the file's name: what stands after its last dot is the extension.
    static func facts(of footage: Footage, hint: String) -> MediaFacts {
        var facts = outcome(of: footage, hint: Hint(hint))
        facts.inspector = inspector
        facts.problem = facts.problem.map { SafeText.shown($0, limit: 512) }
        return facts
    }

    private static func outcome(of footage: Footage, hint: Hint) -> MediaFacts {
        guard footage.size > 0 else {
            return MediaFacts(status: .unreadable, problem: "the file is empty")
        }
        let start = footage.bytes(at: 0, count: 4096)
        guard !start.isEmpty else {
            return MediaFacts(status: .unreadable, problem: "the file cannot be read")
        }
        if let kind = ContainerKind(start: start) {
            return facts(from: read(footage, as: kind), hint: hint)
        }
        let more = footage.bytes(at: 0, count: 65_536)
        if !isText(start), let demuxer = audioDemuxer(of: more, hint: hint) {
            var reading = Reading(container: nil, size: footage.size)
            demux(footage, demuxer, into: &reading)
            return facts(from: reading, hint: hint)
        }
        var facts = strange(start, hint: hint)
        if isText(start), facts.status == .notMedia {
            facts.track = SatelliteLog.track(of: footage)
        }
        return facts
    }

    /// What is no container we know.
    private static func strange(_ start: [UInt8], hint: Hint) -> MediaFacts {
        if hint.saysEncrypted {
            return MediaFacts(status: .encrypted, problem: "encrypted, as its name says")
        }
        if isText(start) {
            return MediaFacts(
                status: .notMedia,
                problem: hint.saysMedia
                    ? "text under the name of a recording" : "no recording: text")
        }
        guard hint.saysMedia else {
            return MediaFacts(
                status: .notMedia,
                problem: "no recording: it does not begin like any container that is known")
        }
        let isBlank = start.allSatisfy { $0 == 0 }
        return MediaFacts(
            status: .unreadable,
            problem: isBlank
                ? "nothing but zeros at its beginning"
                : "it does not begin like any container that is known")
    }

    private static func facts(from reading: Reading, hint: Hint) -> MediaFacts {
        var status = MediaFacts.Status.sound
        var problems = reading.problems
        if !problems.isEmpty, !(hint.saysEncrypted && reading.streams.isEmpty) {
            status = .damaged
        } else if reading.isEncrypted || hint.saysEncrypted {
            status = .encrypted
            problems = [
                reading.isEncrypted
                    ? "its streams are encrypted" : "encrypted, as its name says"
            ]
        }
        var facts = MediaFacts(
            status: status,
            problem: problems.isEmpty ? nil : problems.prefix(4).joined(separator: "; "))
        for field in FieldCatalogue.all { field.read(reading, into: &facts) }
        facts.track = reading.track
        return facts
    }

    private static func read(_ footage: Footage, as kind: ContainerKind) -> Reading {
        var reading = Reading(container: nil, size: footage.size)
        var lastResort: Int64?
        switch kind {
        case .movie: readMovie(footage, into: &reading)
        case .jpeg: readPicture(footage, into: &reading)
        case .avi: reading.problems = RIFFFile(footage, form: "AVI ").problems
        case .wave:
            let sound = RIFFFile(footage, form: "WAVE")
            reading.problems = sound.problems
            lastResort = sound.durationMicroseconds
        case .matroska: reading.problems = MatroskaFile(footage).problems
        case .transport(let packet, let lead):
            reading.problems = TransportStream(footage, packet: packet, lead: lead).problems
        case .amr:
            let voice = AMRFile(footage)
            reading.problems = voice.problems
            reading.durationMicroseconds = voice.durationMicroseconds
        case .wave64, .program, .flv, .asf, .ogg, .flac, .taggedAudio: break
        }
        if kind != .movie, let demuxer = kind.demuxer { demux(footage, demuxer, into: &reading) }
        if reading.durationMicroseconds == nil { reading.durationMicroseconds = lastResort }
        return reading
    }

    private static func readMovie(_ footage: Footage, into reading: inout Reading) {
        let movie = MovieFile(footage)
        reading.container = "mov,mp4,m4a,3gp,3g2,mj2"
        reading.problems = movie.problems
        reading.isEncrypted = movie.isEncrypted
        if movie.hasIndex {
            demux(footage, "mov", into: &reading)
        }
        // Ours, even where it is nothing: libav repeats what a lying header says.
        reading.durationMicroseconds = movie.durationMicroseconds
        reading.track = MovieTelemetry.track(of: movie, footage)
        for entry in movie.tags.entries { reading.tags.append(entry.name, entry.value) }
        guard reading.streams.count == movie.tracks.count else { return }
        for number in reading.streams.indices where reading.streams[number].type == "video" {
            if let rate = movie.sampleRate(ofTrack: number) {
                reading.streams[number].frameRate = rate
            }
        }
    }

    private static func readPicture(_ footage: Footage, into reading: inout Reading) {
        let picture = JPEGFile(footage)
        reading.container = "jpeg"
        reading.problems = picture.problems
        var stream = Reading.Stream(type: "video")
        stream.codec = "mjpeg"
        (stream.width, stream.height) = (picture.width, picture.height)
        if let exif = picture.exif {
            stream.rotation = exif.rotation
            reading.tags = exif.tags
            reading.place = exif.place
        }
        if picture.width != nil { reading.streams = [stream] }
    }

    private static func demux(_ footage: Footage, _ demuxer: String, into reading: inout Reading) {
        do {
            try Demuxer.read(footage, demuxer: demuxer, into: &reading)
            if reading.streams.isEmpty { reading.report("no streams in it") }
        } catch .failed(let number) where number == evidock_av_error(ENOMEM) {
            reading.report("it asks for more memory than may be used")
        } catch {
            reading.report("its \(demuxer) structure cannot be read")
        }
    }

    /// MP3 and AAC may begin with a bare frame, which other things can look like: libav's own guess
    /// decides, and where it is not sure the name must agree.
    private static func audioDemuxer(of start: [UInt8], hint: Hint) -> String? {
        guard let (name, score) = Demuxer.guess(start), ["mp3", "aac"].contains(name) else {
            return nil
        }
        let agrees = name == "mp3" ? ["mp3", "mp2"] : ["aac", "adts"]
        return score > 50 || (score >= 25 && agrees.contains(hint.fileExtension)) ? name : nil
    }

    private static func isText(_ start: [UInt8]) -> Bool {
        let sample = start.prefix(4096)
        return sample.allSatisfy { $0 >= 0x20 && $0 != 0x7f || (0x09...0x0d).contains($0) }
    }
}

/// What a file's name hints at. It never makes a recording of what is none.
struct Hint {
    let fileExtension: String
    let saysEncrypted: Bool

    private static let media: Set<String> = [
        "mp4", "mov", "m4v", "m4a", "3gp", "3g2", "avi", "mkv", "webm", "ts", "mts", "m2ts", "mpg",
        "mpeg", "vob", "wav", "mp3", "aac", "amr", "jpg", "jpeg", "flv", "asf", "wmv", "wma", "ogg",
        "flac", "insv", "360", "lrv",
    ]

    init(_ end: String) {
        let parts = end.lowercased().split(separator: ".", omittingEmptySubsequences: false)
        fileExtension = parts.last.map(String.init) ?? ""
        saysEncrypted =
            fileExtension == "enc" || parts.dropLast().last?.hasSuffix("_enc") == true
    }

    var saysMedia: Bool { Self.media.contains(fileExtension) }
}
