import Evidence

/// One event of the custody log as it goes into a bag: byte for byte, with as many rows of its record
/// as are the receiver's business.
package struct BagLeaf: Sendable {
    package let index: Int64
    package let entry: [UInt8]
    /// The record's header; nil for an event without a record.
    package let header: [UInt8]?
    /// In the header's order.
    package let rows: [[UInt8]]

    package init(index: Int64, entry: [UInt8], header: [UInt8]?, rows: [[UInt8]]) {
        (self.index, self.entry, self.header, self.rows) = (index, entry, header, rows)
    }

    /// What it says. Rows that are none are left out: the check of the records names them.
    ///
    /// - Throws: where the entry is no leaf.
    func decoded() throws(MalformedEntry) -> DecodedLeaf {
        DecodedLeaf(index: index, leaf: try Leaf(entry: entry), rows: rows)
    }
}

/// A leaf of a bag with the rows that go along.
struct DecodedLeaf: Sendable {
    let index: Int64
    let leaf: Leaf
    let rows: [RecordRow]

    init(index: Int64, leaf: Leaf, rows: [[UInt8]]) {
        (self.index, self.leaf) = (index, leaf)
        self.rows = rows.compactMap { bytes in
            (try? JSONReader.value(of: bytes)).flatMap { try? RecordRow(json: $0) }
        }
    }

    /// The item that began here, where this is its `ingestion` and its row goes along.
    var item: BagItem? {
        guard leaf.event == .ingestion,
            let row = rows.first(where: { $0.kind == FileRow.kind }).flatMap({ try? FileRow($0) })
        else { return nil }
        return BagItem(
            name: LedgerName(station: leaf.station, leaf: index), path: row.file.path,
            sha256: row.sha256, sm3: row.sm3, size: row.file.size)
    }

    /// The items it is about, each once, in the order of its rows.
    var items: [String] {
        if leaf.event == .ingestion { return ["\(LedgerName(station: leaf.station, leaf: index))"] }
        var seen: Set<String> = []
        return rows.compactMap { $0.members["item"]?.stringValue }
            .filter { seen.insert($0).inserted }
    }

    /// The account that caused it, where a row says so.
    var by: String? { rows.lazy.compactMap { $0.members["by"]?.stringValue }.first }
}

/// An item whose bytes are in the bag.
struct BagItem: Hashable, Sendable {
    let name: LedgerName
    let path: RecorderPath
    let sha256: SHA256Digest
    let sm3: SM3Digest
    let size: Int64

    var place: String { BagLayout.data(name, path: path) }
}
