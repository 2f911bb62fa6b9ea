/// One at a time, in the order in which they came: what was looked at before something is entered
/// is still so when it is entered.
actor Turns {
    private var last: Task<Void, Never>?

    func take<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let before = last
        let task = Task {
            await before?.value
            return try await body()
        }
        last = Task { _ = try? await task.value }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }
}
