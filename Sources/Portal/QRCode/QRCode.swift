/// A QR code symbol of ISO/IEC 18004:2015, versions 1 to 20: bytes in byte mode, without ECI.
struct QRCode: Hashable, Sendable {
    /// How much of the symbol may be damaged: about 7 % of the codewords at L, 15 % at M.
    enum Level: Hashable, Sendable, CaseIterable {
        case low, medium
    }

    /// Modules along a side, without the quiet zone.
    let size: Int
    /// The data mask pattern reference, 0 to 7 (7.8.2).
    let mask: Int
    /// What tells against the mask (7.8.3.1).
    let penalty: Int
    private let modules: [Bool]

    /// The smallest symbol that holds the bytes, with the mask of the lowest penalty (the first
    /// among equals) or, where one is given, that mask. Nil where version 20 does not hold them.
    init?(_ bytes: [UInt8], level: Level = .medium, mask forced: Int? = nil) {
        guard let layout = Layout(smallestFor: bytes.count, level: level) else { return nil }
        var matrix = Matrix(layout)
        matrix.place(layout.codewords(of: bytes))
        let candidates = (forced.map { $0...$0 } ?? 0...7).map { mask in
            let masked = matrix.masked(by: mask, level: level)
            return (mask: mask, modules: masked.dark, penalty: masked.penalty)
        }
        guard let best = candidates.min(by: { $0.penalty < $1.penalty }) else { return nil }
        size = layout.size
        (mask, modules, penalty) = best
    }

    /// Whether the module in column `x` of row `y` is dark; outside lies the quiet zone, light.
    subscript(x: Int, y: Int) -> Bool {
        (0..<size).contains(x) && (0..<size).contains(y) && modules[y * size + x]
    }

    /// The symbol as one SVG element, a module being a unit wide, with the quiet zone of four
    /// modules (6.3.8) and the label for those who cannot see it.
    func svg(label: String) -> String {
        let quiet = 4
        let side = size + 2 * quiet
        var path = ""
        for y in 0..<size {
            var x = 0
            while x < size {
                let start = x
                while self[x, y] { x += 1 }
                let run = x - start
                if run > 0 { path += "M\(start + quiet) \(y + quiet)h\(run)v1h-\(run)z" }
                x += 1
            }
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(side) \(side)" role="img" \
            aria-label="\(Self.escaped(label))" shape-rendering="crispEdges">\
            <rect width="\(side)" height="\(side)" fill="#fff"/>\
            <path fill="#000" d="\(path)"/></svg>
            """
    }

    /// The text as the value of an attribute; what XML 1.0 knows no character for becomes U+FFFD.
    private static func escaped(_ text: String) -> String {
        var value = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": value += "&amp;"
            case "<": value += "&lt;"
            case ">": value += "&gt;"
            case "\"": value += "&quot;"
            case "'": value += "&#39;"
            case "\t", "\n", "\r": value += "&#\(scalar.value);"
            case "\0"..<" ", "\u{fffe}", "\u{ffff}": value += "\u{fffd}"
            default: value.unicodeScalars.append(scalar)
            }
        }
        return value
    }
}
