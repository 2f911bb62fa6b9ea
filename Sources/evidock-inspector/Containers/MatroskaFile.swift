/// The top elements of a Matroska or WebM file (RFC 8794, RFC 9559), walked to say whether it is
/// whole.
struct MatroskaFile {
    private(set) var problems: [String] = []

    private static let segment: UInt64 = 0x1853_8067
    private static let cluster: UInt64 = 0x1f43_b675
    private static let tracks: UInt64 = 0x1654_ae6b
    private static let elementLimit = 1_000_000

    init(_ footage: Footage) {
        var neededSize: Int64 = 0
        var seen: Set<UInt64> = []
        var offset: Int64 = 0
        var count = 0
        while offset < footage.size, count < Self.elementLimit {
            count += 1
            guard let (name, nameWidth) = Self.number(footage, at: offset, keepsMarker: true),
                let (length, lengthWidth) = Self.number(
                    footage, at: offset + nameWidth, keepsMarker: false)
            else {
                // Less than a whole element's head is left.
                if offset + 2 < footage.size, neededSize <= footage.size, seen.count < 2 {
                    problems.append("an element of impossible size at byte \(offset)")
                } else if offset + 12 > footage.size {
                    neededSize = max(neededSize, footage.size + 1)
                }
                break
            }
            seen.insert(name)
            let start = offset + nameWidth + lengthWidth
            let isUnknown = length == (1 << (7 * UInt64(lengthWidth))) - 1
            if name == Self.segment {
                if !isUnknown, length < 1 << 62 {
                    neededSize = max(neededSize, start + Int64(length))
                }
                offset = start
                continue
            }
            // Written live, with no size: its children would have to be walked.
            guard !isUnknown else { break }
            guard length < 1 << 62 else {
                problems.append("an element of impossible size at byte \(offset)")
                break
            }
            neededSize = max(neededSize, start + Int64(length))
            offset = start + Int64(length)
        }
        if neededSize > footage.size {
            problems.append(
                neededSize == footage.size + 1
                    ? "truncated at byte \(footage.size)"
                    : "truncated at byte \(footage.size) of \(neededSize)")
        }
        if !seen.contains(Self.tracks) { problems.append("no tracks") }
        if !seen.contains(Self.cluster), problems.isEmpty { problems.append("no media data") }
    }

    private static func number(
        _ footage: Footage, at offset: Int64, keepsMarker: Bool
    ) -> (UInt64, Int64)? {
        guard let first = footage.exactly(1, at: offset)?.first, first != 0 else { return nil }
        let width = first.leadingZeroBitCount + 1
        guard let bytes = footage.exactly(width, at: offset) else { return nil }
        let whole: UInt64 = bytes.bigEndian()
        let value = keepsMarker ? whole : whole & ((1 << (7 * UInt64(width))) - 1)
        return (value, Int64(width))
    }
}
