import DurableFiles
import Evidence
import TransparencyLog

/// The log's tiles of hashes on the disk, as the writer reads them back.
enum LedgerTiles {
    /// For a tree of that size.
    static func reader(_ root: DurableRoot, size: Int64) -> TileHashReader {
        TileHashReader(size: size) { path in
            try root.read(LogPlaces.tile(path), limit: TilePath.fullWidth * HashTile.hashWidth)
        }
    }

    /// The root that the tree had at that size, or has, from the tiles of the whole.
    static func root(
        ofSize size: Int64, _ tiles: TileHashReader
    ) throws -> SHA256Digest {
        try TreeFrontier(size: size) { try tiles.hash(level: $0, index: $1) }.root
    }
}
