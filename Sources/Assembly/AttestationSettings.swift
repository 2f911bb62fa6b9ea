import Configuration
import Evidence
import NotaryLink

/// Where digests are posted for attestation, and what is said besides.
struct AttestationSettings: Sendable {
    /// Up to before `/attestation/enforcer`.
    let url: String
    /// The certificates that its server's TLS chain must end in, PEM; nil for the system's.
    let authority: String?
    /// A file whose first line is the bearer token; nil for none.
    let token: String?
    /// Seconds between two looks.
    let every: Int
    /// The place that is told with each digest; empty for none.
    let address: String

    /// Nil where no interface is set.
    ///
    /// - Throws: `malformed-setting`: a token never goes over the network unencrypted.
    init?(_ reading: StrictReading) throws {
        guard let url = try reading.text("attestationURL") else { return nil }
        self.url = url
        authority = try reading.path("attestationCA")
        token = try reading.path("attestationToken")
        every = try reading.number("attestationEvery", default: 60, in: 1...86_400)
        address = try reading.text("attestationAddress") ?? ""
        try PlainText.check(address.isEmpty ? nil : address, of: "attestationAddress", limit: 200)
        let isEncrypted = url.hasPrefix("https://")
        guard isEncrypted || url.hasPrefix("http://") else {
            throw AssemblyFailure(
                .malformedSetting, subject: "attestationURL",
                wanted: Bilingual("http:// or https:// is wanted", "应以 http:// 或 https:// 开头"))
        }
        // Whose the interface is stands in the ledger and in docks: no place for a password, nor may
        // what looks like this machine be another one's.
        guard !url.utf8.contains(UInt8(ascii: "@")) else {
            throw AssemblyFailure(
                .malformedSetting, subject: "attestationURL",
                wanted: Bilingual("no name and password is wanted", "不应含用户名和密码"))
        }
        let isHere = ["http://127.0.0.1", "http://[::1]", "http://localhost"].contains {
            url == $0 || url.hasPrefix($0 + ":") || url.hasPrefix($0 + "/")
        }
        guard token == nil || isEncrypted || isHere else {
            throw AssemblyFailure(
                .malformedSetting, subject: "attestationToken",
                wanted: Bilingual(
                    "a token is sent over https:// alone", "令牌只能通过 https:// 发送"))
        }
    }

    func attestor() throws -> any Attestor {
        let line = try HTTPLine(roots: authority.map(PolicyFile.certificates))
        let token = try token.map { path in
            String(
                decoding: try PolicyFile.bytes(path, limit: 64 << 10).prefix { $0 > 0x20 },
                as: UTF8.self)
        }
        return EnforcerAttestor(url: url, token: token, line: line)
    }
}
