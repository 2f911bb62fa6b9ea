package import Evidence

/// Where a listener waits: a host and a port, `127.0.0.1:8450` or `[::1]:8450`, or a socket of this
/// machine for a proxy, `unix:/run/evidock/pages.sock`.
package struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    package let host: String
    /// 0 for any that is free.
    package let port: Int
    /// The path of a Unix socket, in place of both.
    package let socket: String?

    package init(host: String, port: Int) { (self.host, self.port, socket) = (host, port, nil) }

    private init(socket: String) { (host, port, self.socket) = ("", 0, socket) }

    /// The longest path that a socket can have (unix(7)).
    private static let socketPathLimit = 107
    private static let socketSign = "unix:"

    /// Nil where the text is no such address.
    package init?(_ text: String) {
        if text.hasPrefix(Self.socketSign) {
            let path = String(text.dropFirst(Self.socketSign.count))
            guard path.hasPrefix("/"), !path.hasSuffix("/"), !path.utf8.contains(0),
                path.utf8.count <= Self.socketPathLimit
            else { return nil }
            self.init(socket: path)
            return
        }
        guard let colon = text.lastIndex(of: ":"),
            case let digits = text[text.index(after: colon)...], (1...5).contains(digits.count),
            digits.allSatisfy({ $0.isASCII && $0.isNumber }), let port = UInt16(digits)
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { return nil }
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != 0x2f }) else {
            return nil
        }
        self.init(host: String(host), port: Int(port))
    }

    /// Whether only this machine can reach it.
    package var isLoopback: Bool {
        socket != nil || host == "localhost" || host == "::1"
            || host.hasPrefix("127.") && host.allSatisfy { $0.isNumber || $0 == "." }
    }

    package var description: String {
        if let socket { return Self.socketSign + socket }
        return (host.contains(":") ? "[\(host)]" : host) + ":\(port)"
    }
}

/// Why nothing can be served there.
package struct PortalFailure: Failure, Hashable {
    package let address: ListenAddress

    package var code: String { "address-in-use" }
    package var disposition: Disposition { .retry }
    package var problem: Bilingual {
        Bilingual(
            "The address \(address) cannot be listened on.", "无法监听地址 \(address)。")
    }
    package var nextStep: Bilingual {
        Bilingual(
            "Another program may use it: name another one with --listen.",
            "该地址可能已被其他程序占用，请用 --listen 指定其他地址。")
    }
}
