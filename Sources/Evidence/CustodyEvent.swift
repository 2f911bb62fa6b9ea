/// An event that is to be entered: everything but what the ledger itself adds (index, station,
/// basis, record digest).
package struct NewCustodyEvent: Sendable {
    package let kind: CustodyEventKind
    package let time: Timestamp
    package let sha256: SHA256Digest?
    package let sm3: SM3Digest?
    package let size: Int64?
    package let previous: Int64?
    package let rows: [RecordRow]

    package init(
        kind: CustodyEventKind, time: Timestamp, sha256: SHA256Digest? = nil, sm3: SM3Digest? = nil,
        size: Int64? = nil, previous: Int64? = nil, rows: [RecordRow]
    ) {
        (self.kind, self.time, self.sha256, self.sm3) = (kind, time, sha256, sm3)
        (self.size, self.previous, self.rows) = (size, previous, rows)
    }
}

/// An event that stands in the ledger, with the rows of its record that are still there.
package struct EnteredEvent: Sendable {
    /// Its place in the ledger, from 0.
    package let index: Int64
    package let leaf: Leaf
    package let rows: [RecordRow]
    /// Digests of rows that the header names and the store has not: erased, or lost.
    package let missingRows: [SHA256Digest]

    package init(index: Int64, leaf: Leaf, rows: [RecordRow], missingRows: [SHA256Digest] = []) {
        (self.index, self.leaf, self.rows) = (index, leaf, rows)
        self.missingRows = missingRows
    }
}

/// That an event is in the ledger, durable, and covered by a signed, durable checkpoint.
package struct CustodyReceipt: Hashable, Sendable {
    package let index: Int64
    /// The size of the checkpoint that first covered it.
    package let treeSize: Int64

    package init(index: Int64, treeSize: Int64) { (self.index, self.treeSize) = (index, treeSize) }
}
