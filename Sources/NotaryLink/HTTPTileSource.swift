import Dispatch
import Synchronization
package import TransparencyLog
import Witness

/// A log's files over HTTP (C2SP tlog-tiles): below the log's prefix. Every call waits: it belongs on
/// a thread of its own, never on the cooperative pool.
package struct HTTPTileSource: TileSource {
    private let prefix: String
    private let line: HTTPLine

    package init(_ prefix: String, line: HTTPLine) {
        self.prefix = prefix.hasSuffix("/") ? String(prefix.dropLast()) : prefix
        self.line = line
    }

    package func checkpoint(limit: Int) throws -> [UInt8] {
        guard let bytes = try get("checkpoint", limit) else {
            throw MirrorFailure(.missing, "checkpoint")
        }
        return bytes
    }

    package func tile(_ path: TilePath, limit: Int) throws -> [UInt8]? {
        try get(path.description, limit)
    }

    private func get(_ place: String, _ limit: Int) throws -> [UInt8]? {
        let answer = try wait { [line, prefix] in
            try await line.ask(prefix + "/" + place, limit: limit, within: .seconds(30))
        }
        switch answer.status {
        case 200: return answer.body
        case 404: return nil
        default: throw LinkFailure(.noAnswer, "status \(answer.status)")
        }
    }

    private func wait<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) throws -> Value {
        let answer = Answer<Value>()
        Task {
            do { answer.set(.success(try await body())) } catch { answer.set(.failure(error)) }
        }
        return try answer.get()
    }
}

/// What one thread waits for and another brings.
private final class Answer<Value: Sendable>: Sendable {
    private let result = Mutex<Result<Value, any Error>?>(nil)
    private let isThere = DispatchSemaphore(value: 0)

    func set(_ result: Result<Value, any Error>) {
        self.result.withLock { $0 = result }
        isThere.signal()
    }

    func get() throws -> Value {
        isThere.wait()
        guard let result = result.withLock({ $0 }) else { throw LinkFailure(.noAnswer) }
        return try result.get()
    }
}
