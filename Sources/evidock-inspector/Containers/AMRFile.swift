/// The frames of an AMR voice file (RFC 4867, section 5), walked: its duration, and whether it is
/// whole. Each frame is 20 ms.
struct AMRFile {
    private(set) var problems: [String] = []
    private(set) var durationMicroseconds: Int64 = 0

    private static let narrow = [12, 13, 15, 17, 19, 20, 26, 31, 5, 0, 0, 0, 0, 0, 0, 0]
    private static let wide = [17, 23, 32, 36, 40, 46, 50, 58, 60, 5, 0, 0, 0, 0, 0, 0]
    /// 28 hours.
    private static let frameLimit = 5_000_000

    init(_ footage: Footage) {
        let isWide = footage.exactly(9, at: 0).map { $0.elementsEqual("#!AMR-WB\n".utf8) } ?? false
        let sizes = isWide ? Self.wide : Self.narrow
        var offset: Int64 = isWide ? 9 : 6
        var frames: Int64 = 0
        while offset < footage.size, frames < Self.frameLimit {
            guard let head = footage.exactly(1, at: offset)?.first else { break }
            let end = offset + 1 + Int64(sizes[Int(head >> 3 & 15)])
            guard end <= footage.size else {
                problems.append("truncated at byte \(footage.size) of \(end)")
                break
            }
            frames += 1
            offset = end
        }
        durationMicroseconds = frames * 20_000
        if frames == 0 { problems.append("no sound") }
    }
}
