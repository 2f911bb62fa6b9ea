/// Text out of a file, made safe to show and to record: bounded, valid UTF-8, without characters
/// that command a terminal or turn the line round.
enum SafeText {
    /// `limit` is in bytes of UTF-8; what is longer ends with `…`.
    static func shown(_ bytes: some Collection<UInt8>, limit: Int) -> String {
        var text = ""
        var left = limit
        let trimmed = Array(bytes.prefix(limit * 2 + 8))
        for piece in pieces(of: trimmed) {
            guard piece.utf8.count <= left else { return text + "…" }
            left -= piece.utf8.count
            text += piece
        }
        return bytes.count > trimmed.count ? text + "…" : text
    }

    static func shown(_ text: String, limit: Int) -> String { shown(text.utf8, limit: limit) }

    private static func pieces(of bytes: [UInt8]) -> [String] {
        var pieces: [String] = []
        var decoder = Unicode.UTF8.ForwardParser()
        var left = bytes.makeIterator()
        while true {
            switch decoder.parseScalar(from: &left) {
            case .valid(let unit):
                let scalar = Unicode.UTF8.decode(unit)
                pieces.append(isShowable(scalar) ? String(scalar) : escaped(scalar.value))
            case .error: pieces.append("\u{fffd}")
            case .emptyInput: return pieces
            }
        }
    }

    private static func escaped(_ value: UInt32) -> String {
        "\\u{" + String(value, radix: 16) + "}"
    }

    private static func isShowable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
            .unassigned:
            false
        default: true
        }
    }
}
