package import DurableFiles
import Evidence
package import TransparencyLog

/// A full copy of one log at a notary's: checkpoint, tiles and bundles as C2SP tlog-tiles lays them,
/// so that any tile client can read it. Never footage, never records.
///
/// Every entry is hashed and every tile computed here; of the server's tiles none is stored, and none
/// is believed. The checkpoint is written last: what lies beyond it came from a pull that did not end,
/// and is written over by the next.
package final class LedgerMirror {
    private let root: DurableRoot
    private let place: String
    private let keys: [VerifierKey]
    /// Entries that are durable: a checkpoint covers them.
    package private(set) var held: Checkpoint

    /// Entries that get their names together.
    private static let bundlesAtOnce = 16

    /// Opens a copy, or begins an empty one.
    ///
    /// - Parameters:
    ///   - place: the folder below the root; `staging/` of the root must be there.
    ///   - keys: of the log, at least one, all with its origin as their name.
    /// - Throws: ``MirrorFailure`` `mirror-damaged` where what is there does not hold together at its
    ///   right edge.
    package init(root: DurableRoot, place: String, keys: [VerifierKey]) throws {
        (self.root, self.place, self.keys) = (root, place, keys)
        guard let origin = keys.first?.name else { throw WitnessFailure(.noKey) }
        try root.makeDirectory(place)
        let file = place + "/checkpoint"
        guard try root.exists(file) else {
            held = try Checkpoint(origin: origin, size: 0, root: MerkleTree.emptyRoot)
            return
        }
        try root.settle(file)
        do {
            held = try Self.opened(
                root.read(file, limit: SignedNote.byteLimit), by: keys
            ).checkpoint
            guard try tree().root == held.root else {
                throw MirrorFailure(.damaged, "\(held.size)")
            }
        } catch let failure as any Failure where failure.disposition == .retry {
            throw failure
        } catch { throw MirrorFailure(.damaged, file) }
    }

    /// The signed note of what is held; nil where nothing is.
    package func note() throws -> [UInt8]? {
        let file = place + "/checkpoint"
        return try root.exists(file) ? root.read(file, limit: SignedNote.byteLimit) : nil
    }

    /// That what is held extends an older tree, from our own tiles: what a witness that keeps a
    /// mirror asks instead of believing the log's proof.
    package func proof(from old: Int64) throws -> ConsistencyProof {
        let tiles = tiles()
        return try ConsistencyProof.make(from: old, to: held.size) {
            try tiles.hash(level: $0, index: $1)
        }
    }

    /// The proof that an entry is in the log, under the checkpoint that is held.
    package func inclusionProof(_ index: Int64) throws -> TlogProof? {
        let tiles = tiles()
        guard let note = try note() else { return nil }
        let proof = try InclusionProof.make(index: index, size: held.size) {
            try tiles.hash(level: $0, index: $1)
        }
        return try TlogProof(index: index, hashes: proof.hashes, checkpoint: note)
    }

    // MARK: - Pulling

    /// Brings the copy up to the source's newest checkpoint. When it returns, everything that this
    /// checkpoint covers is held, durably; where it throws, what was held before is held still. A
    /// power cut leaves one or the other.
    ///
    /// Memory does not grow with what is missing.
    @discardableResult
    package func pull(from source: some TileSource) throws -> Checkpoint {
        let bytes = try source.checkpoint(limit: SignedNote.byteLimit)
        guard bytes.count <= SignedNote.byteLimit else {
            throw MirrorFailure(.malformed, "checkpoint")
        }
        let (note, offered) = try Self.opened(bytes, by: keys)
        guard offered.size >= held.size else {
            throw MirrorFailure(.rollback, "\(offered.size) < \(held.size)")
        }
        if offered.size == held.size {
            guard offered.root == held.root else { throw MirrorFailure(.fork, "\(held.size)") }
            if try self.note() == nil { try keep(note) }
            return held
        }
        try fetch(offered, from: source)
        try keep(note)
        let before = held.size
        held = offered
        removePartial(before: before)
        return held
    }

    /// Entries from where we are to the offered size, computed into tiles. What comes to another root
    /// is thrown away by not writing a checkpoint over it.
    private func fetch(_ offered: Checkpoint, from source: some TileSource) throws {
        // First without a byte on the disk, so that a server's lies do not cost any: the second
        // reading is compared with the first by its root.
        let base = try tree()
        guard try grown(base, to: offered, from: source, { _ in }).root == offered.root else {
            // Either the entries are wrong or the history is.
            throw try differs(offered, from: source)
        }
        var pending: [(TilePath, [UInt8])] = []
        let again = try grown(base, to: offered, from: source) { files in
            pending += files
            if pending.count >= Self.bundlesAtOnce {
                try write(pending)
                pending = []
            }
        }
        guard again.root == offered.root else { throw MirrorFailure(.differs, "changes") }
        if !pending.isEmpty { try write(pending) }
    }

    /// The tree with every entry of the source up to that size; `files` gets the bundles, and with
    /// them the tiles that they complete.
    private func grown(
        _ base: GrowingTree, to offered: Checkpoint, from source: some TileSource,
        _ files: ([(TilePath, [UInt8])]) throws -> Void
    ) throws -> GrowingTree {
        var tree = base
        let own = tiles()
        var edge: [TilePath.Content: (TilePath, [UInt8])] = [:]
        while tree.size < offered.size {
            let number = tree.size >> 8
            guard let path = TilePath.bundle(ofEntry: tree.size, size: offered.size) else { break }
            let entries = try bundle(path, from: source)
            let known = Int(tree.size - number << 8)
            // The beginning of a bundle that was partial is in our tree already: only our own tiles
            // can tell whether this is still it.
            for (offset, entry) in entries.prefix(known).enumerated() {
                guard
                    try own.hash(level: 0, index: number << 8 + Int64(offset))
                        == MerkleTree.leafHash(entry)
                else { throw MirrorFailure(.differs, path.description) }
            }
            for entry in entries.dropFirst(known) { tree.append(MerkleTree.leafHash(entry)) }
            let tiles = tree.takeTiles()
            for tile in tiles {
                edge[tile.path.content] = tile.path.isPartial ? (tile.path, tile.bytes) : nil
            }
            try files(
                [(path, try EntryBundle.encode(entries))] + tiles.filter { !$0.path.isPartial })
        }
        // Of the partial tiles on the way only those of the last size are anybody's.
        try files(edge.map(\.value))
        return tree
    }

    private func bundle(_ path: TilePath, from source: some TileSource) throws -> [[UInt8]] {
        // A partial one may have given way to the full one that begins with it.
        for wanted in path.isPartial ? [path, path.full] : [path] {
            guard let bytes = try source.tile(wanted, limit: EntryBundle.byteLimit) else {
                continue
            }
            guard bytes.count <= EntryBundle.byteLimit,
                let entries = try? EntryBundle.parse(bytes, width: wanted.width)
            else { throw MirrorFailure(.malformed, wanted.description) }
            return Array(entries.prefix(path.width))
        }
        throw MirrorFailure(.missing, path.description)
    }

    /// Whether the server's tiles of hashes lead from its checkpoint to what we hold: then the bundles
    /// are wrong; else it is another history.
    private func differs(_ offered: Checkpoint, from source: some TileSource) throws
        -> MirrorFailure
    {
        let tiles = TileHashReader(size: offered.size) { path in
            guard let bytes = try source.tile(path, limit: 256 * HashTile.hashWidth) else {
                throw MirrorFailure(.missing, path.description)
            }
            return bytes
        }
        do {
            let frontier = try TreeFrontier(size: offered.size) {
                try tiles.hash(level: $0, index: $1)
            }
            let proof = try ConsistencyProof.make(from: held.size, to: offered.size) {
                try tiles.hash(level: $0, index: $1)
            }
            // Only tiles that bear out the signed root can speak against us.
            guard frontier.root == offered.root else { return MirrorFailure(.differs, "tiles") }
            return proof.verify(oldRoot: held.root, newRoot: offered.root)
                ? MirrorFailure(.differs, "entries")
                : MirrorFailure(.fork, "\(held.size), \(offered.size)")
        } catch { return MirrorFailure(.differs, "entries") }
    }

    // MARK: - The copy

    private func write(_ files: [(TilePath, [UInt8])]) throws {
        let files = files.map { (place + "/" + $0.0.description, $0.1) }
        try root.makeDirectories(
            files.map { $0.0.split(separator: "/").dropLast().joined(separator: "/") })
        do { try root.publishGroup(files) } catch let failure as DurableFileFailure
            where failure.code == "different-bytes"
        {
            // From a pull that did not end, and of a history that never was held.
            for (place, bytes) in files { try root.replace(bytes, at: place, mode: 0o444) }
        }
    }

    private func keep(_ note: SignedNote) throws {
        try root.replace(note.bytes, at: place + "/checkpoint")
    }

    /// The partial tiles of the size before of which there are full ones now. What cannot be removed
    /// harms nothing.
    private func removePartial(before size: Int64) {
        for path in TilePath.changed(from: size, to: held.size) {
            let level = if case .hashes(let level) = path.content { level } else { 0 }
            let count = size >> Int64(8 * level)
            guard path.index == count >> 8 else { continue }
            if !path.isPartial, count & 255 > 0 {
                try? root.removeFlatDirectory(place + "/" + path.description + ".p")
            }
        }
    }

    private func tree() throws -> GrowingTree {
        held.size == 0 ? GrowingTree() : try GrowingTree(tiles())
    }

    private func tiles() -> TileHashReader {
        TileHashReader(size: held.size) { [root, place] path in
            try root.read(place + "/" + path.description, limit: 256 * HashTile.hashWidth)
        }
    }

    /// A checkpoint of this log with the lines of its keys alone.
    private static func opened(
        _ bytes: [UInt8], by keys: [VerifierKey]
    ) throws -> (note: SignedNote, checkpoint: Checkpoint) {
        let note = try SignedNote(parsing: bytes)
        let checkpoint = try Checkpoint(parsing: note.text)
        let signers = try note.signers(among: keys).filter {
            $0.name.utf8.elementsEqual(checkpoint.origin.utf8)
        }
        guard !signers.isEmpty else { throw LogFailure(.unsigned) }
        return (
            note.kept { line in signers.contains { $0.isClaimed(in: line) } }, checkpoint
        )
    }
}
