package import Evidence
import Fixity
import Glibc
package import TransparencyLog

/// The newest checkpoint and its note, byte for byte.
package struct LedgerHead: Sendable {
    package let note: [UInt8]
    package let checkpoint: Checkpoint

    package init(note: [UInt8], checkpoint: Checkpoint) {
        (self.note, self.checkpoint) = (note, checkpoint)
    }
}

/// A checkpoint as it was when it was time-stamped, and what stands beside it.
package struct FrozenCheckpoint: Sendable {
    package let size: Int64
    /// The exact bytes that queries and tokens are over.
    package let note: [UInt8]
    /// By name: `sha256.tsq`, `sm3.tsq`, `sha256.tsr`, `sm3.tsr`.
    package let files: [String: [UInt8]]
}

/// Reads the published ledger: from any process, without a lock, beside the writer.
package struct LedgerReader: Sendable {
    private let rootPath: String

    package init(rootPath: String) throws { self.init(root: rootPath) }

    init(root: String) { rootPath = root }

    /// The newest checkpoint. Its signature is the auditor's business.
    package func checkpoint() throws -> LedgerHead {
        guard access(rootPath + "/" + LogPlaces.checkpoint, F_OK) == 0 else {
            throw CustodyFailure(.checkpointMissing)
        }
        let note = try read(LogPlaces.checkpoint, limit: SignedNote.byteLimit)
        do {
            return LedgerHead(
                note: note, checkpoint: try Checkpoint(parsing: SignedNote(parsing: note).text))
        } catch {
            throw CustodyFailure(.checkpointDamaged, detail: "\(error)")
        }
    }

    /// How many leaves are published.
    package func size() throws -> Int64 { try checkpoint().checkpoint.size }

    /// The bytes of one leaf.
    package func entry(_ index: Int64) throws -> [UInt8] {
        let size = try checkpoint().checkpoint.size
        guard index >= 0, index < size else { throw CustodyFailure(.noSuchLeaf) }
        return try bundle(index / 256, size: size)[Int(index % 256)]
    }

    /// One leaf with the rows of its record that are there.
    package func event(_ index: Int64) throws -> EnteredEvent {
        try event(index, entry: try entry(index))
    }

    /// Published leaves of a range, in order; a bundle at a time, so that memory stays flat.
    ///
    /// - Parameter limit: it ends with the leaf that makes so many rows, before the range does.
    package func events(
        from: Int64, to: Int64? = nil, rows limit: Int = .max,
        _ body: (EnteredEvent) throws -> Void
    ) throws {
        let size = try checkpoint().checkpoint.size
        var end = min(to ?? size, size)
        var index = max(from, 0)
        var rows = 0
        while index < end {
            let entries = try bundle(index / 256, size: size)
            for place in Int(index % 256)..<entries.count where index < end {
                let event = try event(index, entry: entries[place])
                try body(event)
                index += 1
                rows += event.rows.count
                if rows >= limit { end = index }
            }
        }
    }

    /// The proof that a leaf is under the newest checkpoint.
    package func inclusionProof(_ index: Int64) throws -> TlogProof {
        let head = try checkpoint()
        let size = head.checkpoint.size
        guard index >= 0, index < size else { throw CustodyFailure(.noSuchLeaf) }
        let reader = TileHashReader(size: size) { try tile($0) }
        do {
            let proof = try InclusionProof.make(index: index, size: size) {
                try reader.hash(level: $0, index: $1)
            }
            let leaf = MerkleTree.leafHash(
                try bundle(index / 256, size: size)[Int(index % 256)])
            guard proof.verify(leafHash: leaf, root: head.checkpoint.root) else {
                throw CustodyFailure(.logDamaged, detail: "leaf \(index) is not under its root")
            }
            return try TlogProof(index: index, hashes: proof.hashes, checkpoint: head.note)
        } catch let failure as CustodyFailure {
            throw failure
        } catch {
            throw CustodyFailure(.logDamaged, detail: "the proof of leaf \(index)")
        }
    }

    /// The newest checkpoint that a quorum of witnesses had cosigned; nil where there is none.
    /// Whether it holds is for a policy to judge.
    package func cosignedNote() throws -> [UInt8]? {
        guard access(rootPath + "/" + LogPlaces.cosigned, F_OK) == 0 else { return nil }
        return try read(LogPlaces.cosigned, limit: SignedNote.byteLimit)
    }

    /// The sizes that were carried to a notary and may have been cosigned there, smallest first.
    package func requestedSizes() -> [Int64] { sizes(in: LogPlaces.requested) }

    /// The sizes whose checkpoints were frozen for time stamps, smallest first.
    package func stampedSizes() -> [Int64] { sizes(in: LogPlaces.stamped) }

    /// A checkpoint frozen for time stamps, with what stands beside it; nil where there is none.
    /// Nothing of it is checked here.
    package func frozen(_ size: Int64) throws -> FrozenCheckpoint? {
        let place = LogPlaces.stamped(size)
        guard access(rootPath + "/" + place + "/checkpoint", F_OK) == 0 else { return nil }
        var files: [String: [UInt8]] = [:]
        for name in LogPlaces.stampNames
        where access(rootPath + "/" + place + "/" + name, F_OK) == 0 {
            files[name] = try read(place + "/" + name, limit: LogPlaces.stampByteLimit)
        }
        return FrozenCheckpoint(
            size: size, note: try read(place + "/checkpoint", limit: SignedNote.byteLimit),
            files: files)
    }

    private func sizes(in place: String) -> [Int64] {
        var names: [String] = []
        guard let directory = opendir(rootPath + "/" + place) else { return [] }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            names.append(
                withUnsafeBytes(of: &entry.pointee.d_name) { raw in
                    String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
                })
        }
        return LogPlaces.requestedSizes(names)
    }

    /// The checkpoint of that size that was carried to a notary, with the lines it has got since;
    /// nil where none was.
    package func requestedNote(_ size: Int64) throws -> [UInt8]? {
        let place = LogPlaces.requested(size)
        guard access(rootPath + "/" + place, F_OK) == 0 else { return nil }
        return try read(place, limit: SignedNote.byteLimit)
    }

    /// The proof that a published tree extends an older one, from tiles alone. Where both sizes are
    /// the same, and from the empty tree, it is empty.
    ///
    /// - Throws: `no-such-leaf` where the log has no such size.
    package func consistencyProof(from old: Int64, to size: Int64) throws -> ConsistencyProof {
        let newest = try self.size()
        guard old >= 0, old <= size, size <= newest else { throw CustodyFailure(.noSuchLeaf) }
        let reader = TileHashReader(size: newest) { try tile($0) }
        return try fromTiles("the proof from \(old) to \(size)") {
            try ConsistencyProof.make(from: old, to: size) {
                try reader.hash(level: $0, index: $1)
            }
        }
    }

    /// The root that the published log had at that size, from tiles alone.
    /// Throws `no-such-leaf` where the log is smaller.
    package func root(ofSize size: Int64) throws -> SHA256Digest {
        let newest = try self.size()
        guard (0...newest).contains(size) else { throw CustodyFailure(.noSuchLeaf) }
        let reader = TileHashReader(size: newest) { try tile($0) }
        return try fromTiles("the root of size \(size)") {
            try LedgerTiles.root(ofSize: size, reader)
        }
    }

    /// The bytes of one tile or bundle of a size that was published; of a partial one also where
    /// only the full one is left. Nothing of them is checked.
    package func tileBytes(_ path: TilePath) throws -> [UInt8] {
        let limit =
            path.content == .entries ? EntryBundle.byteLimit : 256 * HashTile.hashWidth
        if let bytes = try? read(LogPlaces.tile(path), limit: limit) { return bytes }
        let full = try read(LogPlaces.tile(path.full), limit: limit)
        return try fromTiles(path.description) {
            guard case .hashes = path.content else {
                return try EntryBundle.encode(
                    Array(
                        EntryBundle.parse(full, width: TilePath.fullWidth).prefix(path.width)))
            }
            return Array(full.prefix(path.width * HashTile.hashWidth))
        }
    }

    func fromTiles<Result>(_ what: String, _ make: () throws -> Result) throws -> Result {
        do { return try make() } catch let failure as CustodyFailure { throw failure } catch {
            throw CustodyFailure(.logDamaged, detail: what)
        }
    }

    // MARK: - Files

    /// The entries of one bundle of a log of that size.
    func bundle(_ number: Int64, size: Int64) throws -> [[UInt8]] {
        guard let path = TilePath.bundle(ofEntry: number * 256, size: size) else {
            throw CustodyFailure(.noSuchLeaf)
        }
        do {
            // A full bundle that came meanwhile begins with the entries of the partial one.
            if let bytes = try? read(LogPlaces.tile(path), limit: EntryBundle.byteLimit) {
                return try EntryBundle.parse(bytes, width: path.width)
            }
            let bytes = try read(LogPlaces.tile(path.full), limit: EntryBundle.byteLimit)
            return Array(
                try EntryBundle.parse(bytes, width: TilePath.fullWidth).prefix(path.width))
        } catch {
            throw CustodyFailure(.logDamaged, detail: path.description)
        }
    }

    func tile(_ path: TilePath) throws -> [UInt8] {
        // Where a partial one has given way, the reader asks for the full one.
        try read(LogPlaces.tile(path), limit: 256 * HashTile.hashWidth)
    }

    private func event(_ index: Int64, entry: [UInt8]) throws -> EnteredEvent {
        let leaf: Leaf
        do { leaf = try Leaf(entry: entry) } catch {
            throw CustodyFailure(.logDamaged, detail: "leaf \(index): \(error.problem)")
        }
        guard let record = leaf.record else {
            return EnteredEvent(index: index, leaf: leaf, rows: [])
        }
        guard let header = try value(record).flatMap({ try? RecordHeader(json: $0) }) else {
            return EnteredEvent(index: index, leaf: leaf, rows: [], missingRows: [record])
        }
        var rows: [RecordRow] = []
        var missing: [SHA256Digest] = []
        for digest in header.rows {
            if let row = try row(digest) ?? left(of: digest, leaf: index) {
                rows.append(row)
            } else {
                missing.append(digest)
            }
        }
        return EnteredEvent(index: index, leaf: leaf, rows: rows, missingRows: missing)
    }

    /// The rows of a leaf's record that are there, each under its digest.
    package func rows(of index: Int64) throws -> [(digest: SHA256Digest, row: RecordRow)] {
        let leaf: Leaf
        do { leaf = try Leaf(entry: try entry(index)) } catch let malformed as MalformedEntry {
            throw CustodyFailure(.logDamaged, detail: "leaf \(index): \(malformed.problem)")
        }
        guard let header = try leaf.record.flatMap(value).flatMap({ try? RecordHeader(json: $0) })
        else { return [] }
        return try header.rows.compactMap { digest in try row(digest).map { (digest, $0) } }
    }

    private func row(_ digest: SHA256Digest) throws -> RecordRow? {
        try value(digest).flatMap { try? RecordRow(json: $0) }
    }

    /// What is left of an erased row.
    private func left(of digest: SHA256Digest, leaf: Int64) throws -> RecordRow? {
        guard
            let erasure = try mark(ofErased: digest)
                .flatMap({ SHA256Digest(hex: String(decoding: $0, as: UTF8.self)) })
                .flatMap({ try row($0) }).flatMap({ try? ErasureRow($0) }),
            erasure.replaces == digest, erasure.leaf == leaf
        else { return nil }
        return erasure.left
    }

    /// What stands in the place of an erased row; nil where nothing does.
    func mark(ofErased digest: SHA256Digest) throws -> [UInt8]? {
        let place = LogPlaces.erased(digest)
        guard access(rootPath + "/" + place, F_OK) == 0 else { return nil }
        // One that is damaged says nothing: the row is missing then.
        do { return try read(place, limit: 128) } catch let failure as CustodyFailure
            where failure.reason != .logUnreadable
        { return nil }
    }

    private func value(_ digest: SHA256Digest) throws -> JSONValue? {
        try object(digest).flatMap { try? JSONReader.value(of: $0) }
    }

    /// A stored object whose bytes have that digest; nil where they have not, or are not there. One
    /// that is there and cannot be read now is no missing one.
    func object(_ digest: SHA256Digest) throws -> [UInt8]? {
        let bytes: [UInt8]
        do {
            bytes = try read(LogPlaces.record(digest), limit: LogPlaces.recordByteLimit)
        } catch let failure as CustodyFailure where failure.reason == .logUnreadable {
            throw failure
        } catch {
            return nil
        }
        return SHA256Digest.of(bytes) == digest ? bytes : nil
    }

    /// The bytes of a regular file; takes no more memory than it has.
    func read(_ place: String, limit: Int) throws -> [UInt8] {
        let descriptor = open(
            rootPath + "/" + place, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw CustodyFailure(errno == ENOENT ? .logDamaged : .logUnreadable, detail: place)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_size <= limit
        else { throw CustodyFailure(.logDamaged, detail: place) }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var count = 0
        while count < bytes.count {
            let step = bytes.withUnsafeMutableBytes {
                pread(
                    descriptor, $0.baseAddress?.advanced(by: count), $0.count - count,
                    off_t(count))
            }
            if step < 0, errno == EINTR { continue }
            guard step > 0 else { throw CustodyFailure(.logDamaged, detail: place) }
            count += step
        }
        return bytes
    }
}
