package import Evidence

extension RecorderVisit {
    /// The list whose SHA-256 enters the ledger with the `docking`, before the first copy.
    ///
    /// A line a file, in the order of the paths' bytes: `<size> <modified> <path>`, then a newline;
    /// a refused entry is `! <path>`. Of a path, bytes below 0x21, `%`, and from 0x7f on are written
    /// as `%` and two small hexadecimal digits (RFC 3986's way), so that any name keeps to its line.
    package func inventoryBytes() -> [UInt8] {
        var lines: [(path: RecorderPath, text: [UInt8])] = []
        lines.reserveCapacity(files.count + refused.count)
        for file in files {
            lines.append((file.path, Array("\(file.size) \(file.modified) ".utf8)))
        }
        for entry in refused { lines.append((entry.path, Array("! ".utf8))) }
        lines.sort { $0.path < $1.path }
        var out: [UInt8] = []
        for line in lines {
            out += line.text
            for byte in line.path.bytes {
                if byte < 0x21 || byte == 0x25 || byte >= 0x7f {
                    out.append(UInt8(ascii: "%"))
                    out += Hex.encode([byte]).utf8
                } else {
                    out.append(byte)
                }
            }
            out.append(0x0a)
        }
        return out
    }
}
