package import Evidence
import Fixity

/// The hashes of a Merkle tree (RFC 6962 section 2.1, the same as RFC 9162 section 2.1).
package enum MerkleTree {
    /// The root of a tree with no entries: SHA-256 of nothing.
    package static let emptyRoot = SHA256Digest.ofNothing

    /// SHA-256(0x00 || entry).
    package static func leafHash(_ entry: [UInt8]) -> SHA256Digest {
        withUnsafeTemporaryAllocation(byteCount: entry.count + 1, alignment: 1) { buffer in
            buffer[0] = 0
            buffer[1...].copyBytes(from: entry)
            return SHA256Digest.of(UnsafeRawBufferPointer(buffer))
        }
    }

    /// SHA-256(0x01 || left || right).
    package static func nodeHash(_ left: SHA256Digest, _ right: SHA256Digest) -> SHA256Digest {
        withUnsafeTemporaryAllocation(byteCount: 65, alignment: 1) { buffer in
            buffer[0] = 1
            left.store(into: buffer, at: 1)
            right.store(into: buffer, at: 33)
            return SHA256Digest.of(UnsafeRawBufferPointer(buffer))
        }
    }

    /// The root over these leaf hashes.
    package static func root(ofLeafHashes leaves: some Sequence<SHA256Digest>) -> SHA256Digest {
        var frontier = TreeFrontier()
        for leaf in leaves { frontier.append(leaf) }
        return frontier.root
    }

    /// The hash of leaves `lower..<upper`, a range that stands in the recursion of RFC 6962 section
    /// 2.1: put together from complete subtrees.
    static func hash<Refusal: Error>(
        _ lower: Int64, _ upper: Int64, from node: SubtreeHash<Refusal>
    ) throws(Refusal) -> SHA256Digest {
        let count = upper - lower
        if count & (count - 1) == 0 {
            let level = count.trailingZeroBitCount
            return try node(level, lower >> Int64(level))
        }
        let middle = lower + split(count)
        return nodeHash(
            try hash(lower, middle, from: node), try hash(middle, upper, from: node))
    }

    /// The largest power of two below `count`, which is at least 2.
    static func split(_ count: Int64) -> Int64 {
        1 << Int64(63 - (count - 1).leadingZeroBitCount)
    }
}

/// Gives the hash of a complete subtree: `level` is the binary logarithm of its leaves, `index` its
/// place among the subtrees of that level, from the left.
package typealias SubtreeHash<Refusal: Error> =
    (_ level: Int, _ index: Int64) throws(Refusal) -> SHA256Digest
