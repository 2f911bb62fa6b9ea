import Evidence
package import Fixity

/// The public key of a log as people exchange it: `<name>+<key ID>+<base64>` (C2SP signed-note
/// v1.0.0), for Ed25519 (type 0x01).
package struct VerifierKey: Hashable, Sendable, CustomStringConvertible {
    /// The type byte of an Ed25519 key of a note.
    package static let ed25519: UInt8 = 1

    package let name: String
    /// The first four bytes of SHA-256(name || 0x0A || type || public key).
    package let keyID: UInt32
    /// 32 bytes.
    package let publicKey: [UInt8]

    /// The most bytes of a text that is looked at.
    static let byteLimit = 4096

    /// Throws where no key can bear this name, or the key has not 32 bytes.
    package init(name: String, publicKey: [UInt8]) throws(LogFailure) {
        guard Self.isName(name) else { throw LogFailure(.malformedKey, "name") }
        guard publicKey.count == Ed25519.publicKeyWidth else {
            throw LogFailure(.malformedKey, "\(publicKey.count) bytes")
        }
        (self.name, self.publicKey) = (name, publicKey)
        keyID = Self.keyID(name: name, type: Self.ed25519, publicKey: publicKey)
    }

    /// The public half of a signing key, under that name.
    package init(name: String, of key: SigningKey) throws(LogFailure) {
        try self.init(name: name, publicKey: key.publicKey)
    }

    package init(parsing text: String) throws(LogFailure) {
        guard text.utf8.count <= Self.byteLimit else { throw LogFailure(.malformedKey, "too long") }
        // Base64 may hold a + itself.
        let parts = text.utf8.split(
            separator: UInt8(ascii: "+"), maxSplits: 2, omittingEmptySubsequences: false
        ).map { String(decoding: $0, as: UTF8.self) }
        guard parts.count == 3 else { throw LogFailure(.malformedKey, "not name+id+key") }
        guard parts[1].utf8.count == 8, let id = Hex.decode(parts[1]) else {
            throw LogFailure(.malformedKey, "the key ID is not eight hexadecimal digits")
        }
        guard let bytes = Base64.decode(parts[2]), let type = bytes.first else {
            throw LogFailure(.malformedKey, "the key is not base64")
        }
        guard type == Self.ed25519 else {
            throw LogFailure(.malformedKey, "type \(type) is not an Ed25519 key of a log")
        }
        try self.init(name: parts[0], publicKey: Array(bytes.dropFirst()))
        guard keyID == id.reduce(0, { $0 << 8 | UInt32($1) }) else {
            throw LogFailure(.malformedKey, "the key ID does not belong to the key")
        }
    }

    package var description: String {
        let id = Hex.encode(NoteSignature.bigEndian(keyID))
        return "\(name)+\(id)+\(Base64.encode([Self.ed25519] + publicKey))"
    }

    static func keyID(name: String, type: UInt8, publicKey: [UInt8]) -> UInt32 {
        let digest = SHA256Digest.of(Array(name.utf8) + [0x0a, type] + publicKey)
        return UInt32(truncatingIfNeeded: digest.words.0 >> 32)
    }

    /// Not empty, no space in the sense of Unicode, no control character and no `+`.
    package static func isName(_ name: String) -> Bool {
        !name.isEmpty
            && name.unicodeScalars.allSatisfy {
                $0.value >= 0x20 && $0 != "+" && !$0.properties.isWhitespace
            }
    }
}
