import Evidence
import Fixity
import HTTPTypes
import Hummingbird
import NIOCore
import NIOPosix

/// Threads of the pages alone: however many of them wait, nobody who takes footage in waits for a
/// thread.
private let pageThreads: NIOThreadPool = {
    let pool = NIOThreadPool(numberOfThreads: 16)
    pool.start()
    return pool
}()

/// Runs something that waits for the disk on a thread outside Swift's cooperative pool.
func offPool<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await pageThreads.runIfActive { try body() }
}

extension Response {
    /// Bytes of a type, which no browser may take for another.
    init(
        _ status: HTTPResponse.Status, _ bytes: [UInt8], type: String,
        caching: String = "no-cache"
    ) {
        self.init(
            status: status,
            headers: [
                .contentType: type, .cacheControl: caching, .xContentTypeOptions: "nosniff",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    static let plainText = "text/plain; charset=utf-8"

    /// A refusal in one line.
    static func refused(_ status: HTTPResponse.Status) -> Response {
        Response(status, Array((status.reasonPhrase + "\n").utf8), type: plainText)
    }
}

extension Request {
    /// The slowest line that somebody may have, in bytes a second, and how long he may think.
    private static let slowest = 16 << 10
    private static let patience = 30

    /// The body, where it comes in the time that a slow line takes for so many bytes: who sends byte
    /// after byte holds nothing for ever.
    ///
    /// - Throws: `too-large`, `too-slow`.
    func bytes(upTo limit: Int) async throws -> ByteBuffer {
        let time = Duration.seconds(Self.patience + limit / Self.slowest)
        return try await withThrowingTaskGroup(of: ByteBuffer.self) { [body] group in
            group.addTask { try await body.collect(upTo: limit) }
            group.addTask {
                try await Task.sleep(for: time)
                throw PortalProblem.tooSlow
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }

    /// A field of the query, decoded; nil where it is left out or empty.
    func query(_ name: String) -> String? {
        guard let text = Form.fields(of: uri.query ?? "")[name], !text.isEmpty else { return nil }
        return text
    }

    /// How pages are addressed from outside: scheme and host.
    ///
    /// - Parameter scheme: `https` where they are encrypted here.
    func base(_ scheme: String) -> String {
        let isEncrypted =
            scheme == "https"
            || HTTPField.Name("X-Forwarded-Proto").flatMap { headers[$0] } == "https"
        return "\(isEncrypted ? "https" : "http")://\(head.authority ?? "")"
    }

    /// A day of the query (`yyyy-MM-dd`), in China's time.
    ///
    /// - Throws: `malformed-day`.
    func day(_ name: String) throws -> ClosedRange<Timestamp>? {
        guard let text = query(name) else { return nil }
        guard let day = LocalMoment.day(text) else { throw PortalProblem.malformedDay }
        return day
    }
}

extension Response {
    /// JSON, with a tag by which the same answer need not be sent again (RFC 9110 section 13).
    init(json: JSONValue, _ request: Request) throws {
        self.init(json: json)
        guard request.method == .get || request.method == .head else { return }
        let tag = "\"" + SHA256Digest.of(Array(JSONWriter.line(json).utf8)).hex + "\""
        headers[.eTag] = tag
        headers[.cacheControl] = "private, no-cache"
        if let known = request.headers[.ifNoneMatch], known.contains(tag) {
            self.init(status: .notModified, headers: headers)
        }
    }
}
