import DurableFiles
import Evidence
import Fixity
import Glibc
import Synchronization

/// One group on its way through copy, sync, read-back and seal, on a thread of its own.
///
/// If the source stalls for good, whoever waits is answered without it: the thread may be stuck in
/// the kernel, and seals nothing once it has been given up.
final class TakeRun: Sendable {
    typealias Outcome = Result<VaultedItem, VaultFailure>
    typealias Progress = @Sendable (_ index: Int, _ phase: TransferPhase, _ bytes: Int64) -> Void

    private struct State {
        var answer: (@Sendable ([Outcome]) -> Void)?
        var lastMoment = ContinuousClock.now
    }

    let sources: [TransferSource]
    private let progress: Progress
    private let state: Mutex<State>

    init(
        sources: [TransferSource], progress: @escaping Progress,
        answer: @escaping @Sendable ([Outcome]) -> Void
    ) {
        (self.sources, self.progress) = (sources, progress)
        state = Mutex(State(answer: answer))
    }

    /// Something moved: the source is not stalled.
    func moved(_ index: Int, _ phase: TransferPhase, _ bytes: Int64) {
        state.withLock { $0.lastMoment = .now }
        progress(index, phase, bytes)
    }

    var isGivenUp: Bool { state.withLock { $0.answer == nil } }

    /// Answers once; later answers are dropped.
    func finish(_ outcomes: [Outcome]) {
        let answer = state.withLock { state in
            defer { state.answer = nil }
            return state.answer
        }
        answer?(outcomes)
    }

    /// Gives up a source that gave nothing for ten seconds and is gone, or nothing for the limit.
    func checkStall(limit: Duration) {
        let (idle, isOver) = state.withLock {
            ($0.lastMoment.duration(to: .now), $0.answer == nil)
        }
        guard !isOver, idle > .seconds(5) else { return }
        let isAlive = sources.allSatisfy { $0.isAlive() }
        guard !isAlive || idle > limit else { return }
        let failure = VaultFailure(isAlive ? .sourceStalled : .sourceGone)
        finish(sources.map { _ in .failure(failure) })
    }
}
