import Evidence
import Glibc
import Synchronization

/// Work that reads a recorder on a thread of its own, and can be given up while a read is stuck in
/// the kernel.
///
/// Whoever waits is then answered without it. It can only be given up while it reads: the next step
/// after that read throws, so that a given-up run never seals anything.
final class SourceRun: Sendable {
    private struct State {
        var giveUp: (@Sendable (VaultFailure) -> Void)?
        /// When the read under way began; nil between reads.
        var readingSince: ContinuousClock.Instant?
        var isStopped = false
        var isOver = false
    }

    private let isAlive: @Sendable () -> Bool
    private let state = Mutex(State())

    init(isAlive: @escaping @Sendable () -> Bool) { self.isAlive = isAlive }

    /// What is to be done if it is given up.
    func begin(giveUp: @escaping @Sendable (VaultFailure) -> Void) {
        state.withLock { $0.giveUp = giveUp }
    }

    /// Carries out one call that may not come back. Throws `stopped` where nobody waits any more.
    func reading<Value>(_ call: () -> Value) throws(VaultFailure) -> Value {
        guard enter() else { throw VaultFailure(.stopped) }
        let value = call()
        guard leave() else { throw VaultFailure(.stopped) }
        return value
    }

    private func enter() -> Bool {
        state.withLock { state in
            state.readingSince = .now
            return !state.isStopped && !state.isOver
        }
    }

    private func leave() -> Bool {
        state.withLock { state in
            state.readingSince = nil
            return !state.isOver
        }
    }

    /// Ends the work at its next read; what is past its reads is carried to its end.
    func stop() { state.withLock { $0.isStopped = true } }

    /// The work came to its end. False where it had been given up: the answer is no longer wanted.
    func end() -> Bool {
        state.withLock { state in
            defer { state.isOver = true }
            return !state.isOver
        }
    }

    /// Gives up a source whose read does not come back: at once after `goneLimit` where the recorder
    /// is gone or the work was stopped, else after `stallLimit`.
    func checkStall(_ settings: VaultSettings) {
        let (since, isStopped) = state.withLock {
            ($0.isOver ? nil : $0.readingSince, $0.isStopped)
        }
        guard let since, since.duration(to: .now) > settings.goneLimit else { return }
        let isAlive = isAlive()
        guard isStopped || !isAlive || since.duration(to: .now) > settings.stallLimit else {
            return
        }
        let giveUp = state.withLock { state -> (@Sendable (VaultFailure) -> Void)? in
            guard !state.isOver, state.readingSince == since else { return nil }
            state.isOver = true
            return state.giveUp
        }
        giveUp?(VaultFailure(!isAlive ? .sourceGone : isStopped ? .stopped : .sourceStalled))
    }
}
