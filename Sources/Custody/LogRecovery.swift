import DurableFiles
import Evidence
import TransparencyLog

/// Brings the log's files back to what its checkpoint covers, at a start.
///
/// What a crash left beyond it was promised to nobody. It is removed from its far end, records
/// before the bundle that names them, so that a crash within the removal leaves what the next start
/// can see.
struct LogRecovery {
    let root: DurableRoot
    let published: Checkpoint
    /// The one that stood in `log/checkpoint` at the start.
    let shown: Checkpoint

    private var reader: LedgerReader { LedgerReader(root: root.path) }

    func run() throws {
        let bundles = try leftovers(of: .entries, count: published.size)
        var records: Set<SHA256Digest> = []
        for path in bundles { records.formUnion(try unpublishedRecords(of: path)) }
        for record in records { removeRecord(record) }
        for path in bundles.reversed() { try root.remove(LogPlaces.tile(path)) }
        for level in 0...7 {
            let count = published.size >> Int64(8 * level)
            for path in try leftovers(of: .hashes(level: level), count: count).reversed() {
                try root.remove(LogPlaces.tile(path))
            }
            try removeSuperseded(.hashes(level: level), count: count)
        }
        try removeSuperseded(.entries, count: published.size)
    }

    // MARK: - Beyond the checkpoint

    /// Tiles of one kind that hold more than the first `count`, from the left.
    private func leftovers(of content: TilePath.Content, count: Int64) throws -> [TilePath] {
        let edge = count / 256
        var found: [TilePath] = []
        var group = edge / 1000
        while let tiles = try tiles(content, group: group) {
            for (index, isPartial) in tiles where index >= edge {
                guard isPartial else {
                    if let path = TilePath(content, index: index) { found.append(path) }
                    continue
                }
                let widths = try root.names(in: place(content, index) + ".p").compactMap(Int.init)
                for width in widths.sorted() where index > edge || width > Int(count % 256) {
                    guard let path = TilePath(content, index: index, width: width) else { continue }
                    found.append(path)
                }
            }
            group += 1
        }
        return found
    }

    /// Records of the entries of a bundle that no checkpoint covers; none where it cannot be read.
    ///
    /// - Throws: `checkpoint-rolled-back` where an entry was made under a later checkpoint than
    ///   ours: then it was published, and removing it would rewrite history.
    private func unpublishedRecords(of path: TilePath) throws -> [SHA256Digest] {
        guard let bytes = try? reader.read(LogPlaces.tile(path), limit: EntryBundle.byteLimit),
            let entries = try? EntryBundle.parse(bytes, width: path.width)
        else { return [] }
        let known = max(0, published.size - path.index * 256)
        return try entries.dropFirst(Int(known)).compactMap { entry in
            guard let leaf = try? Leaf(entry: entry) else { return nil }
            if let basis = leaf.basis, basis.size > published.size {
                throw CustodyFailure(
                    .checkpointRolledBack, detail: "\(published.size), was \(basis.size)")
            }
            // What a crash leaves stands on the checkpoint before it. Anything else is not a crash's,
            // and may name the record of a leaf that is published.
            return isAfterOurs(leaf) ? leaf.record : nil
        }
    }

    private func isAfterOurs(_ leaf: Leaf) -> Bool {
        [published, shown].contains { leaf.basis == Leaf.Basis(size: $0.size, root: $0.root) }
    }

    /// Removes a record that never was published, rows before their header. What cannot be removed
    /// stays as an orphan, which an audit tells.
    private func removeRecord(_ record: SHA256Digest) {
        let place = LogPlaces.record(record)
        guard let bytes = try? reader.read(place, limit: LogPlaces.recordByteLimit) else { return }
        if let header = try? RecordHeader(json: JSONReader.value(of: bytes)) {
            for row in header.rows { try? root.remove(LogPlaces.record(row)) }
        }
        try? root.remove(place)
    }

    // MARK: - Before the edge

    /// Removes the partial tiles beside full ones near the edge: a crash came after the checkpoint
    /// that made them needless.
    private func removeSuperseded(_ content: TilePath.Content, count: Int64) throws {
        let edge = count / 256
        let groups = max(0, edge / 1000 - 1)...edge / 1000
        for group in groups {
            for (index, isPartial) in try tiles(content, group: group) ?? []
            where isPartial && index < edge {
                let place = place(content, index)
                if try root.exists(place) { try root.removeFlatDirectory(place + ".p") }
            }
        }
    }

    // MARK: - Directories

    /// Tiles in one directory of a thousand, in order; nil where there are none. Names that are no
    /// tile's are the auditor's business.
    private func tiles(
        _ content: TilePath.Content, group: Int64
    ) throws -> [(index: Int64, isPartial: Bool)]? {
        let directory = LogPlaces.parent(of: place(content, group * 1000))
        let tiles = try root.names(in: directory).compactMap { name -> (Int64, Bool)? in
            let digits = name.hasSuffix(".p") ? name.dropLast(2) : name[...]
            guard digits.utf8.count == 3, let number = Int64(digits), number >= 0 else {
                return nil
            }
            return (group * 1000 + number, name.hasSuffix(".p"))
        }
        return tiles.isEmpty ? nil : tiles.sorted { ($0.0, $0.1 ? 0 : 1) < ($1.0, $1.1 ? 0 : 1) }
    }

    private func place(_ content: TilePath.Content, _ index: Int64) -> String {
        TilePath(content, index: index).map(LogPlaces.tile) ?? ""
    }
}
