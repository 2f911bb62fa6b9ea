/// The chunks of an AVI or WAV file, walked to say whether it is whole.
struct RIFFFile {
    private(set) var problems: [String] = []
    /// Of sound: its bytes over the bytes a second that its header names.
    private(set) var durationMicroseconds: Int64?

    private static let chunkLimit = 100_000
    private static let indexed: UInt32 = 0x10

    /// `AVI ` or `WAVE`.
    init(_ footage: Footage, form: FourCharacters) {
        var neededSize: Int64 = 0
        var seen: Set<FourCharacters> = []
        var flags: UInt32 = 0
        var longSize: Int64?
        var rate: UInt32 = 0
        var isUnfinished = false
        var endsOdd = false
        var offset: Int64 = 0
        var count = 0
        let isWave = form == "WAVE"
        while offset <= footage.size - 8, count < Self.chunkLimit {
            count += 1
            guard let code = footage.big32(at: offset), let small = footage.little32(at: offset + 4)
            else { break }
            let type = FourCharacters(code: code)
            var length = Int64(small)
            if type == "RIFF" || type == "RF64" || type == "BW64" {
                if length == 0 { isUnfinished = true }
                // The chunks inside tell the same more exactly; a size beyond the end is a cut.
                if length != 0, type == "RIFF", small != .max {
                    neededSize = max(neededSize, offset + 8 + length)
                }
                offset += 12
                continue
            }
            if type == "ds64" {
                longSize = footage.little64(at: offset + 16).flatMap { Int64(exactly: $0) }
            }
            if type == "data", isWave, small == .max {
                length = longSize ?? footage.size - offset - 8
            }
            if type == "LIST" {
                let list = footage.big32(at: offset + 8).map(FourCharacters.init(code:)) ?? "...."
                seen.insert(list)
                if list == "hdrl" { flags = footage.little32(at: offset + 32) ?? 0 }
                if list == "movi", length == 0 { isUnfinished = true }
            }
            if type == "fmt " { rate = footage.little32(at: offset + 16) ?? 0 }
            guard code != 0 else { break }
            seen.insert(type)
            guard length >= 0, length < Int64.max / 2 else { break }
            if type == "data", isWave, rate > 0 {
                let there = Double(min(length, footage.size - offset - 8))
                durationMicroseconds = Int64(there / Double(rate) * 1_000_000)
            }
            neededSize = max(neededSize, offset + 8 + length)
            endsOdd = length % 2 == 1 && offset + 8 + length == footage.size
            offset += 8 + length + length % 2
        }
        // The pad byte after an odd last chunk is often left away.
        if neededSize > footage.size, !(endsOdd && neededSize == footage.size + 1) {
            problems.append("truncated at byte \(footage.size) of \(neededSize)")
        }
        if isUnfinished { problems.append("never finished: its sizes are 0") }
        if isWave {
            if !seen.contains("fmt ") { problems.append("no format (fmt)") }
            if !seen.contains("data") { problems.append("no sound (data)") }
        } else {
            if !seen.contains("hdrl") { problems.append("no header (hdrl)") }
            if !seen.contains("movi") { problems.append("no media data (movi)") }
            if flags & Self.indexed != 0, !seen.contains("idx1"), problems.isEmpty {
                problems.append("no index (idx1)")
            }
        }
    }
}
