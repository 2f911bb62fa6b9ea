import Evidence
import TransparencyLog

/// The ledger against itself: every entry, every tile, the root; and what its leaves say.
struct LogCheck {
    let auditor: Auditor
    let checkpoint: Checkpoint

    /// Streams over the bundles: memory stays flat however long the log is.
    func run() {
        var tree = GrowingTree()
        var isBroken = false
        let size = checkpoint.size
        var index: Int64 = 0
        while index < size {
            guard let entries = bundle(at: index) else {
                isBroken = true
                break
            }
            for entry in entries {
                tree.append(MerkleTree.leafHash(entry))
                check(entry, index: index)
                index += 1
            }
            for tile in tree.takeTiles() where !tile.path.isPartial {
                compare(tile.path, tile.bytes)
            }
        }
        guard !isBroken else { return }
        checkEdge(tree)
        if tree.root != checkpoint.root {
            auditor.find(
                "root-differs", "log/checkpoint",
                Bilingual(
                    "The entries give another root than the checkpoint.", "存证记录与检查点的根哈希不符。"),
                expected: checkpoint.root.hex, found: tree.root.hex)
        }
        checkBeyond()
    }

    // MARK: - Bundles and tiles

    /// The entries from that index to the end of their bundle.
    private func bundle(at index: Int64) -> [[UInt8]]? {
        guard let path = TilePath.bundle(ofEntry: index, size: checkpoint.size) else { return nil }
        for candidate in [path, path.full] {
            guard
                let bytes = try? StoredFile.bytes(
                    place(candidate), limit: EntryBundle.byteLimit)
            else { continue }
            guard let entries = try? EntryBundle.parse(bytes, width: candidate.width) else {
                auditor.find(
                    "bundle-damaged", "log/\(candidate)",
                    Bilingual("A bundle of entries is damaged.", "存证记录包已损坏。"))
                return nil
            }
            return Array(entries.prefix(path.width))
        }
        auditor.find(
            "bundle-missing", "log/\(path)",
            Bilingual("A bundle of entries is missing.", "存证记录包缺失。"))
        return nil
    }

    private func place(_ path: TilePath) -> String { auditor.root + "/log/\(path)" }

    private func compare(_ path: TilePath, _ bytes: [UInt8]) {
        guard let found = try? StoredFile.bytes(place(path), limit: 256 * 32 + 1) else {
            auditor.find(
                "tile-missing", "log/\(path)", Bilingual("A tile is missing.", "哈希块缺失。"))
            return
        }
        if found != bytes {
            auditor.find(
                "tile-differs", "log/\(path)",
                Bilingual("A tile differs from the entries.", "哈希块与存证记录不符。"))
        }
    }

    /// The partial tiles of the right edge: each published width that is still there must be the
    /// beginning of the newest.
    private func checkEdge(_ tree: GrowingTree) {
        let reader = TileHashReader(size: checkpoint.size) { path in
            do { return try StoredFile.bytes(place(path), limit: 256 * 32) } catch {
                return try StoredFile.bytes(place(path.full), limit: 256 * 32)
            }
        }
        do {
            let fromTiles = try GrowingTree(reader)
            guard fromTiles.frontier == tree.frontier else {
                auditor.find(
                    "tile-differs", "log/tile",
                    Bilingual("The newest tiles differ from the entries.", "最新哈希块与存证记录不符。"))
                return
            }
        } catch {
            auditor.find(
                "tile-missing", "log/tile",
                Bilingual("The newest tiles cannot be read.", "最新哈希块无法读取。"), found: "\(error)")
        }
        for path in TilePath.all(size: checkpoint.size) where path.isPartial { checkPartials(path) }
    }

    /// Earlier, narrower versions of a partial tile or bundle.
    private func checkPartials(_ path: TilePath) {
        guard let newest = try? StoredFile.bytes(place(path), limit: EntryBundle.byteLimit) else {
            auditor.find(
                "tile-missing", "log/\(path)", Bilingual("A tile is missing.", "哈希块缺失。"))
            return
        }
        let directory = place(path.full) + ".p"
        for name in StoredFile.names(directory) {
            let bytes = try? StoredFile.bytes(
                directory + "/" + name, limit: EntryBundle.byteLimit)
            guard let width = Int(name), width <= path.width, let bytes,
                newest.starts(with: bytes), isWhole(bytes, path, width: width)
            else {
                auditor.find(
                    "tile-differs", "log/\(path.full).p/\(SafeText.of(name))",
                    Bilingual(
                        "A partial tile differs from the newest.", "部分哈希块与最新的不符。"))
                continue
            }
        }
    }

    private func isWhole(_ bytes: [UInt8], _ path: TilePath, width: Int) -> Bool {
        switch path.content {
        case .entries: (try? EntryBundle.parse(bytes, width: width)) != nil
        case .hashes: (try? HashTile.parse(bytes, width: width)) != nil
        }
    }

    /// Tiles or entries that no checkpoint covers: what a crash leaves until the next start, or what
    /// a checkpoint that was put back leaves.
    private func checkBeyond() {
        let edge = checkpoint.size / 256
        for offset in Int64(0)...1 {
            guard let full = TilePath(.entries, index: edge + offset) else { return }
            let width = offset == 0 ? Int(checkpoint.size % 256) : 0
            let beyond = StoredFile.names(place(full) + ".p").contains { Int($0) ?? 0 > width }
            if beyond || (try? StoredFile.size(place(full))) != nil {
                auditor.find(
                    "beyond-checkpoint", "log/\(full)",
                    Bilingual(
                        "Entries lie beyond the checkpoint: it was put back, or a crash came between.",
                        "检查点之后仍有存证记录：检查点可能被回退，或系统曾中断。"))
            }
        }
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
                Bilingual("A leaf points to one that is not before it.", "存证记录指向了其后的记录。"))
        }
        if let basis = leaf.basis, basis.size > index {
            auditor.find(
                "leaf-malformed", subject,
                Bilingual("A leaf names a later checkpoint.", "存证记录引用了更晚的检查点。"))
        }
        auditor.take(leaf, rows: auditor.rows(of: leaf, index: index), index: index)
    }
}
