package import Evidence

/// The interface for recorders of enforcement officers (`/attestation/enforcer`): JSON over HTTP.
///
/// `POST` takes device number, SHA-256, kind (1 photo, 2 video, 3 audio), size, name, address and times,
/// and gives a number; `GET …/<number>` its state (`pending`, `failed`, `done`), and with `done` the
/// digest in its chain; `GET …/<number>/certificate` the PDF. Every answer names the SHA-256 it is about.
package struct EnforcerAttestor: Attestor {
    package let name: String
    private let url: String
    private let authorization: String?
    private let line: HTTPLine

    private static let answerLimit = 64 << 10
    private static let path = "/attestation/enforcer"

    /// - Parameters:
    ///   - url: its address, `http` or `https`, up to before `/attestation`.
    ///   - token: sent as a bearer token (RFC 6750); nil for none.
    package init(url: String, token: String?, line: HTTPLine) {
        let url = url.hasSuffix("/") ? String(url.dropLast()) : url
        name = String(
            (url.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first ?? "")
                .prefix(200))
        (self.url, self.line) = (url + Self.path, line)
        authorization = token.map { "Bearer " + $0 }
    }

    package func submit(_ subject: AttestationSubject) async throws -> AttestationReply {
        var members: [String: JSONValue] = [
            "deviceNumber": .string(subject.device), "sha256": .string(subject.sha256.hex),
            "kind": .integer(Self.kind(of: subject.role)), "size": .integer(subject.size),
            "name": .string(subject.name), "address": .string(subject.address),
            "saveTime": .string(subject.saved.description),
        ]
        members.set("startTime", subject.start)
        members.set("endTime", subject.end)
        let body = Array(JSONWriter.line(.object(members)).utf8)
        let answer = try await line.ask(
            url, post: (body, "application/json"), authorization: authorization,
            limit: Self.answerLimit, within: .seconds(30))
        return try Self.reply(answer.status, answer.body, about: subject.sha256, number: nil)
    }

    package func look(
        at number: String, sha256: SHA256Digest
    ) async throws -> AttestationReply {
        let answer = try await line.ask(
            "\(url)/\(number)", authorization: authorization, limit: Self.answerLimit,
            within: .seconds(30))
        return try Self.reply(answer.status, answer.body, about: sha256, number: number)
    }

    package func certificate(_ number: String, limit: Int) async throws -> [UInt8] {
        let answer = try await line.ask(
            "\(url)/\(number)/certificate", authorization: authorization, limit: limit,
            within: .seconds(120))
        guard answer.status == 200 else {
            throw AttestationFault(.refused, "status \(answer.status)")
        }
        return answer.body
    }

    private static func kind(of role: FileRole) -> Int64 {
        switch role {
        case .photo: 1
        case .audio: 3
        case .video, .sidecar, .other: 2
        }
    }

    /// Reads an answer.
    ///
    /// - Parameter number: the one that was asked for; nil where it is the interface's to give.
    static func reply(
        _ status: Int, _ body: [UInt8], about sha256: SHA256Digest, number wanted: String?
    ) throws(AttestationFault) -> AttestationReply {
        guard (200...202).contains(status) else {
            throw AttestationFault(.refused, "status \(status)")
        }
        guard let json = try? JSONReader.value(of: body), json.objectValue != nil else {
            throw AttestationFault(.malformed, "no JSON object")
        }
        guard let number = json[key: "number"]?.stringValue, isNumber(number) else {
            throw AttestationFault(.malformed, "number")
        }
        guard let state = json[key: "state"]?.stringValue.flatMap(AttestationRow.State.init)
        else { throw AttestationFault(.malformed, "state") }
        guard let about = json[key: "sha256"]?.stringValue.flatMap({ SHA256Digest(hex: $0) })
        else { throw AttestationFault(.malformed, "sha256") }
        guard about == sha256 else { throw AttestationFault(.contradictory, "another sha256") }
        guard wanted == nil || wanted == number else {
            throw AttestationFault(.contradictory, "another number")
        }
        let chain = json[key: "chainDigest"]?.stringValue
        guard chain.map(isDigest) ?? true else { throw AttestationFault(.malformed, "chainDigest") }
        guard state != .done || chain != nil else {
            throw AttestationFault(.contradictory, "done without a chain digest")
        }
        var certificate: SHA256Digest?
        if let text = json[key: "certificateSHA256"]?.stringValue {
            guard let digest = SHA256Digest(hex: text) else {
                throw AttestationFault(.malformed, "certificateSHA256")
            }
            certificate = digest
        }
        return AttestationReply(
            state: state, number: number, chainDigest: chain, certificate: certificate)
    }

    /// What may stand in an address and a record: letters, digits, `-`, `_` and `.`, not only dots.
    private static func isNumber(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x5f, 0x2e: true
                default: false
                }
            } && !text.utf8.allSatisfy { $0 == 0x2e }
    }

    private static func isDigest(_ text: String) -> Bool {
        (32...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
                default: false
                }
            }
    }
}
