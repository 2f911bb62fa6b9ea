import CLinux
import Evidence

/// `Info.dat`: the first line, split by `;`; field 0 is the device, field 2 the officer.
///
/// Seen in UTF-8 and in GBK. Anything too long, empty or undecodable is left out: it is claimed,
/// never believed, and the file itself is taken as evidence in any case.
package struct DeviceFile: Hashable, Sendable {
    package let device: String?
    package let officer: String?

    /// Bytes of the file that are looked at.
    package static let sizeLimit = 4096

    package init(bytes: [UInt8]) {
        var line = Array(
            bytes.prefix(Self.sizeLimit).prefix { $0 != 0x0a && $0 != 0x0d })
        if line.starts(with: [0xef, 0xbb, 0xbf]) { line.removeFirst(3) }
        let text = ForeignText.decode(line) ?? ""
        let fields = text.split(
            separator: ";", maxSplits: 16, omittingEmptySubsequences: false)
        device = fields.first.flatMap(Self.number)
        officer = fields.count > 2 ? Self.number(fields[2]) : nil
    }

    private static func number(_ field: Substring) -> String? {
        var text = field[...]
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        guard !text.isEmpty, text.unicodeScalars.count <= 64 else { return nil }
        return SafeText.of(String(text))
    }
}

/// Text in the encodings that recorders use.
enum ForeignText {
    /// UTF-8 where it is valid, else GB18030; nil where it is neither.
    static func decode(_ bytes: [UInt8]) -> String? {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        var out = [UInt8](repeating: 0, count: bytes.count * 4 + 16)
        let count = evidock_decode_gb18030(bytes, bytes.count, &out, out.count)
        guard count >= 0 else { return nil }
        return String(validating: out.prefix(count), as: UTF8.self)
    }
}
