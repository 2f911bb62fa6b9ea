import DurableFiles
import Evidence
import EvidenceTestKit
import Fixity
import Foundation
import Glibc
import Synchronization
import Testing
import TransparencyLog

@testable import Witness

/// A log's server that holds everything, and lies as it is told.
final class LyingServer: TileSource {
    let key: SigningKey
    let origin = "court.example/log"
    var entries: [[UInt8]] = []
    /// What it shows; nil for everything.
    var shown: Int?
    /// Changes what it gives for a file; nil for what is true.
    var lie: ((TilePath, [UInt8]?) -> [UInt8]?)?
    var signer: SigningKey?
    private(set) var asked: [TilePath] = []

    init(key: SigningKey = .generate()) { self.key = key }

    var verifierKey: VerifierKey { try! VerifierKey(name: origin, of: key) }
    var size: Int { shown ?? entries.count }

    func grow(to size: Int, branch: Int = 0) {
        while entries.count < size { entries.append(Array("\(branch): \(entries.count)".utf8)) }
    }

    func root(_ size: Int) -> SHA256Digest {
        MerkleTree.root(ofLeafHashes: entries[..<size].map { MerkleTree.leafHash($0) })
    }

    func checkpoint(limit: Int) throws -> [UInt8] {
        let checkpoint = try Checkpoint(origin: origin, size: Int64(size), root: root(size))
        return try checkpoint.signed(with: signer ?? key).bytes
    }

    func tile(_ path: TilePath, limit: Int) throws -> [UInt8]? {
        asked.append(path)
        let truth = try truth(path)
        return lie.map { $0(path, truth) } ?? truth
    }

    func truth(_ path: TilePath) throws -> [UInt8]? {
        let start = Int(path.index) << 8
        switch path.content {
        case .entries:
            guard start + path.width <= entries.count else { return nil }
            return try EntryBundle.encode(Array(entries[start..<start + path.width]))
        case .hashes(let level):
            let span = 1 << (8 * level)
            guard (start + path.width) * span <= entries.count else { return nil }
            return HashTile.encode(
                (start..<start + path.width).map { index in
                    MerkleTree.root(
                        ofLeafHashes: entries[index * span..<(index + 1) * span].map {
                            MerkleTree.leafHash($0)
                        })
                })
        }
    }
}

@Suite("A notary's mirror holds what it has checked, and nothing else")
struct LedgerMirrorTests {
    private let directory = TemporaryDirectory()
    private let server = LyingServer()

    init() throws { mkdir(directory.path + "/staging", 0o755) }

    private func mirror(_ calls: DiskCalls = .kernel, in path: String? = nil) throws -> LedgerMirror
    {
        try LedgerMirror(
            root: DurableRoot(path: path ?? directory.path, calls: calls), place: "mirror",
            keys: [server.verifierKey])
    }

    private func kind(_ error: any Error) -> MirrorFailure.Code? { (error as? MirrorFailure)?.kind }

    private func file(_ place: String, in path: String? = nil) -> [UInt8]? {
        FileManager.default.contents(atPath: (path ?? directory.path) + "/mirror/" + place)
            .map { [UInt8]($0) }
    }

    /// Every file of the log of that size is there, and is right.
    private func expectWhole(
        _ size: Int, in path: String? = nil, _ source: SourceLocation = #_sourceLocation
    ) throws {
        for path2 in TilePath.all(size: Int64(size)) {
            #expect(
                file(path2.description, in: path) == (try server.truth(path2)), "\(path2)",
                sourceLocation: source)
        }
        let note = try #require(file("checkpoint", in: path), sourceLocation: source)
        let held = try Checkpoint.open(note, by: server.verifierKey)
        #expect(held.size == Int64(size) && held.root == server.root(size), sourceLocation: source)
    }

    @Test(
        "It grows with the log, and any tile client can read it",
        arguments: [
            [1], [255, 256, 257], [300, 700, 768], [100, 66_000], [0, 5],
        ])
    func growth(sizes: [Int]) throws {
        for size in sizes {
            server.grow(to: size)
            // Opened anew each time: what is on the disk is all that it knows.
            #expect(try mirror().pull(from: server).size == Int64(size))
            try expectWhole(size)
        }
        let size = try #require(sizes.last)
        guard size > 0 else { return }
        let held = try mirror()
        for index in [0, size / 2, size - 1] {
            let proof = try #require(try held.inclusionProof(Int64(index)))
            try TlogProof(parsing: proof.bytes).verify(
                entry: server.entries[index], by: server.verifierKey)
        }
        // Nothing stands there that no checkpoint needs.
        let names = FileManager.default.enumerator(atPath: directory.path + "/mirror")?.allObjects
        let files = (names ?? []).compactMap { $0 as? String }.filter { file($0) != nil }
        let needed = Set(
            sizes.flatMap { TilePath.all(size: Int64($0)).map(\.description) } + ["checkpoint"])
        #expect(Set(files).isSubset(of: needed))
        if sizes == [300, 700, 768] {
            #expect(!files.contains { $0.hasPrefix("tile/entries/001.p") })
        }
    }

    @Test("Its copy is a source for another mirror")
    func chain() throws {
        server.grow(to: 700)
        try mirror().pull(from: server)
        let other = TemporaryDirectory()
        mkdir(other.path + "/staging", 0o755)
        let folder = try ForeignFolder(path: directory.path + "/mirror")
        let second = try LedgerMirror(
            root: DurableRoot(path: other.path), place: "mirror", keys: [server.verifierKey])
        #expect(try second.pull(from: FolderSource { try folder.read($0, limit: $1) }).size == 700)
        try expectWhole(700, in: other.path)
    }

    // MARK: - Hostile servers

    /// A pull fails so, leaves what was held, and the next honest one succeeds.
    private func expect(
        _ code: MirrorFailure.Code, held: Int, _ source: SourceLocation = #_sourceLocation
    ) throws {
        let one = try mirror()
        #expect(sourceLocation: source) { try one.pull(from: server) } throws: { kind($0) == code }
        #expect(one.held.size == Int64(held), sourceLocation: source)
        #expect(try mirror().held.size == Int64(held), sourceLocation: source)
        if held > 0 { try expectWhole(held, source) }
        server.lie = nil
        #expect(try one.pull(from: server).size == Int64(server.size), sourceLocation: source)
        try expectWhole(server.size, source)
    }

    @Test(
        "An entry with one bit changed, in a new bundle and in the part that was held",
        arguments: [
            0, 299, 300, 511, 512, 699,
        ])
    func changedEntry(index: Int) throws {
        server.grow(to: 300)
        try mirror().pull(from: server)
        server.grow(to: 700)
        server.lie = { path, truth in
            guard path.content == .entries, Int(path.index) == index >> 8, var bytes = truth else {
                return truth
            }
            let length = 2 + self.server.entries[index & ~255].count
            bytes[(index & 255) * length + 3] ^= 1
            return bytes
        }
        if index < 256 {
            // Nobody needs that bundle again.
            #expect(try mirror().pull(from: server).size == 700)
        } else {
            try expect(.differs, held: 300)
        }
    }

    @Test("Bundles that are short, long, empty, endless or absent", arguments: 0..<6)
    func malformedBundle(kind: Int) throws {
        server.grow(to: 100)
        try mirror().pull(from: server)
        server.grow(to: 600)
        server.lie = { path, truth in
            guard path.content == .entries, path.index == 1, let truth else { return truth }
            switch kind {
            case 0: return Array(truth.dropLast(Int(truth[1]) + 2))
            case 1: return truth + [0, 1, 7]
            case 2: return []
            case 3: return [UInt8](repeating: 0xff, count: EntryBundle.byteLimit + 1)
            case 4: return Array(truth.dropLast())
            default: return nil
            }
        }
        try expect(kind == 5 ? .missing : .malformed, held: 100)
    }

    @Test("Wrong tiles of hashes are never stored: the mirror computes its own")
    func wrongTiles() throws {
        server.grow(to: 700)
        server.lie = { path, truth in
            path.content == .entries ? truth : truth.map { [UInt8](repeating: 7, count: $0.count) }
        }
        try mirror().pull(from: server)
        server.lie = nil
        try expectWhole(700)
    }

    @Test(
        "Another history under the same key, larger or of the same size",
        arguments: [
            (300, 600), (300, 300), (256, 257), (1, 2),
        ])
    func fork(held: Int, size: Int) throws {
        server.grow(to: held)
        try mirror().pull(from: server)
        let honest = server.entries
        server.entries.removeLast()
        server.grow(to: size, branch: 1)
        let one = try mirror()
        #expect { try one.pull(from: server) } throws: {
            kind($0) == .fork || (kind($0) == .differs && held % 256 != 0)
        }
        #expect(try mirror().held.size == Int64(held))
        server.entries = honest
        try expectWhole(held)
    }

    @Test("A server that went back is refused, and what is held stays")
    func rollback() throws {
        server.grow(to: 300)
        try mirror().pull(from: server)
        server.shown = 200
        #expect { try mirror().pull(from: server) } throws: { kind($0) == .rollback }
        server.shown = nil
        try expectWhole(300)
    }

    @Test("A checkpoint by another key, of another log, or none")
    func strangers() throws {
        server.grow(to: 10)
        server.signer = .generate()
        #expect(throws: LogFailure.self) { try mirror().pull(from: server) }
        let empty = FolderSource { _, _ in nil }
        #expect { try mirror().pull(from: empty) } throws: { kind($0) == .missing }
        for bytes in [
            [], Array("x\n".utf8), [UInt8](repeating: 0x61, count: SignedNote.byteLimit + 1),
        ] {
            let source = FolderSource { place, _ in place == "checkpoint" ? bytes : nil }
            #expect(throws: (any Error).self) { try mirror().pull(from: source) }
        }
        #expect(try mirror().held.size == 0)
    }

    @Test("A server that says something else the second time gets nothing shown")
    func twoFaced() throws {
        server.grow(to: 600)
        var times = 0
        server.lie = { path, truth in
            guard path.content == .entries, path.index == 1, var bytes = truth else { return truth }
            times += 1
            if times == 2 { bytes[5] ^= 1 }
            return bytes
        }
        try expect(.differs, held: 0)
    }

    // MARK: - The disk

    @Test("Struck down at any call, it holds what it held or what is new, and goes on from there")
    func struckDown() throws {
        server.grow(to: 300)
        var call = 0
        var outcomes: Set<Int64> = []
        while true {
            call += 1
            let directory = TemporaryDirectory()
            mkdir(directory.path + "/staging", 0o755)
            server.shown = 300
            try mirror(in: directory.path).pull(from: server)
            server.grow(to: 900)
            server.shown = 900
            let mortal = MortalCalls(last: call)
            let struck = Result { try mirror(mortal.calls, in: directory.path).pull(from: server) }
            if !mortal.isDead {
                _ = try struck.get()
                break
            }
            let next = try mirror(in: directory.path)
            outcomes.insert(next.held.size)
            try expectWhole(Int(next.held.size), in: directory.path)
            #expect(try next.pull(from: server).size == 900)
            try expectWhole(900, in: directory.path)
        }
        #expect(call > 10 && outcomes == [300, 900])
    }

    @Test("What an unended pull of another history left is written over")
    func leftovers() throws {
        server.grow(to: 100)
        try mirror().pull(from: server)
        server.grow(to: 700)
        for path in TilePath.changed(from: 100, to: 700) {
            directory.write(Array("garbage \(path)".utf8), at: "mirror/" + path.description)
        }
        #expect(try mirror().pull(from: server).size == 700)
        try expectWhole(700)
    }

    @Test(
        "A copy whose right edge is damaged is not gone on with",
        arguments: [
            "tile/0/001.p/44", "checkpoint", "tile/1/000.p/1",
        ])
    func damaged(place: String) throws {
        server.grow(to: 300)
        try mirror().pull(from: server)
        var bytes = try #require(file(place))
        bytes[10] ^= 1
        chmod(directory.path + "/mirror/" + place, 0o644)
        directory.write(bytes, at: "mirror/" + place)
        #expect { try mirror() } throws: { kind($0) == .damaged }
    }

    // MARK: - Cosigning

    @Test("With a mirror only what it holds is cosigned")
    func cosigning() throws {
        let notary = TemporaryDirectory()
        let witness = try LogWitness(
            root: DurableRoot(path: notary.path), logs: [server.verifierKey],
            cosigners: [Cosigner(name: "n", key: .generate())], clock: { 1_790_000_000 })
        let one = try mirror()
        #expect(try witness.decide(over: one) == nil)
        server.grow(to: 300)
        func body(_ old: Int, _ new: Int) throws -> [UInt8] {
            let leaves = server.entries.map { MerkleTree.leafHash($0) }
            let proof = try ConsistencyProof.make(from: Int64(old), to: Int64(new)) {
                let start = Int($1) << $0
                return MerkleTree.root(ofLeafHashes: leaves[start..<start + 1 << $0])
            }
            let checkpoint = try Checkpoint(
                origin: server.origin, size: Int64(new), root: server.root(new))
            return try WitnessRequest(
                oldSize: Int64(old), hashes: proof.hashes, note: checkpoint.signed(with: server.key)
            ).bytes
        }
        #expect(witness.decide(try body(0, 300), holding: one).answer.status == 500)
        try one.pull(from: server)
        #expect(witness.decide(try body(0, 300), holding: one).answer.status == 200)
        server.grow(to: 800)
        #expect(witness.decide(try body(300, 800), holding: one).answer.status == 500)
        try one.pull(from: server)
        // By itself, with a proof from its own tiles.
        #expect(try witness.decide(over: one)?.answer.status == 200)
        #expect(witness.decide(try body(300, 800), holding: one).answer == .conflict(800))
        // A rollback and a fork are still kept as evidence.
        #expect(!witness.decide(try body(0, 200), holding: one).findings.isEmpty)
        #expect(witness.decide(Array("x".utf8), holding: one).answer.status == 400)
    }
}
