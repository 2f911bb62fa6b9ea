/// A bundle of entries: for each a 16-bit big-endian length, then its bytes (C2SP tlog-tiles).
package enum EntryBundle {
    /// The most bytes that one entry may have.
    package static let entryByteLimit = 65_535

    /// The most bytes that a bundle may have: what a reader need be ready for.
    package static let byteLimit = TilePath.fullWidth * (2 + entryByteLimit)

    /// The bytes of one entry within a bundle: bundles are these, one after the other.
    package static func encode(_ entry: [UInt8]) throws(LogFailure) -> [UInt8] {
        guard entry.count <= entryByteLimit else {
            throw LogFailure(.notRepresentable, "an entry of \(entry.count) bytes")
        }
        return [UInt8(entry.count >> 8), UInt8(entry.count & 255)] + entry
    }

    /// The bytes of a bundle of 1 to 256 entries.
    package static func encode(_ entries: [[UInt8]]) throws(LogFailure) -> [UInt8] {
        guard (1...TilePath.fullWidth).contains(entries.count) else {
            throw LogFailure(.notRepresentable, "a bundle of \(entries.count) entries")
        }
        var out: [UInt8] = []
        for entry in entries { out += try encode(entry) }
        return out
    }

    /// The entries of a bundle that has exactly `width` of them, and nothing after the last.
    package static func parse(_ bytes: [UInt8], width: Int) throws(LogFailure) -> [[UInt8]] {
        var entries: [[UInt8]] = []
        var place = 0
        for number in 0..<width {
            guard bytes.count - place >= 2 else {
                throw LogFailure(.malformedBundle, "cut off before entry \(number)")
            }
            let count = Int(bytes[place]) << 8 | Int(bytes[place + 1])
            place += 2
            guard bytes.count - place >= count else {
                throw LogFailure(.malformedBundle, "cut off within entry \(number)")
            }
            entries.append(Array(bytes[place..<place + count]))
            place += count
        }
        guard place == bytes.count else {
            throw LogFailure(
                .malformedBundle, "\(bytes.count - place) bytes after the last entry")
        }
        return entries
    }
}
