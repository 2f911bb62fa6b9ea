import Evidence
import TransparencyLog

/// The checkpoints that leaves name as known before them, against the tree that grows here: who
/// rewrites one leaf must rewrite every later one that stands on it.
struct BasisCheck {
    /// Leaves whose basis is no root of this tree.
    private(set) var differing: [(leaf: Int64, expected: SHA256Digest, found: SHA256Digest)] = []
    private var frontiers: [TreeFrontier] = []
    private var last: Leaf.Basis?

    /// Edges of the tree that are kept: more than the leaves that stand on one checkpoint. An older
    /// basis is left unjudged, so that memory stays flat.
    private static let depth = 1 << 14
    private static let listLimit = 10_000

    /// The tree has come to this edge.
    mutating func grew(_ frontier: TreeFrontier) {
        let place = Int(frontier.size % Int64(Self.depth))
        if place < frontiers.count {
            frontiers[place] = frontier
        } else {
            frontiers.append(frontier)
        }
    }

    mutating func check(_ basis: Leaf.Basis, ofLeaf leaf: Int64) {
        guard basis != last, (0...leaf).contains(basis.size) else { return }
        last = basis
        let place = Int(basis.size % Int64(Self.depth))
        guard place < frontiers.count, frontiers[place].size == basis.size else { return }
        let expected = frontiers[place].root
        guard expected != basis.root, differing.count < Self.listLimit else { return }
        differing.append((leaf, expected, basis.root))
    }
}
