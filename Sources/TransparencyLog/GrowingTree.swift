package import Evidence

/// A Merkle tree to which a log appends: its frontier, and the tiles that must be written before a
/// checkpoint of its size may be signed. Holds at most what was appended since the last writing.
package struct GrowingTree: Sendable {
    package private(set) var frontier: TreeFrontier
    /// For every tile level the hashes from the start of the first unwritten tile on.
    private var levels: [[SHA256Digest]]
    /// The size at the last ``takeTiles()``.
    private var written: Int64

    package var size: Int64 { frontier.size }
    package var root: SHA256Digest { frontier.root }

    /// A tree with no leaves.
    package init() { (frontier, levels, written) = (TreeFrontier(), [], 0) }

    /// The tree that these tiles hold; only those at its right edge are read. Throws what the
    /// reader throws.
    package init(_ reader: TileHashReader) throws {
        frontier = try TreeFrontier(size: reader.size) {
            try reader.hash(level: $0, index: $1)
        }
        written = reader.size
        levels = []
        var count = reader.size
        while count > 0 {
            let level = levels.count * 8
            levels.append(
                try (count & ~255..<count).map { try reader.hash(level: level, index: $0) })
            count >>= 8
        }
    }

    /// Appends an entry by its leaf hash.
    package mutating func append(_ leafHash: SHA256Digest) {
        frontier.append(leafHash) { level, _, hash in
            if level == levels.count { levels.append([]) }
            levels[level].append(hash)
        }
    }

    /// Every tile of hashes that changed since the last call, with its bytes: full ones first made
    /// full, and the partial ones of this size. In the order of ``TilePath/changed(from:to:)``.
    package mutating func takeTiles() -> [(path: TilePath, bytes: [UInt8])] {
        var tiles: [(path: TilePath, bytes: [UInt8])] = []
        for level in levels.indices {
            let shift = Int64(8 * level)
            let before = written >> shift
            let base = before & ~255
            for (index, width) in TilePath.ranges(from: before, to: size >> shift) {
                let start = Int(index << 8 - base)
                guard let path = TilePath(.hashes(level: level), index: index, width: width)
                else { continue }
                tiles.append((path, HashTile.encode(levels[level][start..<start + width])))
            }
            levels[level].removeFirst(Int((size >> shift) & ~255 - base))
        }
        written = size
        return tiles
    }
}
