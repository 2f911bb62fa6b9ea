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
        for entry in KeyLengthValue.entries(in: range, of: index) {
            if entry.type == 0, depth < 4 {
                read(entry.payload, index, depth: depth + 1, into: &tags)
            } else if entry.type == UInt8(ascii: "c"), let name = names[entry.key] {
                let text = index.bytes[entry.payload].prefix { $0 != 0 }
                tags.append(name, SafeText.shown(text, limit: 128))
            }
        }
    }
}
