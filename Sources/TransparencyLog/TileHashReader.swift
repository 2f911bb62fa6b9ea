package import Evidence

/// Derives the hash of any complete subtree of a stored tree from its tiles, and keeps the tiles
/// that it read last. For one thread.
package final class TileHashReader {
    /// The size of the tree; tiles of exactly this size are asked for.
    package let size: Int64
    private let read: (TilePath) throws -> [UInt8]
    private var tiles: [TilePath: [SHA256Digest]] = [:]
    /// Half a megabyte of hashes.
    private static let tilesKept = 64

    /// - Parameter read: the bytes of one tile. Where it throws for a partial tile, the full one is
    ///   asked for: it may have taken the partial one's place since.
    package init(size: Int64, read: @escaping (TilePath) throws -> [UInt8]) {
        (self.size, self.read) = (size, read)
    }

    /// The hash of the complete subtree `index` of 2^level leaves. Throws what `read` throws, or
    /// ``LogFailure`` for a malformed tile or a subtree that this tree does not have complete.
    package func hash(level: Int, index: Int64) throws -> SHA256Digest {
        guard (0...62).contains(level), index >= 0, index < size >> Int64(level) else {
            throw LogFailure(.outOfRange, "no complete subtree \(index) at level \(level)")
        }
        let below = level % 8
        let first = index << Int64(below)
        guard let path = TilePath.holding(tileLevel: level / 8, index: first, size: size) else {
            throw LogFailure(.outOfRange, "no complete subtree \(index) at level \(level)")
        }
        let start = Int(first & 255)
        var hashes = Array(try tile(path)[start..<start + 1 << below])
        while hashes.count > 1 {
            hashes = stride(from: 0, to: hashes.count, by: 2).map {
                MerkleTree.nodeHash(hashes[$0], hashes[$0 + 1])
            }
        }
        return hashes[0]
    }

    private func tile(_ path: TilePath) throws -> [SHA256Digest] {
        if let kept = tiles[path] { return kept }
        var hashes: [SHA256Digest]
        do {
            hashes = try HashTile.parse(try read(path), width: path.width)
        } catch let failure where path.isPartial && !(failure is LogFailure) {
            guard let bytes = try? read(path.full) else { throw failure }
            hashes = try HashTile.parse(bytes, width: TilePath.fullWidth)
        }
        if tiles.count >= Self.tilesKept { tiles.removeAll(keepingCapacity: true) }
        tiles[path] = hashes
        return hashes
    }
}
