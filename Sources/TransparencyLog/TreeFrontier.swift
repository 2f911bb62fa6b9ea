package import Evidence

/// The right edge of a Merkle tree: the roots of the complete subtrees that make it up, at most 63.
/// All that is needed to append and to compute the root.
package struct TreeFrontier: Hashable, Sendable {
    /// How many leaves there are.
    package private(set) var size: Int64
    /// One root for each bit of ``size``, the largest subtree first.
    package private(set) var subtrees: [SHA256Digest]

    /// The frontier of an empty tree.
    package init() { (size, subtrees) = (0, []) }

    /// The frontier of a tree that is stored: read from its right-edge tiles, say by
    /// ``TileHashReader/hash(level:index:)``.
    package init<Refusal: Error>(
        size: Int64, hash: SubtreeHash<Refusal>
    ) throws(Refusal) {
        precondition(size >= 0, "a tree has no negative size")
        self.size = size
        subtrees = []
        for level in stride(from: 62, through: 0, by: -1) where size >> Int64(level) & 1 == 1 {
            subtrees.append(try hash(level, (size >> Int64(level)) - 1))
        }
    }

    /// Appends one leaf, by its leaf hash. `completed` hears of every complete subtree that ends
    /// with this leaf and belongs into a tile: at level 0, 8, 16, … of the tree, tile level 0, 1,
    /// 2, ….
    package mutating func append(
        _ leafHash: SHA256Digest,
        completed: (_ tileLevel: Int, _ index: Int64, _ hash: SHA256Digest) -> Void = { _, _, _ in }
    ) {
        precondition(size < .max, "a tree of 2^63 leaves is full")
        var hash = leafHash
        completed(0, size, hash)
        var level = 0
        while size >> Int64(level) & 1 == 1 {
            hash = MerkleTree.nodeHash(subtrees.removeLast(), hash)
            level += 1
            if level % 8 == 0 { completed(level / 8, size >> Int64(level), hash) }
        }
        subtrees.append(hash)
        size += 1
    }

    /// The root of the tree.
    package var root: SHA256Digest {
        guard var hash = subtrees.last else { return MerkleTree.emptyRoot }
        for left in subtrees.dropLast().reversed() { hash = MerkleTree.nodeHash(left, hash) }
        return hash
    }
}
