import Testing
import TransparencyLog

@Suite("Paths of tiles")
struct TilePathTests {
    @Test("Paths read as C2SP tlog-tiles writes them, and come back")
    func examples() throws {
        let examples: [(TilePath.Content, Int64, Int, String)] = [
            (.hashes(level: 0), 5, 256, "tile/0/005"),
            (.hashes(level: 0), 1_234_067, 256, "tile/0/x001/x234/067"),
            (.hashes(level: 1), 0, 1, "tile/1/000.p/1"),
            (.hashes(level: 0), 273, 112, "tile/0/273.p/112"),
            (.hashes(level: 63), 0, 255, "tile/63/000.p/255"),
            (.entries, 0, 15, "tile/entries/000.p/15"),
            (.entries, 1000, 256, "tile/entries/x001/000"),
            (.entries, .max, 256, "tile/entries/x009/x223/x372/x036/x854/x775/807"),
        ]
        for (content, index, width, text) in examples {
            let path = try #require(TilePath(content, index: index, width: width))
            #expect(path.description == text)
            #expect(try TilePath(parsing: text) == path)
        }
    }

    @Test(
        "Any other spelling is refused",
        arguments: [
            "", "tile", "tile/", "tile/0", "tile/0/", "tile/0/5", "tile/0/0005", "tile/0/x005",
            "tile/0/x000/005", "tile/0/001/005", "tile/0/x001", "tile/0/x001/x005", "tile/64/000",
            "tile/00/000", "tile/-1/000", "tile/+1/000", "tile/0/000.p/0", "tile/0/000.p/256",
            "tile/0/000.p/01", "tile/0/000.p", "tile/0/000.p/", "tile/0/000.p/1/", "tile/0/000/1",
            "/tile/0/000", "tile/0/000/", "tile/0/../000", "Tile/0/000", "tile/entry/000",
            "tile/0/x009/x223/x372/x036/x854/x775/808", "tile/0/00a", "tile/0/٠٠٠",
            "tile/0/x999/x999/x999/x999/x999/x999/x999/x999/x999/x999/x999/x999/000",
            "tile/0/000.p/1\n", "tile/0/.p/1", "tile/0/X001/000", "tile//000", "tile/0//000",
        ])
    func hostilePaths(_ text: String) {
        #expect(throws: LogFailure.self) { try TilePath(parsing: text) }
    }

    @Test("No tile has a level, index or width outside its bounds")
    func bounds() {
        #expect(TilePath(.hashes(level: 64), index: 0) == nil)
        #expect(TilePath(.hashes(level: -1), index: 0) == nil)
        #expect(TilePath(.entries, index: -1) == nil)
        #expect(TilePath(.entries, index: 0, width: 0) == nil)
        #expect(TilePath(.entries, index: 0, width: 257) == nil)
    }

    @Test("A tree of 70,000 has 277 tiles; one of 256 has a full tile and one above it")
    func tilesOfASize() throws {
        func tiles(_ size: Int64) -> [String] {
            TilePath.all(size: size).filter { $0.content != .entries }.map(\.description)
        }
        let large = tiles(70_000)
        #expect(large.count == 277)
        #expect(
            large.suffix(4) == [
                "tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1",
            ])
        #expect(tiles(256) == ["tile/0/000", "tile/1/000.p/1"])
        #expect(tiles(0).isEmpty)
        #expect(
            TilePath.all(size: 1).map(\.description)
                == ["tile/entries/000.p/1", "tile/0/000.p/1"])
    }

    @Test("A size that somebody only claims can be begun: 2^63 entries cost nothing")
    func endlessSizes() {
        let first = TilePath.all(size: .max).prefix(2).map(\.description)
        #expect(first == ["tile/entries/000", "tile/0/000"])
        #expect(Array(TilePath.changed(from: .max - 1, to: .max)).count == 2)
        #expect(Array(TilePath.all(size: -1)).isEmpty)
    }

    @Test("Growth names each tile that changes, full ones first made full and partial ones")
    func growth() {
        #expect(
            TilePath.changed(from: 255, to: 258).map(\.description) == [
                "tile/entries/000", "tile/0/000", "tile/entries/001.p/2", "tile/0/001.p/2",
                "tile/1/000.p/1",
            ])
        #expect(Array(TilePath.changed(from: 300, to: 300)).isEmpty)
        #expect(
            TilePath.changed(from: 512, to: 513).map(\.description)
                == ["tile/entries/002.p/1", "tile/0/002.p/1"])
        for old in Int64(0)...600 {
            let grown = Set(TilePath.all(size: old)).union(TilePath.changed(from: old, to: 600))
            #expect(grown.isSuperset(of: TilePath.all(size: 600)))
        }
    }

    @Test("The tile and the bundle that hold an entry")
    func holding() {
        #expect(
            TilePath.bundle(ofEntry: 260, size: 300)?.description == "tile/entries/001.p/44")
        #expect(TilePath.bundle(ofEntry: 255, size: 300)?.description == "tile/entries/000")
        #expect(TilePath.bundle(ofEntry: 300, size: 300) == nil)
        #expect(TilePath.bundle(ofEntry: -1, size: 300) == nil)
        #expect(
            TilePath.holding(tileLevel: 1, index: 0, size: 300)?.description == "tile/1/000.p/1")
        #expect(TilePath.holding(tileLevel: 1, index: 1, size: 300) == nil)
    }

    @Test("A tree covers exactly the tiles that it has, and narrower ones")
    func covered() throws {
        for size in [Int64(0), 1, 255, 256, 257, 65_536, 70_000] {
            for path in TilePath.all(size: size) {
                #expect(path.isCovered(bySize: size))
                #expect(path.isCovered(bySize: size + 1000))
                let wider = TilePath(path.content, index: path.index, width: path.width + 1)
                #expect(wider.map { !$0.isCovered(bySize: size) } ?? true)
                let next = try #require(TilePath(path.content, index: path.index + 1, width: 1))
                let hasNext = TilePath.all(size: size).contains {
                    $0.content == next.content && $0.index == next.index
                }
                #expect(next.isCovered(bySize: size) == hasNext)
            }
        }
        for content in [TilePath.Content.entries, .hashes(level: 0), .hashes(level: 63)] {
            let far = try #require(TilePath(content, index: .max, width: 1))
            #expect(!far.isCovered(bySize: .max))
            #expect(try !#require(TilePath(content, index: 0, width: 1)).isCovered(bySize: 0))
            #expect(try !#require(TilePath(content, index: 0, width: 1)).isCovered(bySize: -1))
        }
    }
}
