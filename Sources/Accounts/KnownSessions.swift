import Evidence
import Synchronization

/// Sessions that were looked up a moment ago, until anything of the accounts changes: a player asks for
/// one part of a film after another. One process alone changes accounts.
final class KnownSessions: Sendable {
    /// How long one is not looked up again, in milliseconds; then it is prolonged.
    static let lasts: Int64 = 60_000
    private static let limit = 4096

    private struct Known {
        let session: Session
        /// Milliseconds since 1970.
        let until: Int64
    }

    private struct State {
        var changes = 0
        var sessions: [String: Known] = [:]
    }

    private let state = Mutex(State())

    /// To be read before a session is, which is remembered only where nothing has changed since.
    var changes: Int { state.withLock { $0.changes } }

    subscript(digest: String, now: Timestamp) -> Session? {
        guard let known = state.withLock({ $0.sessions[digest] }),
            now.milliseconds < known.until, now.milliseconds >= known.until - Self.lasts
        else { return nil }
        return known.session
    }

    /// - Parameters:
    ///   - until: when it ends or is to be prolonged, in milliseconds since 1970.
    ///   - changes: as they were before it was read.
    func remember(_ digest: String, _ session: Session, until: Int64, changes: Int) {
        state.withLock { state in
            guard state.changes == changes else { return }
            if state.sessions.count >= Self.limit { state.sessions = [:] }
            state.sessions[digest] = Known(session: session, until: until)
        }
    }

    func forget() {
        state.withLock { state in
            state.changes += 1
            state.sessions = [:]
        }
    }
}
