package import Evidence
import Fixity
import NIOCore
import NIOPosix
import NIOSSL

/// A short letter to people, in plain text.
package struct Mail: Sendable {
    package let from: String
    package let to: [String]
    package let subject: String
    package let text: String
    package let time: Timestamp

    package init(from: String, to: [String], subject: String, text: String, time: Timestamp) {
        (self.from, self.to, self.subject) = (from, to, subject)
        (self.text, self.time) = (text, time)
    }

    /// Whether it is an address that stands in a command and in a header as it is (RFC 5321 section
    /// 4.1.2, without quoting).
    package static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && text.utf8.count <= 254
            && parts.allSatisfy { part in
                !part.isEmpty
                    && part.utf8.allSatisfy {
                        (0x21...0x7e).contains($0) && !"<>()[]\\,;:\"".utf8.contains($0)
                    }
            }
    }

    /// The message (RFC 5322, RFC 2045, RFC 2047): whatever words are in it, its lines are short and
    /// plain, and none begins with a dot.
    var message: String {
        let id = SHA256Digest.of(Array("\(time) \(subject) \(text)".utf8)).hex.prefix(32)
        let domain = from.split(separator: "@").last.map(String.init) ?? "localhost"
        let lines =
            [
                "From: <\(from)>", "To: \(to.map { "<\($0)>" }.joined(separator: ",\r\n "))",
                "Subject: \(Self.encoded(subject))", "Date: \(Self.date(time))",
                "Message-ID: <\(id)@\(domain)>", "MIME-Version: 1.0",
                "Auto-Submitted: auto-generated",
                "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64", "",
            ] + Self.pieces(Array(text.utf8), 57).map { Base64.encode(Array($0)) }
        return lines.joined(separator: "\r\n") + "\r\n"
    }

    /// Encoded words of no more than 75 characters, none of which ends inside a character.
    private static func encoded(_ text: String) -> String {
        var (words, piece): ([String], String) = ([], "")
        for character in text {
            if (piece + String(character)).utf8.count > 42 {
                words.append(piece)
                piece = ""
            }
            piece.append(character)
        }
        return (words + [piece]).map { "=?utf-8?B?\(Base64.encode(Array($0.utf8)))?=" }
            .joined(separator: "\r\n ")
    }

    private static func pieces(_ bytes: [UInt8], _ length: Int) -> [ArraySlice<UInt8>] {
        stride(from: 0, to: bytes.count, by: length).map {
            bytes[$0..<min($0 + length, bytes.count)]
        }
    }

    /// RFC 5322 section 3.3, in UTC.
    private static func date(_ time: Timestamp) -> String {
        let seconds = time.milliseconds.flooredQuotient(1000)
        let civil = CivilTime(secondsSince1970: seconds)
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        func two(_ value: Int) -> String { String(String(100 + value).dropFirst()) }
        return "\(civil.day) \(months[civil.month - 1]) \(civil.year) "
            + "\(two(civil.hour)):\(two(civil.minute)):\(two(civil.second)) +0000"
    }
}

/// A line to a mail server of the house (RFC 5321): one letter at a time.
package struct MailLine: Sendable {
    package let host: String
    package let port: Int
    /// TLS from the first byte (RFC 8314).
    package let isEncrypted: Bool
    /// By which the server knows us, over TLS alone (RFC 4954, RFC 4616).
    package let login: (name: String, password: String)?

    private static let longestReply = 64 << 10

    package init(
        host: String, port: Int, isEncrypted: Bool, login: (name: String, password: String)?
    ) {
        (self.host, self.port, self.isEncrypted) = (host, port, isEncrypted)
        self.login = isEncrypted ? login : nil
    }

    /// The server has taken the letter when this returns.
    ///
    /// - Throws: `no-answer`, with the code of what the server refused, and never its words; a letter
    ///   that one of its readers cannot get is not taken at all.
    package func send(_ mail: Mail, within: Duration) async throws {
        do {
            try await inTime(within) { try await converse(mail) }
        } catch let failure as LinkFailure {
            throw failure
        } catch let error as CancellationError {
            throw error
        } catch { throw LinkFailure(.noAnswer, "\(type(of: error))") }
    }

    private func converse(_ mail: Mail) async throws {
        let tls = isEncrypted ? try NIOSSLContext(configuration: .makeClientConfiguration()) : nil
        // A name is checked against the certificate; SNI takes no address (RFC 6066 section 3).
        let isAddress = (try? SocketAddress(ipAddress: host, port: port)) != nil
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connectTimeout(.seconds(10))
            .connect(host: host, port: port) { [host] channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(
                                context: tls, serverHostname: isAddress ? nil : host))
                    }
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel)
                }
            }
        try await channel.executeThenClose { inbound, outbound in
            var replies = Replies(inbound.makeAsyncIterator())
            func say(_ line: String, _ wanted: Set<Int>) async throws {
                try await outbound.write(ByteBuffer(string: line + "\r\n"))
                try await replies.expect(wanted)
            }
            try await replies.expect([220])
            try await say("EHLO evidock.invalid", [250])
            if let login {
                let words = "\u{0}\(login.name)\u{0}\(login.password)"
                try await say("AUTH PLAIN \(Base64.encode(Array(words.utf8)))", [235])
            }
            try await say("MAIL FROM:<\(mail.from)>", [250])
            for reader in mail.to { try await say("RCPT TO:<\(reader)>", [250, 251]) }
            try await say("DATA", [354])
            try await say(mail.message + ".", [250])
            try? await outbound.write(ByteBuffer(string: "QUIT\r\n"))
        }
    }

    /// The server's replies, each of some lines.
    private struct Replies {
        private var bytes: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
        private var rest = ByteBuffer()

        init(_ bytes: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator) { self.bytes = bytes }

        mutating func expect(_ wanted: Set<Int>) async throws {
            while true {
                let line = try await self.line()
                guard let code = Int(line.prefix(3)), line.utf8.count >= 3 else {
                    throw LinkFailure(.noAnswer, "not SMTP")
                }
                // All but the last line have a stroke behind the code.
                if line.dropFirst(3).first == "-" { continue }
                guard wanted.contains(code) else { throw LinkFailure(.noAnswer, "SMTP \(code)") }
                return
            }
        }

        private mutating func line() async throws -> String {
            while true {
                if let end = rest.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
                    let line = rest.readString(length: end - rest.readerIndex + 1) ?? ""
                    return line.trimmingSuffix(while: \.isNewline)
                }
                guard rest.readableBytes < MailLine.longestReply else {
                    throw LinkFailure(.tooLong)
                }
                guard var more = try await bytes.next() else {
                    throw LinkFailure(.noAnswer, "closed")
                }
                rest.writeBuffer(&more)
            }
        }
    }
}

extension String {
    fileprivate func trimmingSuffix(while fits: (Character) -> Bool) -> String {
        var text = self[...]
        while let last = text.last, fits(last) { text.removeLast() }
        return String(text)
    }
}
