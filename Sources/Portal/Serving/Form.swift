import Accounts
import Evidence
import HTTPTypes
import Hummingbird
import NIOCore

/// The fields of a form that was sent (`application/x-www-form-urlencoded`, WHATWG URL section 5).
struct Form: Sendable {
    private let fields: [String: String]
    /// The file that came with it.
    private(set) var file: [UInt8] = []

    /// - Throws: `too-large`; 415 for what is no form.
    init(_ request: Request, upTo limit: Int = 64 << 10) async throws {
        guard
            request.headers[.contentType]?.hasPrefix("application/x-www-form-urlencoded") == true
        else { throw HTTPError(.unsupportedMediaType) }
        let body = try await request.bytes(upTo: limit)
        fields = Self.fields(of: String(buffer: body))
    }

    /// A form with a file in it; see ``MultipartForm``.
    ///
    /// - Parameter name: the file's field.
    /// - Throws: `too-large`; 415 for what is no such form; 400 for a malformed one.
    init(_ request: Request, withFile name: String, upTo limit: Int) async throws {
        guard
            let boundary = request.headers[.contentType].flatMap(MultipartForm.boundary(in:))
        else { throw HTTPError(.unsupportedMediaType) }
        let body = try await request.bytes(upTo: limit)
        guard var parts = MultipartForm(Array(body.readableBytesView), boundary: boundary)?.parts
        else { throw HTTPError(.badRequest) }
        file = parts.removeValue(forKey: name) ?? []
        fields = parts.mapValues { String(decoding: $0, as: UTF8.self) }
    }

    var names: some Sequence<String> { fields.keys }

    /// Nil where it was left out or empty.
    subscript(name: String) -> String? {
        guard let value = fields[name], !value.isEmpty else { return nil }
        return value
    }

    /// That the form comes from a page of ours that this session was shown.
    ///
    /// - Throws: `sign-in-first`, `forged`.
    func require(_ context: PortalContext) throws {
        guard let session = context.session else { throw PortalProblem.signInFirst }
        guard fields["guard"] == session.guardToken else { throw PortalProblem.forged }
    }

    /// The same for what a script of ours sends.
    static func require(guardOf request: Request, _ context: PortalContext) throws {
        guard let session = context.session else { throw PortalProblem.signInFirst }
        // A token of its own is not sent by a browser that somebody else's page steers.
        guard context.scopes == nil else { return }
        guard let name = HTTPField.Name("X-Evidock-Guard"),
            request.headers[name] == session.guardToken
        else { throw PortalProblem.forged }
    }

    static func fields(of text: String) -> [String: String] {
        var fields: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count == 2 ? decoded(parts[1]) : ""
            fields[decoded(parts[0])] = value
        }
        return fields
    }

    private static func decoded(_ text: Substring) -> String {
        PathText.decoded(text.replacing("+", with: " "))
    }
}

/// Text as a part of an address: percent-encoded bytes of UTF-8 (RFC 3986 section 2.1).
enum PathText {
    /// Letters and digits as they are, every other byte encoded.
    static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: String(UnicodeScalar(byte))
            default: "%" + Hex.encode([byte]).uppercased()
            }
        }.joined()
    }

    /// A percent sign that encodes nothing stays.
    static func decoded(_ text: some StringProtocol) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"),
                let value = Hex.decode(String(decoding: rest.prefix(2), as: UTF8.self)),
                value.count == 1
            {
                bytes.append(value[0])
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
