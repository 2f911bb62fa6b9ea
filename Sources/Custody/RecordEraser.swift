package import DurableFiles
import Evidence
import Synchronization

/// Takes out of the records what an `erasure` in the ledger names.
package final class RecordEraser: Sendable {
    private let root: DurableRoot
    private let reader: LedgerReader
    /// Erasures before that leaf are carried out.
    private let next = Mutex<Int64>(0)

    package init(root: DurableRoot, reader: LedgerReader) {
        (self.root, self.reader) = (root, reader)
    }

    /// The rows that erasures name are gone, durably, and who reads their records finds what is
    /// left of them. What an earlier process did costs a look.
    ///
    /// - Parameter erasures: the leaves of those from a leaf on, in their order.
    /// - Returns: how many rows were there.
    /// - Throws: ``CustodyFailure`` where the ledger cannot be read; a ``DurableFileFailure``.
    package func finish(_ erasures: (_ from: Int64) throws -> [Int64]) throws -> Int {
        try next.withLock { next in
            try erasures(next).reduce(0) { count, leaf in
                let found = try finish(leaf)
                next = leaf + 1
                return count + found
            }
        }
    }

    private func finish(_ leaf: Int64) throws -> Int {
        var count = 0
        for (digest, row) in try reader.rows(of: leaf) where row.kind == ErasureRow.kind {
            guard let erasure = try? ErasureRow(row) else { continue }
            let place = LogPlaces.record(erasure.replaces)
            // First what stands in its place: a row that is gone without it would be a lost one.
            if try !root.exists(LogPlaces.erased(erasure.replaces)) {
                try root.publishGroup([
                    (LogPlaces.erased(erasure.replaces), Array(digest.hex.utf8))
                ])
            }
            guard try root.exists(place) else { continue }
            try root.remove(place)
            count += 1
        }
        return count
    }
}
