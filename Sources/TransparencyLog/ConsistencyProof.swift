package import Evidence

/// That a tree begins with all the leaves of an older one (RFC 6962 section 2.1.2).
package struct ConsistencyProof: Hashable, Sendable {
    package let oldSize: Int64
    package let newSize: Int64
    /// Empty where the old tree is empty or both have the same size.
    package let hashes: [SHA256Digest]

    package init(oldSize: Int64, newSize: Int64, hashes: [SHA256Digest]) {
        (self.oldSize, self.newSize, self.hashes) = (oldSize, newSize, hashes)
    }

    /// Makes the proof from the hashes of complete subtrees of the new tree. Throws what `hash`
    /// throws, or ``LogFailure`` where the old tree is larger than the new one.
    package static func make(
        from oldSize: Int64, to newSize: Int64, hash: SubtreeHash<any Error>
    ) throws -> ConsistencyProof {
        guard oldSize >= 0, oldSize <= newSize else {
            throw LogFailure(.outOfRange, "from \(oldSize) to \(newSize)")
        }
        var hashes: [SHA256Digest] = []
        if oldSize > 0, oldSize < newSize {
            var (lower, upper) = (Int64(0), newSize)
            while upper != oldSize {
                let middle = lower + MerkleTree.split(upper - lower)
                if oldSize <= middle {
                    hashes.append(try MerkleTree.hash(middle, upper, from: hash))
                    upper = middle
                } else {
                    hashes.append(try MerkleTree.hash(lower, middle, from: hash))
                    lower = middle
                }
            }
            // Where nothing was left behind on the way, the old root itself begins the proof.
            if lower > 0 { hashes.append(try MerkleTree.hash(lower, upper, from: hash)) }
        }
        return ConsistencyProof(oldSize: oldSize, newSize: newSize, hashes: hashes.reversed())
    }

    /// Whether this proof leads to both roots (RFC 9162 section 2.1.4.2). Between equal sizes the
    /// roots must be equal and the proof empty; from the empty tree the proof must be empty and the
    /// old root that of no entries (C2SP tlog-witness), which says nothing of the new one.
    package func verify(oldRoot: SHA256Digest, newRoot: SHA256Digest) -> Bool {
        guard oldSize >= 0, oldSize <= newSize else { return false }
        if oldSize == 0, oldRoot != MerkleTree.emptyRoot { return false }
        if oldSize == newSize { return hashes.isEmpty && oldRoot == newRoot }
        if oldSize == 0 { return hashes.isEmpty }

        let isComplete = oldSize & (oldSize - 1) == 0
        var rest = hashes[...]
        guard let start = isComplete ? oldRoot : rest.popFirst(), !hashes.isEmpty else {
            return false
        }
        var (node, last) = (oldSize - 1, newSize - 1)
        while node & 1 == 1 { (node, last) = (node >> 1, last >> 1) }
        var (old, new) = (start, start)
        for hash in rest {
            guard last > 0 else { return false }
            if node & 1 == 1 || node == last {
                old = MerkleTree.nodeHash(hash, old)
                new = MerkleTree.nodeHash(hash, new)
                while node & 1 == 0, node != 0 { (node, last) = (node >> 1, last >> 1) }
            } else {
                new = MerkleTree.nodeHash(new, hash)
            }
            (node, last) = (node >> 1, last >> 1)
        }
        return last == 0 && old == oldRoot && new == newRoot
    }
}
