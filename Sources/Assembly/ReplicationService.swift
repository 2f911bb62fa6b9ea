import Ingest
import Logging
import ServiceLifecycle

/// That something is to be done soon. What is said again before it was begun is one.
struct Nudge: Sendable {
    let stream: AsyncStream<Void>
    private let feed: AsyncStream<Void>.Continuation

    init() { (stream, feed) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    func fire() { feed.yield() }
}

/// Catches the second copy up in the background: at the start, after each docking, when another one
/// is set, and now and then, for the case that it failed.
struct ReplicationService: Service {
    private static let interval: Duration = .seconds(600)

    let backlog: ReplicationBacklog
    let isDue: Nudge
    let log: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            isDue.fire()
            await withTaskGroup(of: Void.self) { tasks in
                tasks.addTask {
                    while !Task.isCancelled {
                        try? await Task.sleep(for: Self.interval)
                        isDue.fire()
                    }
                }
                for await _ in isDue.stream { await catchUp() }
                tasks.cancelAll()
            }
        }
    }

    private func catchUp() async {
        do {
            let count = try await backlog.catchUp()
            if count > 0 {
                log.notice("the second copy caught up", metadata: ["items": "\(count)"])
            }
        } catch is CancellationError {
            return
        } catch {
            log.error("the second copy could not be entered", metadata: ["error": "\(error)"])
        }
    }
}
