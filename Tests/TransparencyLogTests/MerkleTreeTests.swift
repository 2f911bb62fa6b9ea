import Evidence
import EvidenceTestKit
import Fixity
import Testing
import TransparencyLog

@Suite("Merkle hashes")
struct MerkleTreeTests {
    private static let entries = [
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ].map { Hex.decode($0)! }

    /// The roots of the first 0, 1, … 8 entries.
    private static let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]

    @Test("The eight-leaf vector of RFC 6962 has its roots at every size")
    func classicVector() {
        #expect(MerkleTree.emptyRoot.hex == Self.roots[0])
        for size in 0...8 {
            let leaves = Self.entries[..<size].map { MerkleTree.leafHash($0) }
            #expect(MerkleTree.root(ofLeafHashes: leaves).hex == Self.roots[size])
        }
    }

    @Test("A leaf and a node of the same bytes have different hashes")
    func domainsAreApart() {
        let (left, right) = (MerkleTree.leafHash([1]), MerkleTree.leafHash([2]))
        let node = MerkleTree.nodeHash(left, right)
        #expect(node != MerkleTree.leafHash(left.bytes + right.bytes))
        #expect(node != MerkleTree.nodeHash(right, left))
    }

    @Test("The root of a frontier is that of the definition at every size up to 600")
    func frontierRoots() {
        let tree = SmallTree(600)
        var frontier = TreeFrontier()
        for size in 0...600 {
            #expect(frontier.root == tree.root(0, size), "size \(size)")
            #expect(frontier.subtrees.count == size.nonzeroBitCount)
            let rebuilt = TreeFrontier(size: Int64(size)) { tree.subtree($0, $1) }
            #expect(rebuilt == frontier)
            if size < 600 { frontier.append(tree.leaves[size]) }
        }
    }

    @Test("A frontier tells of every subtree that belongs into a tile, once and in order")
    func completedSubtrees() {
        let tree = SmallTree(1030)
        var frontier = TreeFrontier()
        var counts: [Int: Int64] = [:]
        for leaf in tree.leaves {
            frontier.append(leaf) { level, index, hash in
                #expect(index == counts[level, default: 0])
                counts[level] = index + 1
                #expect(hash == tree.subtree(level * 8, index))
            }
        }
        #expect(counts == [0: 1030, 1: 4])
    }
}
