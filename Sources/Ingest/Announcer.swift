import Evidence

/// Holds what became of files until their events stand under a published checkpoint and in the
/// index, and only then tells it: nothing is shown before it is in the ledger.
actor Announcer {
    private var waiting: [FileOutcome] = []
    private var isRunning = false
    private var failure: (any Error)?
    private let publish: @Sendable () async throws -> Void
    private let tell: @Sendable (FileOutcome) -> Void
    private var idle: [CheckedContinuation<Void, Never>] = []

    init(
        publish: @escaping @Sendable () async throws -> Void,
        tell: @escaping @Sendable (FileOutcome) -> Void
    ) {
        (self.publish, self.tell) = (publish, tell)
    }

    /// Takes outcomes whose events are integrated; they are told when published.
    func add(_ outcomes: [FileOutcome]) {
        waiting += outcomes
        guard !isRunning else { return }
        isRunning = true
        Task { await run() }
    }

    private func run() async {
        while !waiting.isEmpty, failure == nil {
            let batch = waiting
            waiting = []
            do {
                try await publish()
                for outcome in batch { tell(outcome) }
            } catch {
                failure = error
            }
        }
        isRunning = false
        for continuation in idle { continuation.resume() }
        idle = []
    }

    /// Everything that was added is told; throws where publishing failed.
    func finish() async throws {
        if isRunning { await withCheckedContinuation { idle.append($0) } }
        if let failure { throw failure }
    }
}
