import Evidence
import Fixity
import TransparencyLog

/// The ledger against itself: every entry, every tile, the root; and what its leaves say.
///
/// Two trees grow side by side, one over the entries and one over the hashes that the tiles give
/// them. The one that leads to the signed root is the truth, and tells on which side the damage is.
/// Memory stays flat however long the log is.
final class LogCheck {
    private let auditor: Auditor
    private let checkpoint: Checkpoint
    private var fromEntries = Side()
    private var fromTiles = Side()
    /// Leaves whose entry and hash differ.
    private var differing:
        [(leaf: Int64, tile: TilePath, entry: SHA256Digest, hash: SHA256Digest)] = []
    private var bases = BasisCheck()
    /// Neither entries nor hashes of some leaves could be had.
    private(set) var hasGap = false

    private static let listLimit = 10_000

    private struct Side {
        var tree = GrowingTree()
        var isWhole = true
        /// Tiles above the lowest that are not as this tree has them.
        var differing: [(path: TilePath, expected: [UInt8])] = []
        /// The newest partial tile of every level.
        var edge: [TilePath.Content: (path: TilePath, bytes: [UInt8])] = [:]
    }

    init(auditor: Auditor, checkpoint: Checkpoint) {
        (self.auditor, self.checkpoint) = (auditor, checkpoint)
    }

    func run() {
        var index: Int64 = 0
        while index < checkpoint.size {
            guard let path = TilePath.bundle(ofEntry: index, size: checkpoint.size) else { return }
            let entries = bundle(path)
            let hashes = tile(path)
            if entries == nil { auditor.hasUnreadLeaves = true }
            guard entries != nil || hashes != nil else {
                // What a cut leaves: nothing after it can be compared with the root any more.
                hasGap = true
                return
            }
            for offset in 0..<path.width {
                let leaf = index + Int64(offset)
                let ofEntry = entries.map { MerkleTree.leafHash($0[offset]) }
                let ofTile = hashes.map { $0[offset] }
                if let ofEntry, let ofTile, ofEntry != ofTile, differing.count < Self.listLimit {
                    differing.append((leaf, path, ofEntry, ofTile))
                }
                bases.grew(fromEntries.tree.frontier)
                if let hash = ofEntry ?? ofTile { fromEntries.tree.append(hash) }
                if let hash = ofTile ?? ofEntry { fromTiles.tree.append(hash) }
                if let entries { check(entries[offset], index: leaf) }
            }
            compareAbove(&fromEntries)
            compareAbove(&fromTiles)
            index += Int64(path.width)
        }
        conclude()
    }

    /// Says what differs, by the side that leads to the signed root.
    private func conclude() {
        let root = checkpoint.root
        let isByTiles = fromEntries.tree.root != root && fromTiles.tree.root == root
        let side = isByTiles ? fromTiles : fromEntries
        let isTrue = side.tree.root == root
        if !isTrue {
            auditor.find(
                "root-differs", "log/checkpoint",
                Bilingual(
                    "The entries give another root than the checkpoint.", "存证记录与检查点的根哈希不符。"),
                expected: root.hex, found: fromEntries.tree.root.hex)
        }
        if isTrue, !isByTiles {
            var told: Set<TilePath> = []
            for one in differing where told.insert(one.tile).inserted {
                differs(hashes(of: one.tile), at: one.leaf, expected: one.entry, found: one.hash)
            }
        } else {
            for one in differing {
                auditor.find(
                    "leaf-differs", "leaf \(one.leaf)",
                    Bilingual("A leaf differs from its hash.", "存证记录与其哈希不符。"),
                    expected: one.hash.hex, found: one.entry.hex)
            }
        }
        // Of entries that are damaged themselves no earlier root can be computed.
        for one in bases.differing where isTrue && !isByTiles {
            auditor.find(
                "basis-differs", "leaf \(one.leaf)",
                Bilingual(
                    "The checkpoint that a leaf names is none of this log.",
                    "存证记录引用的检查点不属于本日志。"),
                expected: one.expected.hex, found: one.found.hex)
        }
        for (path, bytes) in side.differing { compare(path, bytes) }
        for (path, bytes) in side.edge.values.sorted(by: {
            $0.path.description < $1.path.description
        })
        where path.content != .hashes(level: 0) && isOfEdge(path) {
            compare(path, bytes)
        }
    }

    private func isOfEdge(_ path: TilePath) -> Bool {
        guard case .hashes(let level) = path.content else { return false }
        let count = checkpoint.size >> Int64(8 * level)
        return path.index == count / 256 && path.width == Int(count % 256)
    }

    // MARK: - Bundles and tiles

    private func place(_ path: TilePath) -> String { auditor.root + "/log/\(path)" }

    private func hashes(of bundle: TilePath) -> TilePath {
        TilePath(.hashes(level: 0), index: bundle.index, width: bundle.width) ?? bundle
    }

    /// The bytes of a tile, or of the full one that took a partial one's place.
    private func stored(_ path: TilePath, limit: Int) throws -> (bytes: [UInt8], path: TilePath) {
        do { return (try StoredFile.bytes(place(path), limit: limit), path) } catch {
            guard path.isPartial, error == .missing,
                let bytes = try? StoredFile.bytes(place(path.full), limit: limit)
            else { throw error }
            return (bytes, path.full)
        }
    }

    private func bundle(_ path: TilePath) -> [[UInt8]]? {
        guard let found = try? stored(path, limit: EntryBundle.byteLimit) else {
            auditor.find(
                "bundle-missing", "log/\(path)",
                Bilingual("A bundle of entries is missing.", "存证记录包缺失。"),
                expected: "\(path.width)")
            return nil
        }
        do {
            let entries = try EntryBundle.parse(found.bytes, width: found.path.width)
            return Array(entries.prefix(path.width))
        } catch {
            auditor.find(
                "bundle-damaged", "log/\(found.path)",
                Bilingual("A bundle of entries is damaged.", "存证记录包已损坏。"),
                expected: "\(found.path.width)", found: error.problem.english)
            return nil
        }
    }

    private func tile(_ bundle: TilePath) -> [SHA256Digest]? {
        let path = hashes(of: bundle)
        guard let found = try? stored(path, limit: 256 * HashTile.hashWidth) else {
            missing(path)
            return nil
        }
        guard let hashes = try? HashTile.parse(found.bytes, width: found.path.width) else {
            differs(
                found.path, expected: "\(found.path.width * HashTile.hashWidth) B",
                found: "\(found.bytes.count) B")
            return nil
        }
        return Array(hashes.prefix(path.width))
    }

    /// Full tiles above the lowest level, as this tree has them.
    private func compareAbove(_ side: inout Side) {
        for (path, bytes) in side.tree.takeTiles() where path.content != .hashes(level: 0) {
            guard !path.isPartial else {
                side.edge[path.content] = (path, bytes)
                continue
            }
            side.edge[path.content] = nil
            let found = try? StoredFile.bytes(place(path), limit: 256 * HashTile.hashWidth)
            if found != bytes, side.differing.count < Self.listLimit {
                side.differing.append((path, bytes))
            }
        }
    }

    private func compare(_ path: TilePath, _ bytes: [UInt8]) {
        guard let found = try? stored(path, limit: 256 * HashTile.hashWidth) else {
            missing(path)
            return
        }
        guard !found.bytes.starts(with: bytes) else { return }
        differs(
            path, expected: SHA256Digest.of(bytes).hex, found: SHA256Digest.of(found.bytes).hex)
    }

    private func missing(_ path: TilePath) {
        auditor.find(
            "tile-missing", "log/\(path)", Bilingual("A tile is missing.", "哈希块缺失。"),
            expected: "\(path.width)")
    }

    private func differs(
        _ path: TilePath, at leaf: Int64, expected: SHA256Digest, found: SHA256Digest
    ) {
        differs(path, expected: "leaf \(leaf) \(expected.hex)", found: found.hex)
    }

    private func differs(_ path: TilePath, expected: String, found: String) {
        auditor.find(
            "tile-differs", "log/\(path)",
            Bilingual("A tile differs from the entries.", "哈希块与存证记录不符。"),
            expected: expected, found: found)
    }

    // MARK: - Leaves

    private func check(_ entry: [UInt8], index: Int64) {
        auditor.summary.leaves += 1
        let subject = "leaf \(index)"
        let leaf: Leaf
        do {
            leaf = try Leaf(entry: entry)
        } catch {
            auditor.find(
                "leaf-malformed", subject,
                Bilingual("A leaf is malformed.", "存证记录格式有误。"), found: error.problem)
            return
        }
        if entry.count > Leaf.byteLimit {
            auditor.find(
                "leaf-too-long", subject, Bilingual("A leaf is too long.", "存证记录过长。"),
                expected: "≤ \(Leaf.byteLimit) B", found: "\(entry.count) B")
        }
        if let code = auditor.stationCode, leaf.station != code {
            auditor.find(
                "station-differs", subject,
                Bilingual("A leaf is another station's.", "存证记录属于另一站点。"),
                expected: code, found: SafeText.of(leaf.station))
        }
        if let value = try? JSONReader.value(of: entry),
            (try? JSONWriter.canonical(value)) != entry
        {
            auditor.find(
                "leaf-not-canonical", subject,
                Bilingual("A leaf is not in canonical form.", "存证记录不是规范格式。"))
        }
        if let previous = leaf.previous, !(0..<index).contains(previous) {
            auditor.find(
                "leaf-malformed", subject,
                Bilingual("A leaf points to one that is not before it.", "存证记录指向了其后的记录。"),
                expected: "< \(index)", found: "\(previous)")
        }
        if let basis = leaf.basis, !(0...index).contains(basis.size) {
            auditor.find(
                "leaf-malformed", subject,
                Bilingual("A leaf names a later checkpoint.", "存证记录引用了更晚的检查点。"),
                expected: "≤ \(index)", found: "\(basis.size)")
        }
        if let basis = leaf.basis { bases.check(basis, ofLeaf: index) }
        auditor.take(leaf, rows: auditor.rows(of: leaf, index: index), index: index)
    }
}
