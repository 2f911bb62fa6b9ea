import DurableFiles
import Evidence
import Fixity
import TransparencyLog

/// The ledger as its one writer holds it: the tree, what is published of it, and its last bundle.
/// Owned by the writer's queue.
struct LedgerState {
    private let root: DurableRoot
    private let key: SigningKey
    private let station: StationIdentity
    private var tree: GrowingTree
    /// Entries of the last bundle while it is not full.
    private var tail: [[UInt8]]
    private var published: Checkpoint
    private var lastTime: Timestamp?
    /// Partial tiles of which a full one has been written since.
    private var superseded: [TilePath] = []
    private var knownDirectories: Set<String> = []

    var size: Int64 { tree.size }
    var publishedSize: Int64 { published.size }

    // MARK: - Opening

    /// Reads the published ledger back, checks its right edge against the signed root, and removes
    /// what a crash left beyond it, which no checkpoint ever covered.
    init(root: DurableRoot, station: StationIdentity, key: SigningKey) throws {
        (self.root, self.key, self.station) = (root, key, station)
        let note: [UInt8]
        do {
            note = try root.read(LogPlaces.checkpoint, limit: SignedNote.byteLimit)
        } catch let failure as DurableFileFailure where failure.code == "missing" {
            throw CustodyFailure(.checkpointMissing)
        }
        do {
            published = try Checkpoint.open(
                note, by: try VerifierKey(name: station.origin, of: key))
        } catch {
            let isReadable = (try? SignedNote(parsing: note)) != nil
            throw CustodyFailure(
                isReadable ? .checkpointNotOurs : .checkpointDamaged, detail: "\(error)")
        }
        let size = published.size
        do {
            tree = try GrowingTree(
                TileHashReader(size: size) { try Self.read($0, root: root) })
            guard tree.root == published.root else {
                throw CustodyFailure(.logDamaged, detail: "the tiles have another root")
            }
            tail = try Self.tail(size: size, tree: tree, root: root)
        } catch let failure as LogFailure {
            throw CustodyFailure(.logDamaged, detail: "\(failure)")
        } catch let failure as DurableFileFailure {
            throw CustodyFailure(.logDamaged, detail: "\(failure.place): \(failure.code)")
        }
        lastTime = try tail.last.map { try Leaf(entry: $0).time }
        try removeUnpublished()
    }

    /// A tile as it stands: a partial one may have given way to its full one.
    private static func read(_ path: TilePath, root: DurableRoot) throws -> [UInt8] {
        let limit = EntryBundle.byteLimit
        do {
            return try root.read(LogPlaces.tile(path), limit: limit)
        } catch let failure as DurableFileFailure where failure.code == "missing" && path.isPartial {
            return try root.read(LogPlaces.tile(path.full), limit: limit)
        }
    }

    private static func tail(
        size: Int64, tree: GrowingTree, root: DurableRoot
    ) throws -> [[UInt8]] {
        guard size % 256 != 0, let path = TilePath.bundle(ofEntry: size - 1, size: size),
            let hashes = TilePath(.hashes(level: 0), index: size / 256, width: Int(size % 256))
        else { return [] }
        let entries = try EntryBundle.parse(try read(path, root: root), width: path.width)
        let tile = try HashTile.parse(try read(hashes, root: root), width: hashes.width)
        guard entries.map({ MerkleTree.leafHash($0) }) == tile else {
            throw CustodyFailure(.logDamaged, detail: "\(path) does not fit its tile")
        }
        return entries
    }

    private func removeUnpublished() throws {
        var level = -1
        while true {
            let content: TilePath.Content = level < 0 ? .entries : .hashes(level: level)
            let count = level < 0 ? published.size : published.size >> Int64(8 * level)
            let found = try removeBeyond(count, content)
            if level > 0, count == 0, !found { return }
            level += 1
            if level > 7 { return }
        }
    }

    /// Removes tiles of one kind beyond `count` hashes or entries; says whether there were any.
    private func removeBeyond(_ count: Int64, _ content: TilePath.Content) throws -> Bool {
        var index = count / 256
        var width = Int(count % 256)
        var found = false
        while let full = TilePath(content, index: index) {
            let place = LogPlaces.tile(full)
            var isEmpty = true
            if try root.exists(place) {
                try root.remove(place)
                isEmpty = false
            }
            for name in try root.names(in: place + ".p") {
                guard let other = Int(name), other > width else { continue }
                try root.remove(place + ".p/" + name)
                isEmpty = false
            }
            found = found || !isEmpty
            // The tile at the edge may be untouched although later ones were written: look one on.
            if isEmpty, index > count / 256 { return found }
            (index, width) = (index + 1, 0)
        }
        return found
    }

    // MARK: - Writing

    /// Enters events: their records, entries and tiles are durable when it returns, and no
    /// checkpoint covers them yet. Where it throws, nothing of them is left.
    mutating func integrate(_ events: [NewCustodyEvent], now: Timestamp) throws -> [Int64] {
        let basis = Leaf.Basis(size: published.size, root: published.root)
        var batch = DraftedBatch()
        var first = tree.size
        if let jump = clockJump(now: now) {
            try batch.add(jump, station: station.code, basis: basis)
            first += 1
        }
        for event in events { try batch.add(event, station: station.code, basis: basis) }
        var grown = tree
        for entry in batch.entries { grown.append(MerkleTree.leafHash(entry)) }
        let tiles = grown.takeTiles()
        let (bundles, newTail) = try bundles(adding: batch.entries)
        let files =
            batch.files + (bundles + tiles).map { (LogPlaces.tile($0.path), $0.bytes) }
        do {
            for file in files { try makeDirectory(LogPlaces.parent(of: file.relative)) }
            try root.publishGroup(files)
        } catch {
            for file in files { try? root.remove(file.relative) }
            throw error
        }
        for (path, _) in bundles + tiles where !path.isPartial { superseded.append(path) }
        (tree, tail) = (grown, newTail)
        lastTime = max(lastTime ?? now, now)
        return events.indices.map { first + Int64($0) }
    }

    private mutating func makeDirectory(_ place: String) throws {
        guard knownDirectories.insert(place).inserted else { return }
        do { try root.makeDirectory(place) } catch {
            knownDirectories.remove(place)
            throw error
        }
    }

    private func bundles(
        adding entries: [[UInt8]]
    ) throws -> (files: [(path: TilePath, bytes: [UInt8])], tail: [[UInt8]]) {
        var files: [(path: TilePath, bytes: [UInt8])] = []
        var all = (tail + entries)[...]
        var index = tree.size / 256
        while all.count >= 256 {
            if let path = TilePath(.entries, index: index) {
                files.append((path, try EntryBundle.encode(Array(all.prefix(256)))))
            }
            all = all.dropFirst(256)
            index += 1
        }
        if !all.isEmpty, let path = TilePath(.entries, index: index, width: all.count) {
            files.append((path, try EntryBundle.encode(Array(all))))
        }
        return (files, Array(all))
    }

    /// An event that says that our clock jumped: back by more than ten seconds, or ahead by more
    /// than a year, against the last leaf.
    private func clockJump(now: Timestamp) -> NewCustodyEvent? {
        guard let lastTime else { return nil }
        let step = now.milliseconds - lastTime.milliseconds
        guard step < -10_000 || step > 366 * 86_400_000 else { return nil }
        let finding = Finding(
            code: "clock-jump", subject: "station clock",
            message: Bilingual(
                "The station's clock jumped against the last event; the order of leaves stands.",
                "本站时钟相对上一事件发生跳变；以存证日志的顺序为准。"),
            expected: lastTime.description, found: now.description)
        return NewCustodyEvent(
            kind: .finding, time: now,
            rows: [FindingRow(visit: nil, item: nil, path: nil, finding: finding).row])
    }

    // MARK: - Publishing

    /// Signs a checkpoint over everything integrated, durable when it returns. It always extends
    /// the last one: the tree only grows.
    mutating func publish() throws {
        guard tree.size > published.size else { return }
        let checkpoint = try Checkpoint(
            origin: station.origin, size: tree.size, root: tree.root)
        try root.replace(try checkpoint.signed(with: key).bytes, at: LogPlaces.checkpoint)
        published = checkpoint
        // A partial tile that is still there harms nothing.
        for path in superseded { try? root.removeFlatDirectory(LogPlaces.tile(path) + ".p") }
        superseded = []
    }

    /// Signs the checkpoint of a ledger that has no leaves yet.
    static func start(root: DurableRoot, station: StationIdentity, key: SigningKey) throws {
        guard try !root.exists(LogPlaces.checkpoint) else { return }
        try root.makeDirectory("log/tile/entries")
        try root.makeDirectory("log/tile/0")
        let checkpoint = try Checkpoint(
            origin: station.origin, size: 0, root: MerkleTree.emptyRoot)
        try root.replace(try checkpoint.signed(with: key).bytes, at: LogPlaces.checkpoint)
    }
}
