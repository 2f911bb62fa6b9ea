package import Evidence
import TransparencyLog

/// Many proofs under one checkpoint: the ledger's files are read once where proofs are asked for in
/// the order of their leaves. For one thread.
package final class ProofSession {
    /// A leaf's bytes and its `.tlog-proof`.
    package struct Proven {
        package let entry: [UInt8]
        package let leaf: Leaf
        package let proof: [UInt8]
    }

    /// The checkpoint that every proof is under.
    package let head: LedgerHead
    private let ledger: LedgerReader
    /// The size that the published log has: its files are those of this size.
    private let newest: Int64
    private let tiles: TileHashReader
    /// Hashes of subtrees that were asked for: the proofs of neighbours share most of theirs.
    private var hashes: [Subtree: SHA256Digest] = [:]
    private static let hashesKept = 1024
    private var bundle: (number: Int64, entries: [[UInt8]])?

    fileprivate init(_ ledger: LedgerReader, head: LedgerHead, newest: Int64) {
        (self.ledger, self.head, self.newest) = (ledger, head, newest)
        tiles = TileHashReader(size: newest) {
            try ledger.read(LogPlaces.tile($0), limit: 256 * HashTile.hashWidth)
        }
    }

    /// A published leaf, proven to be under ``head``.
    ///
    /// - Throws: `no-such-leaf` beyond the checkpoint; `log-damaged` where the files do not lead to
    ///   its root.
    package func prove(_ index: Int64) throws -> Proven {
        let checkpoint = head.checkpoint
        guard index >= 0, index < checkpoint.size else { throw CustodyFailure(.noSuchLeaf) }
        if bundle?.number != index / 256 {
            bundle = (index / 256, try ledger.bundle(index / 256, size: newest))
        }
        guard let entries = bundle?.entries, Int(index % 256) < entries.count else {
            throw CustodyFailure(.logDamaged, detail: "leaf \(index)")
        }
        let entry = entries[Int(index % 256)]
        do {
            let proof = try InclusionProof.make(index: index, size: checkpoint.size) {
                try hash(Subtree(level: $0, index: $1))
            }
            guard proof.verify(leafHash: MerkleTree.leafHash(entry), root: checkpoint.root) else {
                throw CustodyFailure(.logDamaged, detail: "leaf \(index) is not under its root")
            }
            return Proven(
                entry: entry, leaf: try Leaf(entry: entry),
                proof: try TlogProof(index: index, hashes: proof.hashes, checkpoint: head.note)
                    .bytes)
        } catch let failure as CustodyFailure {
            throw failure
        } catch {
            throw CustodyFailure(.logDamaged, detail: "the proof of leaf \(index)")
        }
    }

    private struct Subtree: Hashable {
        let level: Int
        let index: Int64
    }

    private func hash(_ subtree: Subtree) throws -> SHA256Digest {
        if let kept = hashes[subtree] { return kept }
        let found = try tiles.hash(level: subtree.level, index: subtree.index)
        if hashes.count >= Self.hashesKept { hashes.removeAll(keepingCapacity: true) }
        hashes[subtree] = found
        return found
    }
}

extension LedgerReader {
    /// Proofs under a checkpoint that the log had, such as a cosigned one; under the newest where
    /// none is given.
    ///
    /// - Throws: `no-such-leaf` where the published log is smaller than that checkpoint.
    package func proofs(under head: LedgerHead? = nil) throws -> ProofSession {
        let newest = try checkpoint()
        let head = head ?? newest
        guard head.checkpoint.size <= newest.checkpoint.size else {
            throw CustodyFailure(.noSuchLeaf)
        }
        return ProofSession(self, head: head, newest: newest.checkpoint.size)
    }
}
