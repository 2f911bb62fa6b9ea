import DurableFiles
import Evidence
import Fixity
import TransparencyLog

/// The ledger as its one writer holds it: the tree, what is published of it, and its last bundle.
/// Owned by the writer's queue.
struct LedgerState {
    let root: DurableRoot
    let keys: LogKeys
    private var signer: PersistentSigner
    private let station: StationIdentity
    private var tree: GrowingTree
    /// Entries of the last bundle while it is not full.
    private var tail: [[UInt8]]
    private(set) var published: Checkpoint
    private var watch: ClockWatch
    /// Partial tiles of which a full one has been written since.
    private var superseded: [TilePath] = []

    var size: Int64 { tree.size }
    var publishedSize: Int64 { published.size }
    /// Why nothing is signed for now.
    var hold: SigningHold? { signer.hold }

    // MARK: - Opening

    /// Reads the published ledger back, checks its right edge against the signed root, and removes
    /// what a crash left beyond it, which no checkpoint ever covered.
    init(root: DurableRoot, station: StationIdentity, keys: LogKeys) throws {
        (self.root, self.station, self.keys) = (root, station, keys)
        guard let shown = try Self.checkpoint(LogPlaces.checkpoint, root: root, keys: keys)
        else { throw CustodyFailure(.checkpointMissing) }
        let next = try Self.checkpoint(LogPlaces.nextCheckpoint, root: root, keys: keys)
        signer = try PersistentSigner(root: root, origin: station.origin, keys: keys.signing)
        let signed = next.map { $0.size > shown.size ? $0 : shown } ?? shown
        published = try Self.unfinished(signer.last, beyond: signed, root: root) ?? signed
        let lastLeaf: Timestamp?
        do {
            let tiles = LedgerTiles.reader(root, size: published.size)
            tree = try GrowingTree(tiles)
            guard tree.root == published.root else {
                throw CustodyFailure(.logDamaged, detail: "the tiles have another root")
            }
            let last = try Self.lastBundle(size: published.size, root: root)
            lastLeaf = try last.last.map { try Leaf(entry: $0).time }
            tail = published.size % 256 == 0 ? [] : last
        } catch let failure as LogFailure {
            throw CustodyFailure(.logDamaged, detail: failure.problem.english)
        } catch let failure as DurableFileFailure {
            throw CustodyFailure(.logDamaged, detail: "\(failure.place): \(failure.code)")
        } catch let failure as MalformedEntry {
            throw CustodyFailure(.logDamaged, detail: "the last leaf: \(failure.problem)")
        }
        watch = ClockWatch(lastLeaf: lastLeaf)
        try signer.adopt(published, tiles: LedgerTiles.reader(root, size: published.size))
        try signer.reconsider(LedgerTiles.reader(root, size: published.size))
        if published != shown, let note = try signer.signLast() {
            // The power went between signing and showing: it may have been seen, so it stands.
            try root.replace(note.bytes, at: LogPlaces.checkpoint)
        }
        if next != nil { try root.remove(LogPlaces.nextCheckpoint) }
        try LogRecovery(root: root, published: published, shown: shown).run()
    }

    /// The checkpoint that was remembered to be signed when the power went, before its signature was
    /// durable; nil where none was under way. Its tiles and entries are all there.
    ///
    /// - Throws: `checkpoint-rolled-back` where it is more than what a crash leaves: it was published
    ///   once, and an older log was put back.
    private static func unfinished(
        _ last: Checkpoint?, beyond signed: Checkpoint, root: DurableRoot
    ) throws -> Checkpoint? {
        guard let last, last.size > signed.size else { return nil }
        let rolledBack = CustodyFailure(
            .checkpointRolledBack, detail: "\(signed.size), was \(last.size)")
        let tiles = LedgerTiles.reader(root, size: last.size)
        do {
            guard try LedgerTiles.root(ofSize: last.size, tiles) == last.root,
                let entry = try lastBundle(size: last.size, root: root).last
            else { throw rolledBack }
            // What was entered after it had been published stands on it, or on a later one.
            guard let basis = try Leaf(entry: entry).basis, basis.size <= signed.size else {
                throw rolledBack
            }
            let proof = try ConsistencyProof.make(from: signed.size, to: last.size) {
                try tiles.hash(level: $0, index: $1)
            }
            guard proof.verify(oldRoot: signed.root, newRoot: last.root) else { throw rolledBack }
            return last
        } catch let failure as any Failure where failure.disposition == .retry {
            throw failure
        } catch { throw rolledBack }
    }

    /// A checkpoint of ours; nil where there is none.
    private static func checkpoint(
        _ place: String, root: DurableRoot, keys: LogKeys
    ) throws -> Checkpoint? {
        let note: [UInt8]
        do {
            note = try root.read(place, limit: SignedNote.byteLimit)
        } catch let failure as DurableFileFailure where failure.code == "missing" {
            return nil
        } catch let failure as DurableFileFailure {
            throw CustodyFailure(.checkpointDamaged, detail: "\(place): \(failure.code)")
        }
        do {
            return try Checkpoint.open(note, byOneOf: keys.all)
        } catch {
            let isReadable = (try? SignedNote(parsing: note)) != nil
            throw CustodyFailure(
                isReadable ? .checkpointNotOurs : .checkpointDamaged,
                detail: error.problem.english)
        }
    }

    /// The entries of the last bundle, compared with the tile of their hashes.
    private static func lastBundle(size: Int64, root: DurableRoot) throws -> [[UInt8]] {
        guard size > 0, let path = TilePath.bundle(ofEntry: size - 1, size: size) else { return [] }
        let reader = LedgerReader(root: root.path)
        let entries = try reader.bundle((size - 1) / 256, size: size)
        let hashes = LedgerTiles.reader(root, size: size)
        for (offset, entry) in entries.enumerated() {
            let stored = try hashes.hash(level: 0, index: path.index * 256 + Int64(offset))
            guard MerkleTree.leafHash(entry) == stored else {
                throw CustodyFailure(.logDamaged, detail: "\(path) does not fit its tile")
            }
        }
        return entries
    }

    // MARK: - Writing

    /// Enters groups of events, one group after the other. Records, entries and tiles are durable
    /// when it returns, and no checkpoint covers them yet. A group that cannot be written down is
    /// answered alone and leaves the others as they are.
    ///
    /// - Throws: a failure of the disk; nothing is entered. Where ``isOver(after:)`` says no,
    ///   nothing of it is left either, and the next call may succeed.
    mutating func integrate(
        _ groups: [[NewCustodyEvent]], now: Timestamp, uptime: Duration
    ) throws -> [Result<[Int64], any Error>] {
        // Nothing is entered that could not be published: whoever tries again would enter it twice.
        guard signer.hold == nil else { throw CustodyFailure(.signingHeld) }
        let basis = Leaf.Basis(size: published.size, root: published.root)
        var batch = DraftedBatch()
        if let jump = watch.jump(now: now, uptime: uptime) {
            try batch.add([Self.finding(of: jump)], station: station.code, basis: basis)
        }
        let answers = groups.map { events in
            Result<[Int64], any Error> {
                let first = tree.size + Int64(batch.entries.count)
                try batch.add(events, station: station.code, basis: basis)
                return events.indices.map { first + Int64($0) }
            }
        }
        guard answers.contains(where: { (try? $0.get()) != nil }) else { return answers }
        try write(batch)
        watch.looked(now: now, uptime: uptime)
        return answers
    }

    private mutating func write(_ batch: DraftedBatch) throws {
        var grown = tree
        for entry in batch.entries { grown.append(MerkleTree.leafHash(entry)) }
        let tiles = grown.takeTiles()
        let (bundles, newTail) = try bundles(adding: batch.entries)
        // Bundles come first: from them the next start finds what else of the batch got its name.
        let files =
            bundles.map { (LogPlaces.tile($0.path), $0.bytes) } + batch.files
            + tiles.map { (LogPlaces.tile($0.path), $0.bytes) }
        do {
            try root.makeDirectories(files.map { LogPlaces.parent(of: $0.0) })
            try root.publishGroup(files)
        } catch let failure {
            // What stands there after a failure that is final is for the next start to judge.
            if !Self.isOver(after: failure) { try undo(files.reversed().map(\.0)) }
            throw failure
        }
        for (path, _) in bundles + tiles where !path.isPartial { superseded.append(path) }
        (tree, tail) = (grown, newTail)
    }

    private func undo(_ places: [String]) throws {
        do {
            for place in places where try root.exists(place) { try root.remove(place) }
        } catch {
            throw CustodyFailure(.writeFailed, detail: "a batch could not be undone")
        }
    }

    /// Whether a failure is the last: nothing may be written after a sync that failed, whatever its
    /// reason, for the kernel takes the lost pages for written.
    static func isOver(after error: any Error) -> Bool {
        if let failure = error as? CustodyFailure, failure.reason == .signingHeld { return false }
        guard let failure = error as? DurableFileFailure else { return true }
        return failure.disposition != .retry || ["fsync", "syncfs"].contains(failure.operation)
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

    /// An event that says that our clock jumped.
    private static func finding(of jump: ClockWatch.Jump) -> NewCustodyEvent {
        let finding = Finding(
            code: "clock-jump", subject: "station clock",
            message: Bilingual(
                "The station's clock jumped against the last event; the order of leaves stands.",
                "本站时钟相对上一事件发生跳变；以存证日志的顺序为准。"),
            expected: jump.expected.description, found: jump.found.description)
        return NewCustodyEvent(
            kind: .finding, time: jump.found,
            rows: [FindingRow(visit: nil, item: nil, path: nil, finding: finding).row])
    }

    // MARK: - Publishing

    /// Signs a checkpoint over everything integrated, durable when it returns. It always extends
    /// the last one: the tree only grows.
    ///
    /// The signer remembers it durably before anyone can see it: one that was seen and then lost with
    /// the power is signed again at the next start, and no other of its size ever is.
    mutating func publish() throws {
        guard tree.size > published.size else { return }
        let checkpoint = try Checkpoint(
            origin: station.origin, size: tree.size, root: tree.root)
        let note = try signer.sign(
            checkpoint, tiles: LedgerTiles.reader(root, size: tree.size)
        ).bytes
        try root.replace(note, at: LogPlaces.checkpoint)
        published = checkpoint
        // A partial tile that is still there harms nothing; the next start looks again.
        for path in superseded { try? root.removeFlatDirectory(LogPlaces.tile(path) + ".p") }
        superseded = []
    }

    /// Signs the checkpoint of a ledger that has no leaves yet.
    static func start(root: DurableRoot, station: StationIdentity, key: SigningKey) throws {
        guard try !root.exists(LogPlaces.checkpoint) else { return }
        var signer = try PersistentSigner(root: root, origin: station.origin, keys: [key])
        guard try !root.exists(LogPlaces.nextCheckpoint),
            try root.names(in: LogPlaces.bundles).isEmpty, signer.last?.size ?? 0 == 0
        else { throw CustodyFailure(.checkpointMissing) }
        try root.makeDirectory(LogPlaces.bundles)
        try root.makeDirectory("log/tile/0")
        let checkpoint = try Checkpoint(
            origin: station.origin, size: 0, root: MerkleTree.emptyRoot)
        let note = try signer.sign(checkpoint, tiles: LedgerTiles.reader(root, size: 0))
        try root.replace(note.bytes, at: LogPlaces.checkpoint)
    }

    // MARK: - Holding

    /// Nothing is entered or signed until it is released; durable when it returns.
    mutating func hold(_ hold: SigningHold) throws { try signer.hold(hold) }

    /// Durable when it returns.
    mutating func release() throws { try signer.release() }
}
