import Custody
import Evidence
import Glibc
import Inspection
import Logging
import Synchronization
import Vault

/// Asks the inspector about sealed items and enters the answers as `description` events, many rows
/// to a leaf. Sealing never waits for it.
final class Describer: Sendable {
    struct Pending: Sendable {
        let item: String
        let sha256: SHA256Digest
        let size: Int64
        /// Its name on the recorder: the end of it may say that it is encrypted.
        let name: RecorderPath
    }

    /// Rows entered with one leaf at most.
    private static let batchSize = 128
    /// Files asked about at once, when nothing is left to be sealed: while the inspector reads some,
    /// the kernel fetches the beginnings of the others.
    private static let width = 16
    private static let beginning = 1 << 17

    private let stream: AsyncStream<Pending>
    private let feed: AsyncStream<Pending>.Continuation
    private let stages: Stages
    private let isSealing = Mutex(true)

    init(stages: Stages) {
        (stream, feed) = AsyncStream.makeStream()
        self.stages = stages
    }

    func add(_ pending: Pending) { feed.yield(pending) }

    /// Everything of this visit is sealed: until then it takes one file at a time, so that it does
    /// not keep the officer waiting.
    func hurry() { isSealing.withLock { $0 = false } }

    /// No more will be added; `run` returns when the rest is entered.
    func finish() { feed.finish() }

    /// Describes until ``finish()``; what cannot be entered is left for the next start, which finds
    /// items without a description.
    func run() async {
        await withTaskGroup(of: RecordRow?.self) { group in
            var rows: [RecordRow] = []
            // One batch is entered while the next is made.
            var entering: Task<Void, Never>?
            var inFlight = 0
            func collect() async {
                if let row = await group.next() ?? nil { rows.append(row) }
                inFlight -= 1
            }
            func enterRows() async {
                guard !rows.isEmpty else { return }
                let batch = rows
                rows = []
                await entering?.value
                entering = Task { await enter(batch) }
            }
            for await pending in stream {
                while inFlight >= (isSealing.withLock { $0 } ? 1 : Self.width) { await collect() }
                inFlight += 1
                group.addTask { [stages] in await Self.describe(pending, stages: stages) }
                if rows.count >= Self.batchSize { await enterRows() }
            }
            while inFlight > 0 { await collect() }
            await enterRows()
            await entering?.value
        }
    }

    private func enter(_ batch: [RecordRow]) async {
        do {
            _ = try await stages.ledger.integrate([
                NewCustodyEvent(kind: .description, time: stages.now(), rows: batch)
            ])
        } catch {
            stages.log.error(
                "descriptions could not be entered; the next start makes them again",
                metadata: ["error": "\(error)", "items": "\(batch.count)"])
        }
    }

    private static func describe(_ pending: Pending, stages: Stages) async -> RecordRow? {
        do {
            let facts = try await stages.vault.withObject(pending.sha256) { descriptor in
                posix_fadvise(descriptor, 0, off_t(beginning), POSIX_FADV_WILLNEED)
                return await stages.inspector.facts(
                    of: descriptor, size: pending.size,
                    extension: String(decoding: pending.name.name, as: UTF8.self))
            }
            // A fault of ours says nothing about the file: the next start asks again.
            guard !Inspector.unasked.contains(facts) else {
                stages.log.error(
                    "the inspector could not be asked", metadata: ["item": "\(pending.item)"])
                return nil
            }
            return DescriptionRow(item: pending.item, facts: facts).row
        } catch {
            stages.log.error(
                "a sealed item could not be opened for its description",
                metadata: ["item": "\(pending.item)", "error": "\(error)"])
            return nil
        }
    }
}
