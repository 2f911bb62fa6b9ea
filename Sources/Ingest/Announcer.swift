import Evidence

/// Holds what became of files until their events stand under a published checkpoint and in the
/// index, and only then tells it: nothing is shown before it is in the ledger.
actor Announcer {
    private var waiting: [FileOutcome] = []
    private var isRunning = false
    private var failure: (any Error)?
    private let publish: @Sendable () async throws -> Int64
    private let tell: @Sendable (FileOutcome) -> Void
    private var idle: [CheckedContinuation<Void, Never>] = []

    init(
        publish: @escaping @Sendable () async throws -> Int64,
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
            do {
                // What came while this waited may be covered by the same checkpoint.
                let size = try await publish()
                let published = waiting.filter { $0.leaf ?? 0 < size }
                waiting.removeAll { $0.leaf ?? 0 < size }
                for outcome in published { tell(outcome) }
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
