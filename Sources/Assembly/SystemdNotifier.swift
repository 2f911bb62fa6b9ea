import CLinux
import Glibc
import ServiceLifecycle

/// Tells systemd that the daemon is ready, alive, stopping (sd_notify(3)). Does nothing where
/// systemd did not start us.
package struct SystemdNotifier: Service {
    private let socket: String?
    private let interval: Duration?
    private let isAlive: @Sendable () async -> Bool

    /// - Parameter isAlive: asked before each sign of life; a daemon whose ledger has stopped
    ///   gives none, and is restarted.
    package init(isAlive: @escaping @Sendable () async -> Bool) {
        socket = getenv("NOTIFY_SOCKET").map { String(cString: $0) }
        interval = getenv("WATCHDOG_USEC").flatMap { Int64(String(cString: $0)) }
            .map { .microseconds($0 / 3) }
        self.isAlive = isAlive
    }

    package func ready() { send("READY=1") }

    /// Signs of life three times in systemd's interval, until graceful shutdown.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            guard let interval else {
                try? await gracefulShutdown()
                return
            }
            while !Task.isCancelled {
                if await isAlive() { send("WATCHDOG=1") }
                try? await Task.sleep(for: interval)
            }
        }
        send("STOPPING=1")
    }

    private func send(_ text: String) {
        if let socket { _ = clinux_control_notify(socket, text) }
    }
}
