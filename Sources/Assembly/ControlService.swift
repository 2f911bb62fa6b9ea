import CLinux
import Dispatch
package import Evidence
import Glibc
package import Logging
import ServiceLifecycle
import Synchronization

/// Answers the control socket: whoever may write the root's directory may ask.
package struct ControlService: Service {
    private let path: String
    private let listener: CInt
    private let operations: @Sendable (Language) -> Operations
    private let log: Logger

    /// Listens at once, so that nobody who is told of the socket finds it missing. A socket file
    /// that a crash left is replaced: the caller holds the root's lock.
    package init(
        path: String, operations: @escaping @Sendable (Language) -> Operations, log: Logger
    ) throws {
        Self.unlinkSocket(path)
        let mask = umask(0o077)
        listener = clinux_control_listen(path)
        umask(mask)
        guard listener >= 0 else { throw AssemblyFailure(.notPermitted, subject: path) }
        (self.path, self.operations, self.log) = (path, operations, log)
    }

    /// Removes a socket's file; anything else that stands there is none of ours.
    private static func unlinkSocket(_ path: String) {
        guard FileFacts(at: path, followsLinks: false)?.kind == S_IFSOCK else { return }
        unlink(path)
    }

    /// Runs until graceful shutdown; requests under way are cancelled and answered.
    package func run() async throws {
        let (connections, feed) = AsyncStream<CInt>.makeStream()
        let listener = listener
        let thread = Thread {
            while true {
                let connection = clinux_control_accept(listener)
                if connection >= 0 {
                    feed.yield(connection)
                } else if errno != EINTR && errno != ECONNABORTED {
                    break
                }
            }
            feed.finish()
        }
        thread.start()
        await withGracefulShutdownHandler {
            await withTaskGroup(of: Void.self) { tasks in
                for await connection in connections {
                    tasks.addTask { await serve(connection) }
                }
                tasks.cancelAll()
            }
        } onGracefulShutdown: {
            shutdown(listener, CInt(SHUT_RDWR))
        }
        close(listener)
        Self.unlinkSocket(path)
    }

    private func serve(_ connection: CInt) async {
        let peer = Peer(connection)
        defer { peer.close() }
        var uid: UInt32 = 0
        guard clinux_control_peer(connection, &uid) == 0, uid == 0 || uid == geteuid() else {
            peer.send(
                .failure(
                    code: "not-permitted", problem: AssemblyFailure(.notPermitted).problem,
                    nextStep: AssemblyFailure(.notPermitted).nextStep))
            peer.send(.end(.wrongUsage))
            return
        }
        let line: [UInt8]? = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                var lines = LineReading(descriptor: connection)
                continuation.resume(returning: lines.next())
            }
        }
        guard let line, let json = try? JSONReader.value(of: line),
            let request = Request(json: json)
        else {
            peer.send(.end(.wrongUsage))
            return
        }
        let language = json[key: "language"]?.stringValue.flatMap(Language.init(rawValue:))
        let status = await operations(language ?? .english).perform(request, by: "uid:\(uid)") {
            peer.send($0)
        }
        peer.send(.end(status))
    }
}

/// The other end of one connection.
private final class Peer: Sendable {
    private let descriptor: Mutex<CInt>

    init(_ descriptor: CInt) { self.descriptor = Mutex(descriptor) }

    /// Sends one line; a peer that went away, or does not read, misses it and all that follow.
    func send(_ answer: Answer) {
        let line = Array((JSONWriter.line(answer.json) + "\n").utf8)
        descriptor.withLock {
            if clinux_control_send($0, line, line.count) != 0 { shutdown($0, CInt(SHUT_RDWR)) }
        }
    }

    func close() { descriptor.withLock { _ = Glibc.close($0) } }
}

/// A thread of our own for a call that blocks for ever.
struct Thread {
    private let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    func start() {
        DispatchQueue(label: "evidock.control").async(execute: body)
    }
}
