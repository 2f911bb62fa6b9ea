import Evidence

/// What EXIF (CIPA DC-008, in TIFF 6.0) says of the camera, the time and the place. Everything is
/// bounded: each directory is read once, each value within the segment.
struct EXIF {
    private(set) var tags = TagList()
    private(set) var place: MediaFacts.Place?
    /// Degrees clockwise that a viewer must turn the picture.
    private(set) var rotation: Int64 = 0
    /// Where an MPF index (CIPA DC-007), which is built alike, says that further pictures stand.
    private(set) var furtherPictures: [Range<Int64>] = []

    private let bytes: [UInt8]
    private let isLittle: Bool

    private static let names: [UInt16: String] = [
        0x010f: "Make", 0x0110: "Model", 0x0131: "Software", 0x0132: "DateTime",
        0x013b: "Artist", 0x9003: "DateTimeOriginal", 0x9010: "OffsetTime",
        0x9011: "OffsetTimeOriginal", 0xa431: "BodySerialNumber", 0xa434: "LensModel",
    ]
    private static let entryLimit = 512

    private struct Entry {
        let tag: UInt16
        let type: UInt16
        let count: Int
        let value: Int
    }

    init?(_ segment: some Sequence<UInt8>) {
        bytes = Array(segment)
        guard bytes.count >= 8 else { return nil }
        switch (bytes[0], bytes[1]) {
        case (0x49, 0x49): isLittle = true
        case (0x4d, 0x4d): isLittle = false
        default: return nil
        }
        guard let first = number(4, 4) else { return nil }
        for entry in entries(at: first) {
            switch entry.tag {
            case 0x8769:
                for detail in entries(at: number(entry.value, 4) ?? 0) { name(detail) }
            case 0xb002 where entry.type == 7: readPictures(entry)
            case 0x8825: readPlace(entries(at: number(entry.value, 4) ?? 0))
            case 0x0112:
                switch number(entry.value, 2) ?? 1 {
                case 3: rotation = 180
                case 6: rotation = 90
                case 8: rotation = 270
                default: break
                }
            default: name(entry)
            }
        }
    }

    private func number(_ offset: Int, _ width: Int) -> Int? {
        guard offset >= 0, offset <= bytes.count - width else { return nil }
        let slice = bytes[offset..<offset + width]
        let value: UInt32 = isLittle ? slice.littleEndian() : slice.bigEndian()
        return Int(value)
    }

    private func entries(at offset: Int) -> [Entry] {
        guard offset >= 8, let count = number(offset, 2) else { return [] }
        var found: [Entry] = []
        for place in 0..<min(count, Self.entryLimit) {
            let start = offset + 2 + place * 12
            guard let tag = number(start, 2), let type = number(start + 2, 2),
                let count = number(start + 4, 4), let far = number(start + 8, 4)
            else { break }
            let widths = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8]
            guard type < widths.count, widths[type] > 0, count <= bytes.count else { continue }
            let size = count * widths[type]
            let value = size <= 4 ? start + 8 : far
            guard value <= bytes.count - size else { continue }
            found.append(Entry(tag: UInt16(tag), type: UInt16(type), count: count, value: value))
        }
        return found
    }

    private mutating func readPictures(_ entry: Entry) {
        for place in stride(from: entry.value, to: entry.value + entry.count - 15, by: 16) {
            guard let size = number(place + 4, 4), let start = number(place + 8, 4), start > 0
            else {
                continue
            }
            furtherPictures.append(Int64(start)..<Int64(start + size))
        }
    }

    private mutating func name(_ entry: Entry) {
        guard entry.type == 2, let name = Self.names[entry.tag] else { return }
        tags.append(name, SafeText.shown(text(entry), limit: 256))
    }

    private func text(_ entry: Entry) -> [UInt8] {
        var text = Array(bytes[entry.value..<entry.value + entry.count].prefix { $0 != 0 })
        while text.last == 0x20 { text.removeLast() }
        return text
    }

    private mutating func readPlace(_ entries: [Entry]) {
        func reference(_ tag: UInt16) -> UInt8? {
            entries.first { $0.tag == tag && $0.type == 2 }.flatMap { text($0).first }
        }
        func degrees(_ tag: UInt16) -> Double? {
            guard let entry = entries.first(where: { $0.tag == tag }), entry.type == 5,
                entry.count == 3
            else { return nil }
            var sum = 0.0
            for (part, unit) in [1.0, 60, 3600].enumerated() {
                guard let above = number(entry.value + part * 8, 4),
                    let below = number(entry.value + part * 8 + 4, 4)
                else { return nil }
                // A part that is not used is written 0/0.
                guard below != 0 else {
                    if above == 0, part > 0 { continue }
                    return nil
                }
                sum += Double(above) / Double(below) / unit
            }
            return sum
        }
        guard let latitude = degrees(2), let longitude = degrees(4), latitude <= 90,
            longitude <= 180
        else { return }
        let north = reference(1) == UInt8(ascii: "S") ? -latitude : latitude
        let east = reference(3) == UInt8(ascii: "W") ? -longitude : longitude
        place = MediaFacts.Place(
            latitudeE7: Int64((north * 1e7).rounded()), longitudeE7: Int64((east * 1e7).rounded()))
    }
}
