import Evidence
import EvidenceTestKit
import Fixity
import Foundation
import Testing
import TransparencyLog

/// Data files that others made: proofs from transparency-dev/merkle and a log from
/// transparency-dev/tessera.
@Suite(
    "Foreign vectors",
    .enabled(if: SharedKnowledge.isPresent, "the foreign vectors are not on this machine"))
struct ForeignVectorTests {
    private struct Inclusion: Decodable {
        let leafIdx: UInt64
        let treeSize: UInt64
        let root: Data?
        let leafHash: Data?
        let proof: [Data]?
        let wantErr: Bool
    }

    private struct Consistency: Decodable {
        let size1: UInt64
        let size2: UInt64
        let root1: Data?
        let root2: Data?
        let proof: [Data]?
        let wantErr: Bool
    }

    private var folder: String { (SharedKnowledge.path ?? "") + "/vectors" }

    private func vectors<Vector: Decodable>(_ kind: String) throws -> [(String, Vector)] {
        let root = "\(folder)/merkle/\(kind)"
        let names = try #require(FileManager.default.enumerator(atPath: root))
            .compactMap { $0 as? String }.filter { $0.hasSuffix(".json") }.sorted()
        return try names.map {
            let data = try #require(FileManager.default.contents(atPath: "\(root)/\($0)"))
            return ($0, try JSONDecoder().decode(Vector.self, from: data))
        }
    }

    /// Nil where the length is not a digest's.
    private func digest(_ data: Data?) -> SHA256Digest? {
        data.flatMap { SHA256Digest(bytes: Array($0)) }
    }

    private func digests(_ data: [Data]?) -> [SHA256Digest]? {
        let found = (data ?? []).compactMap { digest($0) }
        return found.count == (data ?? []).count ? found : nil
    }

    @Test("Inclusion proofs are judged as their maker judged them")
    func inclusion() throws {
        let vectors: [(String, Inclusion)] = try vectors("inclusion")
        #expect(vectors.count > 90)
        for (name, vector) in vectors {
            guard let index = Int64(exactly: vector.leafIdx),
                let size = Int64(exactly: vector.treeSize), let leaf = digest(vector.leafHash),
                let root = digest(vector.root), let hashes = digests(vector.proof)
            else {
                #expect(vector.wantErr, "\(name) cannot even be spelled")
                continue
            }
            let proof = InclusionProof(index: index, size: size, hashes: hashes)
            #expect(proof.verify(leafHash: leaf, root: root) == !vector.wantErr, "\(name)")
        }
    }

    @Test("Consistency proofs are judged as their maker judged them")
    func consistency() throws {
        let vectors: [(String, Consistency)] = try vectors("consistency")
        #expect(vectors.count > 80)
        var placeholders = 0
        for (name, vector) in vectors {
            let sizes = (Int64(exactly: vector.size1), Int64(exactly: vector.size2))
            guard let old = sizes.0, let new = sizes.1, let before = digest(vector.root1),
                let after = digest(vector.root2), let hashes = digests(vector.proof)
            else {
                // One vector that is to hold has a placeholder for its roots.
                if !vector.wantErr { placeholders += 1 }
                continue
            }
            let proof = ConsistencyProof(oldSize: old, newSize: new, hashes: hashes)
            #expect(
                proof.verify(oldRoot: before, newRoot: after) == !vector.wantErr, "\(name)")
        }
        #expect(placeholders == 1)
    }

    private func logFile(_ name: String) throws -> [UInt8] {
        Array(
            try #require(
                FileManager.default.contents(atPath: "\(folder)/tessera-log/\(name)"), "\(name)"))
    }

    private func checkpoint(_ size: Int64) throws -> Checkpoint {
        let key = try VerifierKey(
            parsing: "example.com/log/testdata+33d7b496+"
                + "AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx")
        return try Checkpoint.open(try logFile("checkpoint.\(size)"), by: key)
    }

    private func leaves(_ size: Int64) throws -> [SHA256Digest] {
        guard size > 0 else { return [] }
        let path = try #require(TilePath(.entries, index: 0, width: Int(size)))
        return try EntryBundle.parse(try logFile(path.description), width: path.width)
            .map { MerkleTree.leafHash($0) }
    }

    @Test("The log of others: every checkpoint is signed, and its root is that of its entries")
    func checkpoints() throws {
        for size in Int64(0)...15 {
            let checkpoint = try checkpoint(size)
            #expect(checkpoint.size == size)
            #expect(checkpoint.root == MerkleTree.root(ofLeafHashes: try leaves(size)))
            #expect(
                try SignedNote(parsing: try logFile("checkpoint.\(size)")).bytes
                    == logFile("checkpoint.\(size)"))
        }
    }

    @Test("The log of others: our tiles are its tiles, byte for byte")
    func tiles() throws {
        var growing = GrowingTree()
        for (index, leaf) in try leaves(15).enumerated() {
            growing.append(leaf)
            let tiles = growing.takeTiles()
            #expect(tiles.map(\.path.description) == ["tile/0/000.p/\(index + 1)"])
            #expect(try tiles.first?.bytes == logFile("tile/0/000.p/\(index + 1)"))
        }
    }

    @Test("The log of others: proofs from its tiles verify against its checkpoints")
    func proofs() throws {
        let leaves = try leaves(15)
        for size in Int64(1)...15 {
            let reader = TileHashReader(size: size) { try logFile($0.description) }
            let after = try checkpoint(size)
            for index in 0..<size {
                let proof = try InclusionProof.make(index: index, size: size, hash: reader.hash)
                #expect(proof.verify(leafHash: leaves[Int(index)], root: after.root))
            }
            for old in 0...size {
                let proof = try ConsistencyProof.make(from: old, to: size, hash: reader.hash)
                #expect(proof.verify(oldRoot: try checkpoint(old).root, newRoot: after.root))
            }
        }
    }
}
