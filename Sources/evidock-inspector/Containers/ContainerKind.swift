/// What a file is by its own first bytes. The name decides nothing.
enum ContainerKind: Equatable {
    case movie
    case jpeg
    case avi
    case wave
    case wave64
    case matroska
    case transport(packet: Int, lead: Int)
    case program
    case amr
    case flv, asf, ogg, flac
    /// An MP3 behind an ID3v2 tag.
    case taggedAudio

    /// libavformat's demuxer for it; nil where we read it ourselves.
    var demuxer: String? {
        switch self {
        case .movie: "mov"
        case .jpeg: nil
        case .avi: "avi"
        case .wave: "wav"
        case .wave64: "w64"
        case .matroska: "matroska"
        case .transport: "mpegts"
        case .program: "mpeg"
        case .amr: "amr"
        case .flv: "flv"
        case .asf: "asf"
        case .ogg: "ogg"
        case .flac: "flac"
        case .taggedAudio: "mp3"
        }
    }

    /// Of the beginning of a file (some KiB); nil where it is none that we know.
    init?(start: [UInt8]) {
        func has(_ text: StaticString, at offset: Int = 0) -> Bool {
            text.withUTF8Buffer { start.dropFirst(offset).starts(with: $0) }
        }
        if start.starts(with: [0xff, 0xd8, 0xff]) {
            self = .jpeg
        } else if Self.isBox(start) {
            self = .movie
        } else if has("RIFF"), has("AVI ", at: 8) {
            self = .avi
        } else if has("RIFF") || has("RF64") || has("BW64"), has("WAVE", at: 8) {
            self = .wave
        } else if has("riff\u{2e}") {
            self = .wave64
        } else if start.starts(with: [0x1a, 0x45, 0xdf, 0xa3]) {
            self = .matroska
        } else if start.starts(with: [0, 0, 1, 0xba]) {
            self = .program
        } else if has("#!AMR") {
            self = .amr
        } else if has("FLV\u{1}") {
            self = .flv
        } else if start.starts(with: [0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11]) {
            self = .asf
        } else if has("OggS") {
            self = .ogg
        } else if has("fLaC") {
            self = .flac
        } else if has("ID3") {
            self = .taggedAudio
        } else if let transport = Self.transport(start) {
            self = transport
        } else {
            return nil
        }
    }

    private static let firstBoxes: Set<FourCharacters> = [
        "ftyp", "moov", "mdat", "wide", "free", "skip", "pnot", "styp", "moof", "sidx", "uuid",
    ]

    private static func isBox(_ start: [UInt8]) -> Bool {
        guard start.count >= 8 else { return false }
        let size: UInt32 = start[0..<4].bigEndian()
        let type = FourCharacters(code: start[4..<8].bigEndian())
        return firstBoxes.contains(type) && (size == 0 || size == 1 || size >= 8)
    }

    /// Packets of 188 bytes, 192 (AVCHD) or 204, with their sync byte in at least five in a row
    /// (or as many as there are).
    private static func transport(_ start: [UInt8]) -> ContainerKind? {
        for (packet, lead) in [(188, 0), (192, 4), (204, 0)] {
            let places = Array(stride(from: lead, to: start.count, by: packet).prefix(8))
            guard places.count >= 2, places.prefix(5).allSatisfy({ start[$0] == 0x47 }) else {
                continue
            }
            return .transport(packet: packet, lead: lead)
        }
        return nil
    }
}
