import Evidence
import EvidenceTestKit
import Fixity
import Testing
import TransparencyLog

@Suite("Inclusion and consistency proofs")
struct ProofTests {
    private static let tree = SmallTree(600)
    private static let roots = (0...600).map { tree.root(0, $0) }
    /// Subtrees by level and index, so that thousands of proofs are made in no time.
    private static let subtrees: [[SHA256Digest]] = {
        var levels = [tree.leaves]
        while let below = levels.last, below.count > 1 {
            levels.append(
                stride(from: 0, to: below.count - 1, by: 2).map {
                    MerkleTree.nodeHash(below[$0], below[$0 + 1])
                })
        }
        return levels
    }()

    private static func subtree(_ level: Int, _ index: Int64) -> SHA256Digest {
        subtrees[level][Int(index)]
    }

    /// Every size up to 70, and those around the width of a tile.
    private static let sizes =
        Array(0...70) + [127, 128, 129, 200, 255, 256, 257, 258, 300, 511, 512, 513, 600]

    @Test("Every leaf of every size from 0 to 600 proves its place, and no other")
    func inclusionEverywhere() throws {
        for size in 1...600 {
            for index in 0..<size {
                let proof = try InclusionProof.make(
                    index: Int64(index), size: Int64(size), hash: Self.subtree)
                let (leaf, root) = (Self.tree.leaves[index], Self.roots[size])
                guard proof.verify(leafHash: leaf, root: root),
                    !proof.verify(leafHash: leaf, root: Self.roots[size - 1]),
                    !proof.verify(leafHash: spoiled(leaf, bit: index), root: root)
                else {
                    Issue.record("leaf \(index) of \(size)")
                    continue
                }
            }
        }
    }

    @Test("Every pair of sizes proves its consistency, and no other roots")
    func consistencyEverywhere() throws {
        for new in Self.sizes {
            for old in Self.sizes where old <= new {
                let proof = try ConsistencyProof.make(
                    from: Int64(old), to: Int64(new), hash: Self.subtree)
                let (before, after) = (Self.roots[old], Self.roots[new])
                var isSound = proof.verify(oldRoot: before, newRoot: after)
                isSound = isSound && !proof.verify(oldRoot: spoiled(before, bit: 9), newRoot: after)
                // From no entries at all to any tree there is nothing to prove.
                if old > 0 {
                    isSound =
                        isSound && !proof.verify(oldRoot: before, newRoot: spoiled(after, bit: 3))
                }
                if !isSound { Issue.record("from \(old) to \(new)") }
            }
        }
    }

    @Test("Any flipped bit of an inclusion proof fails, and one hash more or fewer")
    func inclusionSpoiled() throws {
        for (index, size) in [(0, 2), (2, 3), (5, 7), (6, 7), (255, 257), (256, 257), (300, 600)] {
            let (leaf, root) = (Self.tree.leaves[index], Self.roots[size])
            let proof = try InclusionProof.make(
                index: Int64(index), size: Int64(size), hash: Self.subtree)
            func holds(_ hashes: [SHA256Digest], at place: Int = index, of count: Int = size)
                -> Bool
            {
                InclusionProof(index: Int64(place), size: Int64(count), hashes: hashes)
                    .verify(leafHash: leaf, root: root)
            }
            #expect(holds(proof.hashes))
            for place in proof.hashes.indices {
                for bit in 0..<256 {
                    var hashes = proof.hashes
                    hashes[place] = spoiled(hashes[place], bit: bit)
                    if holds(hashes) { Issue.record("bit \(bit) of hash \(place)") }
                }
                var hashes = proof.hashes
                hashes.remove(at: place)
                #expect(!holds(hashes))
            }
            for place in 0...proof.hashes.count {
                var hashes = proof.hashes
                hashes.insert(root, at: place)
                #expect(!holds(hashes))
            }
            #expect(!holds(proof.hashes, at: index - 1))
            #expect(!holds(proof.hashes, at: size))
            #expect(!holds(proof.hashes, of: 0))
        }
    }

    @Test("Any flipped bit of a consistency proof fails, and one hash more or fewer")
    func consistencySpoiled() throws {
        for (old, new) in [(1, 2), (3, 7), (4, 7), (6, 8), (255, 257), (256, 600), (599, 600)] {
            let proof = try ConsistencyProof.make(
                from: Int64(old), to: Int64(new), hash: Self.subtree)
            func holds(_ hashes: [SHA256Digest], _ from: Int = old, _ to: Int = new) -> Bool {
                ConsistencyProof(oldSize: Int64(from), newSize: Int64(to), hashes: hashes)
                    .verify(oldRoot: Self.roots[old], newRoot: Self.roots[new])
            }
            #expect(holds(proof.hashes))
            for place in proof.hashes.indices {
                for bit in 0..<256 {
                    var hashes = proof.hashes
                    hashes[place] = spoiled(hashes[place], bit: bit)
                    if holds(hashes) { Issue.record("bit \(bit) of hash \(place)") }
                }
                var hashes = proof.hashes
                hashes.remove(at: place)
                #expect(!holds(hashes))
            }
            for place in 0...proof.hashes.count {
                var hashes = proof.hashes
                hashes.insert(Self.roots[old], at: place)
                #expect(!holds(hashes))
            }
            #expect(!holds(proof.hashes, new, old))
            #expect(!holds([]))
            #expect(!holds(proof.hashes, 0, new))
            #expect(!holds(proof.hashes, -1, new))
        }
    }

    @Test("A proof of the empty tree, and between equal sizes, is empty")
    func emptyProofs() throws {
        for size in [Int64(0), 1, 5] {
            for old in [Int64(0), size] {
                let proof = try ConsistencyProof.make(from: old, to: size, hash: Self.subtree)
                #expect(proof.hashes.isEmpty)
            }
        }
        let stuffed = ConsistencyProof(oldSize: 0, newSize: 5, hashes: [Self.roots[1]])
        #expect(!stuffed.verify(oldRoot: MerkleTree.emptyRoot, newRoot: Self.roots[5]))
    }

    @Test("What a tree does not have cannot be proved")
    func outOfRange() {
        for (index, size) in [(Int64(0), Int64(0)), (5, 5), (-1, 5), (6, 5)] {
            #expect(throws: LogFailure.self) {
                try InclusionProof.make(index: index, size: size, hash: Self.subtree)
            }
        }
        for (old, new) in [(Int64(6), Int64(5)), (-1, 5)] {
            #expect(throws: LogFailure.self) {
                try ConsistencyProof.make(from: old, to: new, hash: Self.subtree)
            }
        }
    }

    @Test("A larger tree does not pass for a smaller one: the way must end where the size says")
    func largerTreeUnderASmallSize() throws {
        let leaves = Self.tree.leaves
        let single = InclusionProof(index: 0, size: 1, hashes: [leaves[0]])
        #expect(!single.verify(leafHash: leaves[1], root: Self.roots[2]))
        let proof = try ConsistencyProof.make(from: 7, to: 8, hash: Self.subtree)
        let claimed = ConsistencyProof(oldSize: 3, newSize: 4, hashes: proof.hashes)
        #expect(!claimed.verify(oldRoot: Self.roots[7], newRoot: Self.roots[8]))
    }

    @Test("Sizes and indices near 2^63, and endless proofs, end in a refusal")
    func extremes() {
        let many = [SHA256Digest](repeating: Self.roots[1], count: 1000)
        for (index, size) in [(Int64.max - 1, Int64.max), (0, .max), (.max, .max), (.min, .min)] {
            let proof = InclusionProof(index: index, size: size, hashes: many)
            #expect(!proof.verify(leafHash: Self.roots[1], root: Self.roots[2]))
        }
        for (old, new) in [(Int64.max - 1, Int64.max), (1, .max), (.min, .max), (1 << 62, .max)] {
            let proof = ConsistencyProof(oldSize: old, newSize: new, hashes: many)
            #expect(!proof.verify(oldRoot: Self.roots[1], newRoot: Self.roots[2]))
        }
    }
}
