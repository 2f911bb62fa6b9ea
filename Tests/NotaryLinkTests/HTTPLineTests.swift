import Evidence
import Glibc
import Testing

@testable import NotaryLink

@Suite("A line to a server outside")
struct HTTPLineTests {
    @Test(
        "An answer that comes byte by byte ends with the time that it was given",
        .timeLimit(.minutes(5)))
    func dripping() async throws {
        let server = try LoopbackServer { connection in
            var head = Array("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n".utf8)
            while send(connection, head, head.count, Int32(MSG_NOSIGNAL)) > 0 {
                head = [0x20]
                usleep(100_000)
            }
        }
        let failure = await failure {
            _ = try await HTTPLine().ask(server.url, limit: 2_000_000, within: .milliseconds(300))
        }
        #expect(failure?.kind == .noAnswer)
    }

    @Test("A server that takes the question and says nothing is left when the time is up")
    func silent() async throws {
        let server = try LoopbackServer { connection in
            var byte: UInt8 = 0
            while recv(connection, &byte, 1, 0) > 0 {}
        }
        let failure = await failure {
            _ = try await HTTPLine().ask(server.url, limit: 1000, within: .milliseconds(300))
        }
        #expect(failure?.kind == .noAnswer)
    }

    @Test("An answer is looked at up to its limit, whatever length it claims")
    func long() async throws {
        let server = try LoopbackServer { connection in
            let head = Array("HTTP/1.1 200 OK\r\nContent-Length: 9000000000000\r\n\r\n".utf8)
            var bytes = head + [UInt8](repeating: 0x20, count: 64 << 10)
            while send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL)) > 0 {
                bytes = [UInt8](repeating: 0x20, count: 64 << 10)
            }
        }
        let failure = await failure {
            _ = try await HTTPLine().ask(server.url, limit: 100 << 10, within: .seconds(3600))
        }
        #expect(failure?.kind == .tooLong)
    }

    @Test("A redirect is an answer, and is not followed")
    func redirected() async throws {
        let server = try LoopbackServer { connection in
            let text =
                "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
            _ = send(connection, text, text.utf8.count, Int32(MSG_NOSIGNAL))
        }
        let answer = try await HTTPLine().ask(server.url, limit: 1000, within: .seconds(3600))
        #expect(answer.status == 302 && answer.body.isEmpty)
    }

    private func failure(_ ask: () async throws -> Void) async -> LinkFailure? {
        do {
            try await ask()
            return nil
        } catch { return error as? LinkFailure }
    }
}

/// A server on loopback that does one thing with the first connection, and ends with it.
private final class LoopbackServer: Sendable {
    let url: String
    private let listening: CInt

    init(_ answer: @escaping @Sendable (CInt) -> Void) throws {
        let listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listening = listening
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listening, $0, length) == 0 && listen(listening, 1) == 0
                    && getsockname(listening, $0, &length) == 0
            }
        }
        try #require(bound)
        url = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))/x"
        try onThread {
            let connection = accept(listening, nil, nil)
            guard connection >= 0 else { return }
            // An answer before its question would be refused for that.
            var question = [UInt8](repeating: 0, count: 4096)
            if recv(connection, &question, question.count, 0) > 0 { answer(connection) }
            close(connection)
        }
    }

    deinit {
        shutdown(listening, Int32(SHUT_RDWR))
        close(listening)
    }
}

/// Runs something that blocks.
private func onThread(_ body: @escaping @Sendable () -> Void) throws {
    final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let work = Unmanaged.passRetained(Work(body))
    let outcome = pthread_create(
        &thread, nil,
        { argument in
            guard let argument else { return nil }
            Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
            return nil
        }, work.toOpaque())
    try #require(outcome == 0)
    pthread_detach(thread)
}
