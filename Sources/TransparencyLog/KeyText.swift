import Evidence

/// A verifier key as people exchange it, taken apart whatever its type:
/// `<name>+<key ID>+<base64 of type and key>` (C2SP signed-note v1.0.0).
struct KeyText {
    let name: String
    /// The signature type: what the key is for, and its algorithm.
    let type: UInt8
    let publicKey: [UInt8]

    /// The most bytes of a text that is looked at; an ML-DSA-44 key needs some 1,800.
    static let byteLimit = 4096

    /// Throws where the text has another form, or its key ID is not that of name, type and key.
    init(parsing text: String) throws(LogFailure) {
        guard text.utf8.count <= Self.byteLimit else { throw LogFailure(.malformedKey, "too long") }
        // Base64 may hold a + itself.
        let parts = text.utf8.split(
            separator: UInt8(ascii: "+"), maxSplits: 2, omittingEmptySubsequences: false
        ).map { String(decoding: $0, as: UTF8.self) }
        guard parts.count == 3 else { throw LogFailure(.malformedKey, "not name+id+key") }
        guard VerifierKey.isName(parts[0]) else { throw LogFailure(.malformedKey, "name") }
        guard parts[1].utf8.count == 8, let id = Hex.decode(parts[1]) else {
            throw LogFailure(.malformedKey, "the key ID is not eight hexadecimal digits")
        }
        guard let bytes = Base64.decode(parts[2]), let type = bytes.first else {
            throw LogFailure(.malformedKey, "the key is not base64")
        }
        (name, self.type, publicKey) = (parts[0], type, Array(bytes.dropFirst()))
        guard
            VerifierKey.keyID(name: name, type: type, publicKey: publicKey)
                == id.reduce(0, { $0 << 8 | UInt32($1) })
        else { throw LogFailure(.malformedKey, "the key ID does not belong to the key") }
    }

    /// The text of a key.
    static func text(name: String, type: UInt8, publicKey: [UInt8]) -> String {
        let id = VerifierKey.keyID(name: name, type: type, publicKey: publicKey)
        return "\(name)+\(Hex.encode(NoteSignature.bigEndian(id)))"
            + "+\(Base64.encode([type] + publicKey))"
    }
}
