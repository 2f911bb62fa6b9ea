import AsyncHTTPClient
package import Evidence
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// A line to servers outside: small questions and answers, each with its own end in time and size. No
/// redirect is followed, nothing is believed because it came this way.
package final class HTTPLine: Sendable {
    /// An answer, whatever its status.
    package struct Answer: Sendable {
        package let status: Int
        package let contentType: String?
        package let body: [UInt8]
    }

    private let client: HTTPClient

    /// - Parameter roots: certificates in PEM that a server's chain must end in; nil for the
    ///   system's.
    /// - Throws: `malformed-certificates`.
    package init(roots: [UInt8]? = nil) throws {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let roots {
            do {
                let certificates = try NIOSSLCertificate.fromPEMBytes(roots)
                guard !certificates.isEmpty else { throw LinkFailure(.certificates) }
                tls.trustRoots = .certificates(certificates)
            } catch { throw LinkFailure(.certificates) }
        }
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(10), read: .seconds(30)))
        // A witness that was put back into service is another one: no connection is kept for long.
        configuration.connectionPool.idleTimeout = .seconds(20)
        configuration.httpVersion = .http1Only
        client = HTTPClient(
            eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: configuration)
    }

    deinit {
        // It must be shut down before it goes, and is kept until it has been.
        client.shutdown { [client] _ in _ = client }
    }

    /// Posts, or gets where there is nothing to post.
    ///
    /// - Parameters:
    ///   - authorization: the header of that name (RFC 9110, section 11.6.2).
    ///   - limit: the most bytes of an answer that are looked at.
    ///   - within: for the whole of it.
    /// - Throws: `no-answer`, with a word about why; `too-long`.
    package func ask(
        _ url: String, post: (body: [UInt8], type: String)? = nil, authorization: String? = nil,
        limit: Int, within: Duration
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "User-Agent", value: "evidock")
        if let authorization {
            request.headers.add(name: "Authorization", value: authorization)
        }
        if let post {
            request.method = .POST
            request.headers.add(name: "Content-Type", value: post.type)
            request.body = .bytes(ByteBuffer(bytes: post.body))
        }
        do {
            let (asked, client) = (request, client)
            return try await inTime(within) {
                let response = try await client.execute(
                    asked, deadline: NIODeadline.now() + TimeAmount(within))
                let body = try await response.body.collect(upTo: limit)
                return Answer(
                    status: Int(response.status.code),
                    contentType: response.headers.first(name: "content-type"),
                    body: Array(body.readableBytesView))
            }
        } catch let error as CancellationError {
            throw error
        } catch is NIOTooManyBytesError {
            throw LinkFailure(.tooLong)
        } catch let error as HTTPClientError {
            throw LinkFailure(.noAnswer, error.shortDescription)
        } catch { throw LinkFailure(.noAnswer, "\(type(of: error))") }
    }
}

/// The client's own deadline ends with an answer's head: a body that comes byte by byte would hold
/// the line for as long as it likes.
func inTime<Answer: Sendable>(
    _ limit: Duration, _ ask: @escaping @Sendable () async throws -> Answer
) async throws -> Answer {
    try await withThrowingTaskGroup(of: Answer.self) { group in
        group.addTask(operation: ask)
        group.addTask {
            try await Task.sleep(for: limit)
            throw HTTPClientError.deadlineExceeded
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { throw CancellationError() }
        return first
    }
}

/// Why a question to a server outside came to nothing.
package struct LinkFailure: Failure, Hashable {
    package enum Code: String, Sendable, CaseIterable {
        case noAnswer = "no-answer"
        case tooLong = "answer-too-long"
        case certificates = "malformed-certificates"
    }

    package let kind: Code
    /// A constant word of the library's; never a name or an address of a person.
    package let detail: String

    package init(_ kind: Code, _ detail: String = "") { (self.kind, self.detail) = (kind, detail) }

    package var code: String { kind.rawValue }

    package var disposition: Disposition { kind == .certificates ? .stop : .retry }

    package var problem: Bilingual {
        let base =
            switch kind {
            case .noAnswer: Bilingual("The server does not answer", "服务器无应答")
            case .tooLong: Bilingual("The server's answer is too long", "服务器的答复过长")
            case .certificates:
                Bilingual("The file holds no certificates in PEM", "文件中没有 PEM 格式的证书")
            }
        if detail.isEmpty { return base }
        return Bilingual(base.english + ": " + detail, base.chinese + "：" + detail)
    }

    package var nextStep: Bilingual {
        switch kind {
        case .noAnswer, .tooLong:
            Bilingual(
                "Check the address and the network; it is tried again.",
                "请检查地址和网络，稍后将重试。")
        case .certificates:
            Bilingual("Name a file with certificates in PEM.", "请指定包含 PEM 证书的文件。")
        }
    }
}
