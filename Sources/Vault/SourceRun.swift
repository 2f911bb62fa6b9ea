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
        /// Whether a thread asks if the recorder is there. That too may never come back.
        var isAsking = false
        /// The read about which the answer was that it is.
        var saidThere: ContinuousClock.Instant?
        var isStopped = false
        var isOver = false
    }

    private enum Step {
        case ask(ContinuousClock.Instant)
        case giveUp(ContinuousClock.Instant, VaultFailure.Code)
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

    /// Gives up a source whose read does not come back: after `goneLimit` where the recorder is gone
    /// or the work was stopped, else after `stallLimit`. Never waits itself.
    func checkStall(_ settings: VaultSettings) {
        switch nextStep(settings) {
        case .giveUp(let since, let reason): giveUp(reason, since)
        case .ask(let since): ask(since)
        case nil: break
        }
    }

    private func nextStep(_ settings: VaultSettings) -> Step? {
        state.withLock { state in
            guard !state.isOver, let since = state.readingSince else { return nil }
            let waited = since.duration(to: .now)
            guard waited > settings.goneLimit else { return nil }
            if state.isStopped { return .giveUp(since, .stopped) }
            let isAnswered = state.saidThere == since
            // One that does not even say whether it is there has a little longer.
            if waited > settings.stallLimit + (isAnswered ? .zero : settings.goneLimit) {
                return .giveUp(since, .sourceStalled)
            }
            guard !state.isAsking else { return nil }
            state.isAsking = true
            return .ask(since)
        }
    }

    private func ask(_ since: ContinuousClock.Instant) {
        let isAsked = OwnThread.tryStart { [self] in
            let isThere = isAlive()
            state.withLock { state in
                state.isAsking = false
                if isThere { state.saidThere = since }
            }
            if !isThere { giveUp(.sourceGone, since) }
        }
        if !isAsked { state.withLock { $0.isAsking = false } }
    }

    /// Only while that same read is still under way.
    private func giveUp(_ reason: VaultFailure.Code, _ since: ContinuousClock.Instant) {
        let giveUp = state.withLock { state -> (@Sendable (VaultFailure) -> Void)? in
            guard !state.isOver, state.readingSince == since else { return nil }
            state.isOver = true
            return state.giveUp
        }
        giveUp?(VaultFailure(reason))
    }
}
