/// The name of one tile of hashes, or one bundle of entries, below the log's prefix (C2SP
/// tlog-tiles v0.1.0): `tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`.
package struct TilePath: Hashable, Sendable, CustomStringConvertible {
    /// What stands in the file.
    package enum Content: Hashable, Sendable {
        /// Hashes of complete subtrees of 256^level leaves; 0...63.
        case hashes(level: Int)
        /// Entries, in order.
        case entries
    }

    /// Hashes of a full tile, entries of a full bundle.
    package static let fullWidth = 256

    package let content: Content
    /// The place among the tiles of its level, from the left.
    package let index: Int64
    /// How many hashes or entries: 1...256; fewer than 256 make a partial tile.
    package let width: Int

    /// Nil where there is no such tile.
    package init?(_ content: Content, index: Int64, width: Int = TilePath.fullWidth) {
        if case .hashes(let level) = content, !(0...63).contains(level) { return nil }
        guard index >= 0, (1...Self.fullWidth).contains(width) else { return nil }
        self.init(checked: content, index: index, width: width)
    }

    private init(checked content: Content, index: Int64, width: Int) {
        (self.content, self.index, self.width) = (content, index, width)
    }

    package var isPartial: Bool { width < Self.fullWidth }

    /// The same tile when it is full: what a reader may ask for where the partial one is gone.
    package var full: TilePath {
        TilePath(checked: content, index: index, width: Self.fullWidth)
    }

    /// Groups of three digits, all but the last with an `x` before them: 1234067 is
    /// `x001/x234/067`.
    package var description: String {
        var groups = [Self.group(index % 1000)]
        var rest = index / 1000
        while rest > 0 {
            groups.append("x" + Self.group(rest % 1000))
            rest /= 1000
        }
        let place =
            switch content {
            case .hashes(let level): "tile/\(level)/"
            case .entries: "tile/entries/"
            }
        return place + groups.reversed().joined(separator: "/") + (isPartial ? ".p/\(width)" : "")
    }

    private static func group(_ number: Int64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 3 - digits.utf8.count) + digits
    }

    /// Whether a tree of that size has all that stands in this tile.
    package func isCovered(bySize size: Int64) -> Bool {
        var count = max(size, 0)
        if case .hashes(let level) = content { count = level > 7 ? 0 : count >> Int64(8 * level) }
        // Not multiplied: the index is whatever somebody asked for.
        return index < count >> 8 || index == count >> 8 && Int64(width) <= count & 0xff
    }

    /// Reads exactly what ``description`` writes.
    package init(parsing text: String) throws(LogFailure) {
        func refused(_ detail: String) -> LogFailure { LogFailure(.malformedPath, detail) }
        // The longest path has 63-bit numbers: more is not worth looking at.
        guard text.utf8.count <= 64 else { throw refused("too long") }
        var parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard parts.count >= 3, parts[0] == "tile" else { throw refused("not below tile/") }
        let content: Content
        if parts[1] == "entries" {
            content = .entries
        } else {
            guard let level = Decimal.read(parts[1]), level <= 63 else { throw refused("level") }
            content = .hashes(level: Int(level))
        }
        parts.removeFirst(2)
        var width = Int64(Self.fullWidth)
        if parts.count >= 2, parts[parts.count - 2].utf8.suffix(2).elementsEqual(".p".utf8) {
            guard let partial = Decimal.read(parts.removeLast()),
                (1..<Int64(Self.fullWidth)).contains(partial)
            else { throw refused("width") }
            width = partial
            parts[parts.count - 1].removeLast(2)
        }
        var index: Int64 = 0
        for part in parts {
            let digits = part.utf8.suffix(3)
            guard digits.count == 3, digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
                throw refused("index")
            }
            let value = digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - 0x30) }
            let (scaled, over) = index.multipliedReportingOverflow(by: 1000)
            let (sum, overSum) = scaled.addingReportingOverflow(value)
            guard !over, !overSum else { throw refused("index") }
            index = sum
        }
        self.init(checked: content, index: index, width: Int(width))
        // The `x`s, leading groups of zeros and everything else: one tile has one spelling.
        guard description.utf8.elementsEqual(text.utf8) else { throw refused("index") }
    }

    /// Every tile of hashes and every bundle of a tree of that size, one after the other: a size
    /// that somebody only claims costs nothing.
    package static func all(size: Int64) -> some Sequence<TilePath> { changed(from: 0, to: size) }

    /// What must be written when a tree grows from one size to another: every full tile and bundle
    /// that was not full before, and the partial ones of the new size. Lowest level first; a bundle
    /// stands before the tile of its hashes.
    package static func changed(from old: Int64, to new: Int64) -> some Sequence<TilePath> {
        (0..<8).lazy.flatMap { level in
            let shift = Int64(8 * level)
            return ranges(from: max(old, 0) >> shift, to: max(new, 0) >> shift).flatMap { range in
                let (index, width) = range
                let tile = TilePath(checked: .hashes(level: level), index: index, width: width)
                let bundle = TilePath(checked: .entries, index: index, width: width)
                return level == 0 ? [bundle, tile] : [tile]
            }
        }
    }

    /// The tiles of one level that change when it grows from one count of hashes to another.
    static func ranges(
        from old: Int64, to new: Int64
    ) -> LazyMapSequence<Range<Int64>, (index: Int64, width: Int)> {
        let tiles = new > old ? old >> 8..<((new - 1) >> 8) + 1 : 0..<0
        return tiles.lazy.map { index in
            (index: index, width: Int(min(Int64(fullWidth), new - index << 8)))
        }
    }

    /// The tile of hashes in which a tree of that size keeps the subtree `index` of a tile level;
    /// nil where that subtree is not complete.
    package static func holding(tileLevel: Int, index: Int64, size: Int64) -> TilePath? {
        guard (0...7).contains(tileLevel), index >= 0, size >= 0 else { return nil }
        let count = size >> Int64(8 * tileLevel)
        guard index < count else { return nil }
        let width = min(Int64(fullWidth), count - (index >> 8) << 8)
        return TilePath(
            checked: .hashes(level: tileLevel), index: index >> 8, width: Int(width))
    }

    /// The bundle in which a log of that size keeps an entry; nil where it has no such entry.
    package static func bundle(ofEntry index: Int64, size: Int64) -> TilePath? {
        guard let tile = holding(tileLevel: 0, index: index, size: size) else { return nil }
        return TilePath(checked: .entries, index: tile.index, width: tile.width)
    }
}

/// Decimal numbers as the log's texts write them.
enum Decimal {
    /// Digits only, no leading zero, at most 2^63 - 1; else nil.
    static func read(_ text: some StringProtocol) -> Int64? {
        let digits = text.utf8
        guard (1...19).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
            digits.count == 1 || digits.first != 0x30
        else { return nil }
        return Int64(text)
    }
}
