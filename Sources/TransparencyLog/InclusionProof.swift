package import Evidence

/// That a leaf stands at an index of a tree: the siblings on the way from the leaf to the root, the
/// leaf's own sibling first (RFC 6962 section 2.1.1).
package struct InclusionProof: Hashable, Sendable {
    package let index: Int64
    /// The size of the tree.
    package let size: Int64
    package let hashes: [SHA256Digest]

    package init(index: Int64, size: Int64, hashes: [SHA256Digest]) {
        (self.index, self.size, self.hashes) = (index, size, hashes)
    }

    /// Makes the proof from the hashes of complete subtrees. Throws what `hash` throws, or
    /// ``LogFailure`` where the tree has no such leaf.
    package static func make(
        index: Int64, size: Int64, hash: SubtreeHash<any Error>
    ) throws -> InclusionProof {
        guard index >= 0, index < size else {
            throw LogFailure(.outOfRange, "no leaf \(index) in a tree of \(size)")
        }
        var hashes: [SHA256Digest] = []
        var (lower, upper) = (Int64(0), size)
        while upper - lower > 1 {
            let middle = lower + MerkleTree.split(upper - lower)
            if index < middle {
                hashes.append(try MerkleTree.hash(middle, upper, from: hash))
                upper = middle
            } else {
                hashes.append(try MerkleTree.hash(lower, middle, from: hash))
                lower = middle
            }
        }
        return InclusionProof(index: index, size: size, hashes: hashes.reversed())
    }

    /// Whether this proof leads from the leaf to the root (RFC 9162 section 2.1.3.2). A proof with
    /// a hash too many or too few is false.
    package func verify(leafHash: SHA256Digest, root: SHA256Digest) -> Bool {
        guard index >= 0, index < size else { return false }
        var (node, last) = (index, size - 1)
        var found = leafHash
        for hash in hashes {
            guard last > 0 else { return false }
            if node & 1 == 1 || node == last {
                found = MerkleTree.nodeHash(hash, found)
                while node & 1 == 0, node != 0 { (node, last) = (node >> 1, last >> 1) }
            } else {
                found = MerkleTree.nodeHash(found, hash)
            }
            (node, last) = (node >> 1, last >> 1)
        }
        return last == 0 && found == root
    }
}
