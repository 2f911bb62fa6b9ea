package import Evidence
import Fixity
package import TransparencyLog

/// One leaf as it is stored: byte for byte.
package struct StoredLeaf: Sendable {
    package let index: Int64
    package let entry: [UInt8]
    package let leaf: Leaf
    /// The record's header; nil for an event without a record.
    package let header: [UInt8]?
    /// The rows that are there, in the header's order, each with what it says.
    package let rows: [(bytes: [UInt8], row: RecordRow)]
}

/// The ledger as one of its checkpoints has it: proofs that all lead to the same root. It keeps the
/// tiles and the bundle that it read last: leaves are best asked for in their order. For one
/// thread.
package final class LedgerSnapshot {
    /// A leaf's bytes and its `.tlog-proof`.
    package struct Proven {
        package let entry: [UInt8]
        package let leaf: Leaf
        package let proof: [UInt8]
    }

    private struct Subtree: Hashable {
        let level: Int
        let index: Int64
    }

    /// The signed note, byte for byte.
    package let note: [UInt8]
    package let checkpoint: Checkpoint
    private let reader: LedgerReader
    /// The size that the published log has: its files are those of this size.
    private let newest: Int64
    private let tiles: TileHashReader
    /// Hashes of subtrees that were asked for: the proofs of neighbours share most of theirs, and
    /// all proofs those of large subtrees, which are kept apart.
    private var small: [Subtree: SHA256Digest] = [:]
    private var large: [Subtree: SHA256Digest] = [:]
    private static let smallKept = 1024
    private static let largeKept = 1 << 16
    private var bundle: (number: Int64, entries: [[UInt8]])?

    /// - Parameter note: a checkpoint that this ledger published, such as a cosigned one; the newest
    ///   where none is given.
    /// - Throws: `no-such-leaf` where the published ledger is smaller; `checkpoint-damaged`.
    package init(_ reader: LedgerReader, at note: [UInt8]? = nil) throws {
        let head = try reader.checkpoint()
        self.reader = reader
        self.note = note ?? head.note
        do { checkpoint = try Checkpoint(parsing: SignedNote(parsing: self.note).text) } catch {
            throw CustodyFailure(.checkpointDamaged, detail: error.problem.english)
        }
        newest = head.checkpoint.size
        guard checkpoint.size <= newest else { throw CustodyFailure(.noSuchLeaf) }
        tiles = TileHashReader(size: newest) { try reader.tile($0) }
    }

    /// The exact bytes of a leaf.
    package func entry(_ index: Int64) throws -> [UInt8] {
        guard index >= 0, index < checkpoint.size else { throw CustodyFailure(.noSuchLeaf) }
        let number = index / 256
        if bundle?.number != number {
            bundle = (number, try reader.bundle(number, size: newest))
        }
        guard let entries = bundle?.entries, Int(index % 256) < entries.count else {
            throw CustodyFailure(.logDamaged, detail: "leaf \(index)")
        }
        return entries[Int(index % 256)]
    }

    /// A leaf with the stored bytes of its record.
    ///
    /// - Throws: `log-damaged` where the leaf is none, or its header is not there.
    package func stored(_ index: Int64) throws -> StoredLeaf {
        let entry = try entry(index)
        let leaf: Leaf
        do { leaf = try Leaf(entry: entry) } catch {
            throw CustodyFailure(.logDamaged, detail: "leaf \(index): \(error.problem)")
        }
        guard let record = leaf.record else {
            return StoredLeaf(index: index, entry: entry, leaf: leaf, header: nil, rows: [])
        }
        guard let header = try reader.object(record),
            let list = (try? JSONReader.value(of: header)).flatMap({ try? RecordHeader(json: $0) })
        else { throw CustodyFailure(.logDamaged, detail: "the record of leaf \(index)") }
        let rows: [(bytes: [UInt8], row: RecordRow)] = try list.rows.compactMap { digest in
            guard let bytes = try reader.object(digest),
                let row = (try? JSONReader.value(of: bytes)).flatMap({ try? RecordRow(json: $0) })
            else { return nil }
            return (bytes, row)
        }
        return StoredLeaf(index: index, entry: entry, leaf: leaf, header: header, rows: rows)
    }

    /// The header and the rows of a leaf's record that are there, each under its digest, what
    /// stands in the places of those that were erased, and how many are lost.
    package func objects(
        _ index: Int64
    ) throws -> (
        leaf: Leaf, found: [(digest: SHA256Digest, bytes: [UInt8])],
        erased: [(place: String, bytes: [UInt8])], missing: Int
    ) {
        let leaf: Leaf
        do { leaf = try Leaf(entry: try entry(index)) } catch let malformed as MalformedEntry {
            throw CustodyFailure(.logDamaged, detail: "leaf \(index): \(malformed.problem)")
        }
        guard let record = leaf.record else { return (leaf, [], [], 0) }
        guard let header = try reader.object(record),
            let list = (try? JSONReader.value(of: header)).flatMap({ try? RecordHeader(json: $0) })
        else { return (leaf, [], [], 1) }
        var found = [(digest: record, bytes: header)]
        var erased: [(place: String, bytes: [UInt8])] = []
        for digest in list.rows {
            if let bytes = try reader.object(digest) {
                found.append((digest, bytes))
            } else if let mark = try reader.mark(ofErased: digest) {
                erased.append((LogPlaces.erased(digest), mark))
            }
        }
        return (leaf, found, erased, list.rows.count + 1 - found.count - erased.count)
    }

    /// Where such an object lies below a root.
    package static func place(ofObject digest: SHA256Digest) -> String { LogPlaces.record(digest) }

    /// The proof that a leaf is under the checkpoint, from the leaf's sibling up; it was verified.
    package func inclusionProof(_ index: Int64) throws -> [SHA256Digest] {
        let leaf = MerkleTree.leafHash(try entry(index))
        let proof = try reader.fromTiles("the proof of leaf \(index)") {
            try InclusionProof.make(index: index, size: checkpoint.size) {
                try hash(Subtree(level: $0, index: $1))
            }
        }
        guard proof.verify(leafHash: leaf, root: checkpoint.root) else {
            throw CustodyFailure(.logDamaged, detail: "leaf \(index) is not under its root")
        }
        return proof.hashes
    }

    /// A published leaf, proven to be under the checkpoint.
    ///
    /// - Throws: `no-such-leaf` beyond it; `log-damaged` where the files do not lead to its root.
    package func prove(_ index: Int64) throws -> Proven {
        let hashes = try inclusionProof(index)
        let entry = try entry(index)
        return try reader.fromTiles("leaf \(index)") {
            Proven(
                entry: entry, leaf: try Leaf(entry: entry),
                proof: try TlogProof(index: index, hashes: hashes, checkpoint: note).bytes)
        }
    }

    private func hash(_ subtree: Subtree) throws -> SHA256Digest {
        let isLarge = subtree.level >= 8
        if let kept = isLarge ? large[subtree] : small[subtree] { return kept }
        let found = try tiles.hash(level: subtree.level, index: subtree.index)
        if isLarge {
            if large.count >= Self.largeKept { large.removeAll(keepingCapacity: true) }
            large[subtree] = found
        } else {
            if small.count >= Self.smallKept { small.removeAll(keepingCapacity: true) }
            small[subtree] = found
        }
        return found
    }
}
