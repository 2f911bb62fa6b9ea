import Glibc

/// The segments of a JPEG picture (ITU-T T.81): its size, whether it is whole, and its EXIF.
struct JPEGFile {
    private(set) var problems: [String] = []
    private(set) var width: Int64?
    private(set) var height: Int64?
    private(set) var exif: EXIF?
    /// As far as the further pictures reach that an MPF index (CIPA DC-007) names.
    private var neededSize: Int64 = 0

    private static let segmentLimit = 4096
    /// No picture's coded data are longer; what claims to be is not read to its end.
    private static let scanLimit: Int64 = 256 << 20

    init(_ footage: Footage) {
        var offset: Int64 = 2
        var count = 0
        while count < Self.segmentLimit {
            count += 1
            guard let head = footage.exactly(2, at: offset), let lead = head.first,
                let marker = head.last
            else {
                truncated(footage)
                return
            }
            guard lead == 0xff else {
                problems.append("no marker where one must stand, at byte \(offset)")
                return
            }
            switch marker {
            case 0xff: offset += 1  // filler
            case 0xd9:
                if width == nil { problems.append("no picture in it") }
                if neededSize > footage.size {
                    problems.append("truncated at byte \(footage.size) of \(neededSize)")
                }
                return
            case 0x01, 0xd0...0xd8: offset += 2
            default:
                guard
                    let length = footage.exactly(2, at: offset + 2).map({ $0.bigEndian() as UInt16 }
                    )
                else {
                    truncated(footage)
                    return
                }
                guard length >= 2 else {
                    problems.append("a segment of impossible size at byte \(offset)")
                    return
                }
                read(marker, footage, at: offset + 4, count: Int(length) - 2)
                offset += 2 + Int64(length)
                if marker == 0xda {
                    guard let next = Self.endOfScan(footage, from: offset) else {
                        truncated(footage)
                        return
                    }
                    offset = next
                }
            }
        }
        problems.append("more segments than a picture has")
    }

    private mutating func truncated(_ footage: Footage) {
        problems.append("truncated at byte \(footage.size): no end of image (EOI)")
    }

    private mutating func read(_ marker: UInt8, _ footage: Footage, at offset: Int64, count: Int) {
        switch marker {
        case 0xc0...0xc3, 0xc5...0xc7, 0xc9...0xcb, 0xcd...0xcf:
            guard let frame = footage.exactly(5, at: offset) else { return }
            let tall: UInt16 = frame.dropFirst().prefix(2).bigEndian()
            let wide: UInt16 = frame.suffix(2).bigEndian()
            (height, width) = (Int64(tall), Int64(wide))
        case 0xe1 where exif == nil && count > 14:
            let bytes = footage.bytes(at: offset, count: count)
            if bytes.starts(with: [0x45, 0x78, 0x69, 0x66, 0, 0]) {
                exif = EXIF(bytes.dropFirst(6))
            }
        case 0xe2 where count > 16:
            let bytes = footage.bytes(at: offset, count: count)
            guard bytes.starts(with: [0x4d, 0x50, 0x46, 0]), let index = EXIF(bytes.dropFirst(4))
            else { return }
            // Places count from the index's own beginning; the first picture's is written as 0.
            for picture in index.furtherPictures {
                neededSize = max(neededSize, offset + 4 + picture.upperBound)
            }
        default: break
        }
    }

    /// The place of the first marker after a scan's coded data; nil where the file ends before.
    private static func endOfScan(_ footage: Footage, from start: Int64) -> Int64? {
        var offset = start
        while offset < min(footage.size, start + scanLimit) {
            let bytes = footage.bytes(at: offset, count: 262_144)
            guard bytes.count >= 2 else { return nil }
            let found = bytes.withUnsafeBytes { firstMarker($0) }
            if let found { return offset + Int64(found) }
            // The last byte again: it may be the first half of a marker.
            offset += Int64(bytes.count - 1)
            if offset >= footage.size - 1 { return nil }
        }
        return nil
    }

    /// Neither a stuffed zero nor a restart.
    private static func firstMarker(_ buffer: UnsafeRawBufferPointer) -> Int? {
        guard let base = buffer.baseAddress else { return nil }
        var place = 0
        while place < buffer.count - 1 {
            guard let lead = memchr(base + place, 0xff, buffer.count - 1 - place) else {
                return nil
            }
            place = UnsafeRawPointer(lead) - base
            let next = buffer[place + 1]
            if next != 0, next != 0xff, !(0xd0...0xd7).contains(next) { return place }
            place += next == 0xff ? 1 : 2
        }
        return nil
    }
}
