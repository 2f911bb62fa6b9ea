package import Custody
import Evidence
package import TransparencyLog

/// What a station gives a stick on its way to the notary: see ``StickExchange``.
package struct StickRequest: Sendable {
    /// The checkpoint that is to be cosigned.
    package let signed: SignedCheckpoint
    /// The sizes at which a witness may be, from each of which there is a proof.
    package let sizes: [Int64]
    private let reader: LedgerReader
    private let mirrorFrom: Int64?
    private let frozen: FrozenCheckpoint?

    /// - Parameters:
    ///   - note: the checkpoint to be cosigned, one of ours; nil for the newest.
    ///   - mirrorFrom: the size that the notary's mirror holds: tiles and bundles from there on are
    ///     given along, whole bundles at the edge; nil for none.
    ///   - known: further sizes at which a witness may be, say what was seen online.
    ///
    /// Where this size was frozen with time-stamp queries before, they go along.
    package init(
        reader: LedgerReader, keys: [VerifierKey], note: [UInt8]? = nil, mirrorFrom: Int64? = nil,
        known: [Int64] = []
    ) throws {
        signed = try SignedCheckpoint(note ?? reader.checkpoint().note, by: keys)
        let cosigned = try reader.cosignedNote().flatMap { try? SignedCheckpoint($0, by: keys) }
        let newest = signed.size
        sizes = Set([0, cosigned?.size ?? 0] + reader.requestedSizes() + known)
            .filter { (0...newest).contains($0) }.sorted()
        (self.reader, self.mirrorFrom) = (reader, mirrorFrom)
        frozen = try reader.frozen(signed.size)
    }

    /// Gives every file to `put`, one after the other; the checkpoint is the last, so that a copy
    /// that was cut off has none. Before the stick leaves the station,
    /// ``CustodyLedger/noteRequested(_:)`` must have returned for ``signed``.
    package func write(_ put: (_ bytes: [UInt8], _ place: String) throws -> Void) throws {
        for old in sizes {
            let proof = try reader.consistencyProof(from: old, to: signed.size)
            let request = try WitnessRequest(
                oldSize: old, hashes: proof.hashes, note: signed.note)
            try put(request.bytes, StickExchange.request(from: old))
        }
        if let mirrorFrom {
            for path in TilePath.changed(from: mirrorFrom, to: signed.size) {
                try put(try reader.tileBytes(path), path.description)
            }
        }
        for name in StickExchange.stamps {
            if let query = frozen?.files[name + ".tsq"] {
                try put(query, StickExchange.query(name))
            }
        }
        try put(signed.note.bytes, StickExchange.checkpoint)
    }
}
