package import CaseIndex
package import Custody
import Evidence

/// Brings the case index up to the ledger's published end, one caller at a time.
package actor IndexFeeder {
    private let reader: LedgerReader
    private let index: IndexWriter
    private var running: Task<Int64, any Error>?

    package init(reader: LedgerReader, index: IndexWriter) {
        (self.reader, self.index) = (reader, index)
    }

    /// Every published leaf is in the index when this returns; gives the size it was brought to.
    @discardableResult
    package func catchUp() async throws -> Int64 {
        // A caller may have been told of leaves that the run under way did not see: run once more.
        if let running { _ = try? await running.value }
        if let running { return try await running.value }
        let (reader, index) = (reader, index)
        let task = Task { try await Self.feed(reader: reader, index: index) }
        running = task
        defer { running = nil }
        return try await task.value
    }

    /// Leaves applied in one transaction: large enough for speed, small enough for flat memory.
    private static let batchSize: Int64 = 2048
    /// A schedule has thousands of rows in a leaf.
    private static let batchRows = 8192

    /// What comes next is read while the index takes in what came before.
    private static func feed(reader: LedgerReader, index: IndexWriter) async throws -> Int64 {
        let size = try await offPool { try reader.size() }
        let first = try await offPool { try index.nextLeaf() }
        @Sendable func batch(from: Int64) async throws -> [EnteredEvent] {
            guard from < size else { return [] }
            return try await offPool {
                var events: [EnteredEvent] = []
                try reader.events(
                    from: from, to: min(from + batchSize, size), rows: batchRows
                ) { events.append($0) }
                return events
            }
        }
        var events = try await batch(from: first)
        while let last = events.last {
            async let following = batch(from: last.index + 1)
            try await index.apply(events)
            events = try await following
        }
        return size
    }
}
