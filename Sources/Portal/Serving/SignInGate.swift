import Accounts
import Evidence

/// Lets one password at a time be tried, for each takes 128 MiB, and keeps only a few waiting.
actor SignInGate {
    private let accounts: AccountStore
    private let wantsSecondFactor: Bool
    private let now: @Sendable () -> Timestamp
    private let line = WaitingLine()

    init(
        _ accounts: AccountStore, wantsSecondFactor: Bool,
        now: @escaping @Sendable () -> Timestamp
    ) {
        (self.accounts, self.wantsSecondFactor, self.now) = (accounts, wantsSecondFactor, now)
    }

    /// - Throws: `busy` where too many wait.
    func signIn(
        _ name: String, password: String, code: String, from address: String
    ) async throws -> SignIn {
        let (accounts, wantsSecondFactor, now) = (accounts, wantsSecondFactor, now)
        return try await line.take {
            try await offPool {
                try accounts.signIn(
                    name, password: password, code: code, from: address,
                    wantsSecondFactor: wantsSecondFactor, now: now())
            }
        }
    }

    /// Whether a password is right, of somebody who is signed in.
    func confirm(
        _ password: String, of name: String, from address: String
    ) async throws -> Confirmation {
        let (accounts, now) = (accounts, now)
        return try await line.take {
            try await offPool {
                try accounts.confirm(password, of: name, from: address, now: now())
            }
        }
    }

    /// Whether a PIN is right, of somebody who stands at the dock.
    func confirm(
        pin: String, of name: String, from address: String
    ) async throws -> Confirmation {
        let (accounts, now) = (accounts, now)
        return try await line.take {
            try await offPool {
                try accounts.confirm(pin: pin, of: name, from: address, now: now())
            }
        }
    }
}

/// One at a time, in the order in which they came; only a few may wait.
actor WaitingLine {
    private static let limit = 32

    private var waiting = 0
    private var last: Task<Void, Never>?

    /// - Throws: `busy` where too many wait.
    func take<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        guard waiting < Self.limit else { throw PortalProblem.busy }
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
