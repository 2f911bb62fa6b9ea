import Evidence
import Fixity
import TransparencyLog

/// Events made ready for the ledger: their records, salted and in canonical form, and their leaves.
struct DraftedBatch {
    /// Headers of records, then their rows: who finds a header after a crash finds the rows.
    var files: [(relative: String, bytes: [UInt8])] { headers + rows }
    private(set) var entries: [[UInt8]] = []
    private var headers: [(relative: String, bytes: [UInt8])] = []
    private var rows: [(relative: String, bytes: [UInt8])] = []

    /// Adds events; their leaves will be the next ones. Where it throws, none of them was added.
    ///
    /// - Throws: `leaf-too-long`, also for what the canonical form cannot hold.
    mutating func add(
        _ events: [NewCustodyEvent], station: String, basis: Leaf.Basis
    ) throws {
        let before = (headers.count, rows.count, entries.count)
        do {
            for event in events { try add(event, station: station, basis: basis) }
        } catch {
            headers.removeLast(headers.count - before.0)
            rows.removeLast(rows.count - before.1)
            entries.removeLast(entries.count - before.2)
            throw error is JSONWriter.Refusal ? CustodyFailure(.leafTooLong) : error
        }
    }

    private mutating func add(
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
        let leaf = Leaf(
            event: event.kind, time: event.time, station: station, sha256: event.sha256,
            sm3: event.sm3, size: event.size, record: record, previous: event.previous,
            basis: basis)
        let entry = try leaf.encoded()
        guard entry.count <= Leaf.byteLimit,
            header.count <= LogPlaces.recordByteLimit,
            drafted.allSatisfy({ $0.bytes.count <= LogPlaces.recordByteLimit })
        else { throw CustodyFailure(.leafTooLong) }
        rows += drafted
        headers.append((LogPlaces.record(record), header))
        entries.append(entry)
    }
}
