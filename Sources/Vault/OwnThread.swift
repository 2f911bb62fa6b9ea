import Glibc

/// A thread of our own: blocking calls never run on Swift's cooperative pool.
enum OwnThread {
    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// False where the system gives no thread: the work was not begun.
    static func tryStart(_ run: @escaping @Sendable () -> Void) -> Bool {
        var thread = pthread_t()
        let held = Unmanaged.passRetained(Body(run))
        let number = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, held.toOpaque())
        guard number == 0 else {
            held.release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    /// Where there is no thread to be had, the caller's own does the work: late but done.
    static func start(_ run: @escaping @Sendable () -> Void) {
        if !tryStart(run) { run() }
    }
}

/// Runs something that blocks on a thread of its own.
func onOwnThread<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        OwnThread.start { continuation.resume(with: Result { try body() }) }
    }
}
