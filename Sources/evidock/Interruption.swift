import Dispatch
import Glibc

/// SIGINT and SIGTERM as a request to end cleanly, once.
final class Interruption: Sendable {
    private nonisolated(unsafe) let sources: [any DispatchSourceSignal]
    // Dispatch sources are thread-safe; the module does not say so.

    init(_ body: @escaping @Sendable () -> Void) {
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler(handler: body)
            source.resume()
            return source
        }
    }

    func end() {
        for source in sources { source.cancel() }
        for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
    }
}

/// The account this process runs under, as it stands in records.
enum LocalAccount {
    static var name: String { "uid:\(getuid())" }
}
