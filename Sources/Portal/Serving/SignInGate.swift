import Accounts
import Evidence

/// Lets one password at a time be tried, for each takes 128 MiB, and keeps only a few waiting.
actor SignInGate {
    private static let waitingLimit = 32

    private let accounts: AccountStore
    private let now: @Sendable () -> Timestamp
    private var waiting = 0
    private var last: Task<Void, Never>?

    init(_ accounts: AccountStore, now: @escaping @Sendable () -> Timestamp) {
        (self.accounts, self.now) = (accounts, now)
    }

    /// - Throws: `busy` where too many wait.
    func signIn(
        _ name: String, password: String, code: String, from address: String
    ) async throws -> SignIn {
        let (accounts, now) = (accounts, now)
        return try await alone {
            try await offPool {
                try accounts.signIn(
                    name, password: password, code: code, from: address, now: now())
            }
        }
    }

    /// Runs something that costs as much.
    func alone<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        guard waiting < Self.waitingLimit else { throw PortalProblem.busy }
        waiting += 1
        defer { waiting -= 1 }
        let before = last
        let run = Task {
            await before?.value
            return try await work()
        }
        last = Task { _ = try? await run.value }
        return try await run.value
    }
}
