import Dispatch
package import DurableFiles
package import Evidence
package import Fixity
import Synchronization
import TransparencyLog

/// Turns custody events into durable entries of the log, and publishes checkpoints over them.
///
/// One writer, on a queue of its own. Events that arrive together are integrated together; a
/// checkpoint is signed only over entries that are durable, and is durable before anyone is told.
package final class CustodyLedger: Sendable {
    struct Waiting {
        let events: [NewCustodyEvent]
        let answer: CheckedContinuation<[Int64], any Error>
    }

    /// All of it belongs to the queue.
    final class Desk: @unchecked Sendable {
        // Touched on `queue` alone.
        var state: LedgerState
        var waiting: [Waiting] = []
        var unpublished: [CheckedContinuation<Int64, any Error>] = []
        /// When the next step is due; nil where none is planned.
        var plannedStep: ContinuousClock.Instant?
        /// Somebody waits for a page that may be sent when the next checkpoint covers it.
        var isAwaited = false
        /// The disk was full at the last publication.
        var isShortOfRoom = false
        var isClosed = false
        var lastIntegration: ContinuousClock.Instant?
        var lastPublication: ContinuousClock.Instant?
        var failure: CustodyFailure?

        init(state: LedgerState) { self.state = state }
    }

    /// Events in one batch at most, save where one caller brings more.
    private static let batchLimit = 2048
    /// So many events are worth a write of their own at once.
    private static let fullBatch = 64
    /// The least time between two tries to publish while the disk is full.
    private static let pauseWithoutRoom: Duration = .seconds(1)

    let queue = DispatchQueue(label: "evidock.custody")
    let desk: Desk
    private let settings: CustodySettings
    private let now: @Sendable () -> Timestamp
    private let uptime: @Sendable () -> Duration

    /// Starts an empty ledger: its directories and a signed checkpoint of size 0, durable. One that
    /// is there already is left as it is.
    package static func initialise(
        root: DurableRoot, station: StationIdentity, key: SigningKey
    ) throws {
        try LedgerState.start(root: root, station: station, key: key)
    }

    /// Opens the ledger under the root's lock, and undoes what a crash left unpublished: its
    /// entries, their records, its tiles.
    ///
    /// - Parameters:
    ///   - keys: the log's; every checkpoint is signed with those that sign.
    ///   - now: the station's clock.
    ///   - uptime: time since any fixed moment by a clock that nobody sets: against it a jump of
    ///     the station's clock shows.
    /// - Throws: ``CustodyFailure`` where checkpoint, tiles and entries do not fit each other or the
    ///   key, or an older checkpoint was put back; then nothing was touched.
    package static func open(
        root: DurableRoot, station: StationIdentity, keys: LogKeys, settings: CustodySettings,
        now: @escaping @Sendable () -> Timestamp,
        uptime: @escaping @Sendable () -> Duration = CustodyLedger.uptime
    ) throws -> CustodyLedger {
        CustodyLedger(
            state: try LedgerState(root: root, station: station, keys: keys), settings: settings,
            now: now, uptime: uptime)
    }

    private init(
        state: LedgerState, settings: CustodySettings,
        now: @escaping @Sendable () -> Timestamp,
        uptime: @escaping @Sendable () -> Duration
    ) {
        (desk, self.settings) = (Desk(state: state), settings)
        (self.now, self.uptime) = (now, uptime)
    }

    /// The machine's own clock, rests included.
    package static let uptime: @Sendable () -> Duration = {
        let start = ContinuousClock.now
        return { start.duration(to: .now) }
    }()

    // MARK: - Asking

    /// Enters events, in this order and one after the other. When it returns, their records, entries
    /// and tiles are durable; a crash before the next checkpoint undoes them all the same.
    ///
    /// - Parameter isAwaited: somebody waits for it: its time comes sooner.
    /// - Returns: their places in the log.
    /// - Throws: `ledger-no-room` or `signing-held` (nothing of them is left; try again);
    ///   `ledger-stopped` for good.
    @discardableResult
    package func integrate(
        _ events: [NewCustodyEvent], isAwaited: Bool = false
    ) async throws -> [Int64] {
        guard !events.isEmpty else { return [] }
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { [self] in
                if let failure = desk.failure {
                    continuation.resume(throwing: failure)
                    return
                }
                desk.waiting.append(Waiting(events: events, answer: continuation))
                if isAwaited { desk.isAwaited = true }
                plan()
            }
        }
    }

    /// Everything integrated before the call stands under a signed, durable checkpoint when it
    /// returns; gives that checkpoint's size.
    ///
    /// - Parameters:
    ///   - isLast: nothing follows for now: the checkpoint does not wait for its time.
    ///   - isAwaited: somebody waits for it: its time comes sooner.
    @discardableResult
    package func publish(isLast: Bool = false, isAwaited: Bool = false) async throws -> Int64 {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [self] in
                if let failure = desk.failure {
                    continuation.resume(throwing: failure)
                    return
                }
                if desk.waiting.isEmpty, desk.state.size == desk.state.publishedSize {
                    // What was integrated before the call is published already.
                    continuation.resume(returning: desk.state.publishedSize)
                    return
                }
                desk.unpublished.append(continuation)
                if isAwaited { desk.isAwaited = true }
                if isLast {
                    integrateWaiting()
                    publishNow()
                } else {
                    plan()
                }
            }
        }
    }

    /// Enters events and waits until a checkpoint covers them.
    ///
    /// - Throws: as ``integrate(_:)``. Where only the checkpoint finds no room, the events stay, and
    ///   the next checkpoint covers them.
    @discardableResult
    package func enter(_ events: [NewCustodyEvent]) async throws -> [CustodyReceipt] {
        let indices = try await integrate(events)
        let size = try await publish()
        return indices.map { CustodyReceipt(index: $0, treeSize: size) }
    }

    /// Whether it still takes events: one whose disk failed does not.
    package func isWorking() async -> Bool {
        await withCheckedContinuation { continuation in
            queue.async { [self] in continuation.resume(returning: desk.failure == nil) }
        }
    }

    /// Publishes what is left at once. Nothing may be entered afterwards; closing again is nothing.
    ///
    /// - Throws: `ledger-no-room` where the last events stay unpublished; the next start undoes them.
    package func close() async throws {
        try await withCheckedThrowingContinuation {
            (continuation: CheckedContinuation<Void, any Error>) in
            queue.async { [self] in
                guard !desk.isClosed else {
                    continuation.resume()
                    return
                }
                desk.isClosed = true
                integrateWaiting()
                publishNow()
                var failure = desk.failure
                if failure == nil, desk.state.size > desk.state.publishedSize {
                    failure = CustodyFailure(desk.state.hold == nil ? .noRoom : .signingHeld)
                }
                desk.failure = failure ?? CustodyFailure(.stopped)
                if let failure {
                    continuation.resume(throwing: failure)
                } else {
                    continuation.resume()
                }
            }
        }
    }

    // MARK: - On the queue

    /// Makes sure that a step comes: at once, or when the last one is long enough ago.
    private func plan() {
        guard desk.failure == nil, let wait = timeToNextStep() else { return }
        let due = ContinuousClock.now + max(wait, .zero)
        if let planned = desk.plannedStep, planned <= due { return }
        desk.plannedStep = due
        let step: @Sendable @convention(block) () -> Void = { [self] in
            // A step that was planned anew for an earlier time has come already.
            guard desk.plannedStep == due else { return }
            desk.plannedStep = nil
            self.step()
        }
        if wait <= .zero {
            queue.async(execute: step)
        } else {
            let (seconds, attoseconds) = wait.components
            let nanoseconds = Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
            queue.asyncAfter(deadline: .now() + .nanoseconds(nanoseconds), execute: step)
        }
    }

    private var publishEvery: Duration {
        if desk.isShortOfRoom { return max(settings.publishEvery, Self.pauseWithoutRoom) }
        return desk.isAwaited
            ? min(settings.publishEvery, settings.awaitedEvery) : settings.publishEvery
    }

    private var integrateEvery: Duration {
        desk.isAwaited
            ? min(settings.integrateEvery, settings.awaitedEvery) : settings.integrateEvery
    }

    private func remaining(
        of interval: Duration, since last: ContinuousClock.Instant?
    ) -> Duration {
        guard let last else { return .zero }
        return interval - last.duration(to: .now)
    }

    /// Waiting makes one write of many events; enough of them need not wait.
    private func timeToIntegration() -> Duration {
        let count = desk.waiting.reduce(0) { $0 + $1.events.count }
        return count >= Self.fullBatch
            ? .zero : remaining(of: integrateEvery, since: desk.lastIntegration)
    }

    private func timeToNextStep() -> Duration? {
        var waits: [Duration] = []
        if !desk.waiting.isEmpty { waits.append(timeToIntegration()) }
        if !desk.unpublished.isEmpty || desk.state.size > desk.state.publishedSize {
            waits.append(remaining(of: publishEvery, since: desk.lastPublication))
        }
        return waits.min()
    }

    private func step() {
        if !desk.waiting.isEmpty, timeToIntegration() <= .zero { integrateWaiting() }
        let nothingToPublish = desk.state.size == desk.state.publishedSize
        if nothingToPublish
            || remaining(of: publishEvery, since: desk.lastPublication) <= .zero
        {
            publishNow()
        }
        plan()
    }

    private func integrateWaiting() {
        while !desk.waiting.isEmpty, desk.failure == nil {
            var batch: [Waiting] = []
            var count = 0
            while let next = desk.waiting.first, batch.isEmpty || count < Self.batchLimit {
                batch.append(next)
                count += next.events.count
                desk.waiting.removeFirst()
            }
            integrate(batch)
        }
        desk.lastIntegration = .now
    }

    private func integrate(_ batch: [Waiting]) {
        do {
            let answers = try desk.state.integrate(
                batch.map(\.events), now: now(), uptime: uptime())
            for (waiting, answer) in zip(batch, answers) { waiting.answer.resume(with: answer) }
        } catch let failure where !LedgerState.isOver(after: failure) {
            let told = failure as? CustodyFailure ?? CustodyFailure(.noRoom)
            for waiting in batch { waiting.answer.resume(throwing: told) }
        } catch {
            let failure = stop(error)
            for waiting in batch { waiting.answer.resume(throwing: failure) }
        }
    }

    private func publishNow() {
        let told = desk.unpublished
        if desk.waiting.isEmpty { desk.isAwaited = false }
        guard desk.failure == nil else {
            desk.unpublished = []
            for waiter in told { waiter.resume(throwing: CustodyFailure(.stopped)) }
            return
        }
        do {
            if desk.state.size > desk.state.publishedSize {
                try desk.state.publish()
                desk.lastPublication = .now
            }
            desk.isShortOfRoom = false
            desk.unpublished = []
            for waiter in told { waiter.resume(returning: desk.state.publishedSize) }
        } catch let failure where !LedgerState.isOver(after: failure) {
            desk.unpublished = []
            desk.lastPublication = .now
            desk.isShortOfRoom = true
            let refusal = failure as? CustodyFailure ?? CustodyFailure(.noRoom)
            for waiter in told { waiter.resume(throwing: refusal) }
        } catch {
            stop(error)
        }
    }

    /// A disk that failed under the ledger cannot be trusted any more: everything is refused from
    /// now on.
    @discardableResult
    func stop(_ error: any Error) -> CustodyFailure {
        let failure: CustodyFailure
        switch error {
        case let known as CustodyFailure: failure = known
        case let known as DurableFileFailure:
            failure = CustodyFailure(.writeFailed, detail: "\(known.operation) \(known.place)")
        default: failure = CustodyFailure(.writeFailed, detail: "\(error)")
        }
        desk.failure = failure
        for waiting in desk.waiting { waiting.answer.resume(throwing: CustodyFailure(.stopped)) }
        for waiter in desk.unpublished { waiter.resume(throwing: CustodyFailure(.stopped)) }
        (desk.waiting, desk.unpublished) = ([], [])
        return failure
    }
}
