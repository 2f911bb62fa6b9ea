import Evidence
import Fixity
import TransparencyLog

/// Events made ready for the ledger: their records, salted and in canonical form, and their leaves.
struct DraftedBatch {
    private(set) var files: [(relative: String, bytes: [UInt8])] = []
    private(set) var entries: [[UInt8]] = []

    /// Adds one event; its leaf will be the next.
    ///
    /// - Throws: `leaf-too-long`; what the canonical writer refuses.
    mutating func add(
        _ event: NewCustodyEvent, station: String, basis: Leaf.Basis
    ) throws {
        var drafted: [(relative: String, bytes: [UInt8])] = []
        var digests: [SHA256Digest] = []
        for row in event.rows {
            let bytes = try JSONWriter.canonical(row.json(salt: RecordRow.makeSalt()))
            let digest = SHA256Digest.of(bytes)
            digests.append(digest)
            drafted.append((LogPlaces.record(digest), bytes))
        }
        let header = try JSONWriter.canonical(
            RecordHeader(salt: RecordRow.makeSalt(), rows: digests).json)
        let record = SHA256Digest.of(header)
        drafted.append((LogPlaces.record(record), header))
        let leaf = Leaf(
            event: event.kind, time: event.time, station: station, sha256: event.sha256,
            sm3: event.sm3, size: event.size, record: record, previous: event.previous,
            basis: basis)
        let entry = try leaf.encoded()
        guard entry.count <= Leaf.byteLimit else { throw CustodyFailure(.leafTooLong) }
        files += drafted
        entries.append(entry)
    }
}
