import Evidence
import EvidenceTestKit
import Fixity
import Testing
import TransparencyLog

@Suite("Tiles and bundles")
struct TileTests {
    /// A shelf on which a tree of so many leaves grew in steps of random width.
    private func grown(to count: Int, seed: UInt64) -> (SmallTree, TileShelf, GrowingTree) {
        let tree = SmallTree(count)
        let shelf = TileShelf()
        var random = SeededGenerator(seed: seed)
        var growing = GrowingTree()
        var size = 0
        while size < count {
            let step = min(Int.random(in: 1...400, using: &random), count - size)
            for leaf in tree.leaves[size..<size + step] { growing.append(leaf) }
            let tiles = growing.takeTiles()
            let expected = TilePath.changed(from: Int64(size), to: Int64(size + step))
                .filter { $0.content != .entries }
            #expect(tiles.map(\.path) == expected)
            shelf.put(tiles)
            size += step
        }
        return (tree, shelf, growing)
    }

    @Test("A tree that grew in steps gives the tiles of its definition")
    func tilesOfAGrowingTree() throws {
        let (tree, shelf, growing) = grown(to: 1400, seed: 5)
        #expect(growing.root == tree.root(0, 1400))
        for path in TilePath.all(size: 1400) {
            guard case .hashes(let level) = path.content else { continue }
            let hashes = try HashTile.parse(try shelf.read(path), width: path.width)
            for (place, hash) in hashes.enumerated() {
                #expect(hash == tree.subtree(level * 8, path.index << 8 + Int64(place)))
            }
        }
    }

    @Test("A tree read back from its right-edge tiles goes on as if it had never stopped")
    func rebuilt() throws {
        for count in [0, 1, 255, 256, 257, 700, 1024] {
            let (_, shelf, growing) = grown(to: count, seed: 6)
            var asked: Set<TilePath> = []
            var again = try GrowingTree(
                TileHashReader(size: Int64(count)) { path in
                    asked.insert(path)
                    return try shelf.read(path)
                })
            #expect(asked.count <= 4, "only the right edge is read")
            #expect(again.frontier == growing.frontier)
            #expect(again.takeTiles().isEmpty)
            var first = growing
            for leaf in SmallTree(count + 300).leaves[count...] {
                first.append(leaf)
                again.append(leaf)
            }
            let (left, right) = (first.takeTiles(), again.takeTiles())
            #expect(left.map(\.path) == right.map(\.path))
            #expect(left.map(\.bytes) == right.map(\.bytes))
            #expect(first.root == again.root)
        }
    }

    @Test("Proofs made from tiles verify, for old sizes too")
    func proofsFromTiles() throws {
        let (tree, shelf, _) = grown(to: 900, seed: 7)
        let reader = TileHashReader(size: 900, read: shelf.read)
        let root = tree.root(0, 900)
        for index in stride(from: Int64(0), to: 900, by: 7) {
            let proof = try InclusionProof.make(index: index, size: 900, hash: reader.hash)
            #expect(proof.verify(leafHash: tree.leaves[Int(index)], root: root))
            let old = try ConsistencyProof.make(from: index, to: 900, hash: reader.hash)
            #expect(old.verify(oldRoot: tree.root(0, Int(index)), newRoot: root))
        }
        // A size that was never written: its partial tiles are the beginning of fuller ones.
        let middle = TileHashReader(size: 513) { path in
            guard path.isPartial, let full = shelf.files[path.full] else {
                return try shelf.read(path)
            }
            return Array(full.prefix(path.width * HashTile.hashWidth))
        }
        let proof = try InclusionProof.make(index: 512, size: 513, hash: middle.hash)
        #expect(proof.verify(leafHash: tree.leaves[512], root: tree.root(0, 513)))
    }

    @Test("Where a partial tile is gone the full one serves")
    func fullTileServes() throws {
        let (tree, shelf, _) = grown(to: 512, seed: 8)
        shelf.files = shelf.files.filter {
            !$0.key.isPartial || $0.key.content != .hashes(level: 0)
        }
        let reader = TileHashReader(size: 300, read: shelf.read)
        #expect(try reader.hash(level: 3, index: 36) == tree.subtree(3, 36))
        #expect(throws: LogFailure.self) { try reader.hash(level: 3, index: 37) }
    }

    @Test("A missing tile, a short, a long one and a subtree that is not there are refused")
    func hostileTiles() throws {
        let (_, shelf, _) = grown(to: 300, seed: 9)
        let path = try TilePath(parsing: "tile/0/001.p/44")
        let whole = try shelf.read(path)
        for bytes in [[], Array(whole.dropLast()), whole + [0], whole + whole] {
            shelf.files[path] = bytes
            let reader = TileHashReader(size: 300, read: shelf.read)
            #expect(throws: LogFailure.self) { try reader.hash(level: 0, index: 299) }
        }
        shelf.files[path] = nil
        let reader = TileHashReader(size: 300, read: shelf.read)
        #expect(throws: TileShelf.Missing.self) { try reader.hash(level: 0, index: 299) }
        for (level, index) in [(0, Int64(300)), (0, -1), (-1, 0), (63, 0), (100, 0), (9, 0)] {
            #expect(throws: LogFailure.self) { try reader.hash(level: level, index: index) }
        }
    }

    @Test("Entries of every length come back from a bundle")
    func bundles() throws {
        let entries = [[], [7], [UInt8](repeating: 3, count: 65_535), Array("{}".utf8)]
        let bytes = try EntryBundle.encode(entries)
        #expect(try EntryBundle.parse(bytes, width: 4) == entries)
        #expect(Array(bytes.prefix(5)) == [0, 0, 0, 1, 7])
        #expect(try EntryBundle.encode([1, 2]) == [0, 2, 1, 2])
    }

    @Test("An entry, or a bundle, that does not fit is not written")
    func unwritableBundles() {
        #expect(throws: LogFailure.self) {
            try EntryBundle.encode([UInt8](repeating: 0, count: 65_536))
        }
        #expect(throws: LogFailure.self) { try EntryBundle.encode([[UInt8]]()) }
        #expect(throws: LogFailure.self) {
            try EntryBundle.encode([[UInt8]](repeating: [], count: 257))
        }
    }

    @Test("A bundle cut off anywhere, or with a byte too many, is refused")
    func hostileBundles() throws {
        let bytes = try EntryBundle.encode([[1, 2, 3], [], [4]])
        for count in 0..<bytes.count {
            #expect(throws: LogFailure.self) {
                try EntryBundle.parse(Array(bytes[..<count]), width: 3)
            }
        }
        for rest in [[0], [0, 0], [0, 1, 9]] as [[UInt8]] {
            #expect(throws: LogFailure.self) { try EntryBundle.parse(bytes + rest, width: 3) }
        }
        #expect(throws: LogFailure.self) { try EntryBundle.parse(bytes, width: 2) }
        #expect(throws: LogFailure.self) { try EntryBundle.parse(bytes, width: 4) }
        #expect(throws: LogFailure.self) { try EntryBundle.parse([255, 255, 1], width: 1) }
    }
}
