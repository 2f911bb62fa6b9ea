/// The settings a GoPro camera leaves in its user data as GPMF (KLV, gpmf-parser README): model,
/// serial number, firmware.
enum GoProSettings {
    private static let names: [FourCharacters: String] = [
        "MINF": "gopro.model", "CASN": "gopro.serial", "FMWR": "gopro.firmware",
    ]

    /// `box` is the movie's `udta`.
    static func read(_ box: Box, _ index: IndexBytes, into tags: inout TagList) {
        for part in Box.children(in: box.payload, of: index).boxes where part.type == "GPMF" {
            read(part.payload, index, depth: 0, into: &tags)
        }
    }

    private static func read(
        _ range: Range<Int>, _ index: IndexBytes, depth: Int, into tags: inout TagList
    ) {
        var offset = range.lowerBound
        while offset <= range.upperBound - 8 {
            guard let key = index.big32(offset), let shape = index.big32(offset + 4) else { return }
            let size = Int(shape >> 16 & 0xff) * Int(shape & 0xffff)
            let start = offset + 8
            guard size <= range.upperBound - start else { return }
            let type = UInt8(shape >> 24)
            if type == 0, depth < 4 {
                read(start..<start + size, index, depth: depth + 1, into: &tags)
            } else if type == UInt8(ascii: "c"), let name = names[FourCharacters(code: key)] {
                let text = index.bytes[start..<start + size].prefix { $0 != 0 }
                tags.append(name, SafeText.shown(text, limit: 128))
            }
            offset = start + (size + 3) / 4 * 4
        }
    }
}
