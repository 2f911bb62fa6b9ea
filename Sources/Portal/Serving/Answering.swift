import Evidence
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
