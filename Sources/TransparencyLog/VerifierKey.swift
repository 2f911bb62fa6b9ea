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
        let key = try KeyText(parsing: text)
        guard key.type == Self.ed25519 else {
            throw LogFailure(.malformedKey, "type \(key.type) is not an Ed25519 key of a log")
        }
        try self.init(name: key.name, publicKey: key.publicKey)
    }

    package var description: String {
        KeyText.text(name: name, type: Self.ed25519, publicKey: publicKey)
    }

    /// Whether this line claims to be by this key. Names are compared byte by byte.
    package func isClaimed(in line: NoteSignature) -> Bool { line.isClaimed(by: self) }

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
