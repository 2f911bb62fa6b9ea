package import Evidence

/// Where a listener waits: a host and a port, `127.0.0.1:8450` or `[::1]:8450`.
package struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    package let host: String
    /// 0 for any that is free.
    package let port: Int

    package init(host: String, port: Int) { (self.host, self.port) = (host, port) }

    /// Nil where the text is no such address.
    package init?(_ text: String) {
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
        host == "localhost" || host == "::1"
            || host.hasPrefix("127.") && host.allSatisfy { $0.isNumber || $0 == "." }
    }

    package var description: String {
        (host.contains(":") ? "[\(host)]" : host) + ":\(port)"
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
