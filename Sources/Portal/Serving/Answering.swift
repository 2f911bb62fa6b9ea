import Dispatch
import Evidence
import HTTPTypes
import Hummingbird
import NIOCore

/// Runs something that waits for the disk on a thread outside Swift's cooperative pool.
func offPool<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Result { try body() }) }
    }
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
