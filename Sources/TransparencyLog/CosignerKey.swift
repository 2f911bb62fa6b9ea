import Evidence
package import Fixity

/// The public key of a cosigner, a witness or a mirror, in the form of a verifier key (C2SP
/// tlog-cosignature v1.0.1).
///
/// The Ed25519 form of a cosignature does not bind the cosigner's name: one key serves one cosigner.
package struct CosignerKey: Hashable, Sendable, CustomStringConvertible {
    package enum Algorithm: UInt8, Sendable, CaseIterable {
        /// Timestamped Ed25519.
        case ed25519 = 4
        /// Timestamped ML-DSA-44: recognised and reported, never checked here.
        case mlDSA44 = 6

        /// Bytes of a public key.
        var keyWidth: Int { self == .ed25519 ? Ed25519.publicKeyWidth : 1312 }

        /// Bytes of a cosignature after the key ID: a 64-bit time and the signature.
        var cosignatureWidth: Int { 8 + (self == .ed25519 ? Ed25519.signatureWidth : 2420) }
    }

    package let name: String
    package let algorithm: Algorithm
    package let publicKey: [UInt8]
    /// The first four bytes of SHA-256(name || 0x0A || type || public key).
    package let keyID: UInt32

    /// Throws where no key can bear this name, or the key has another length.
    package init(
        name: String, algorithm: Algorithm = .ed25519, publicKey: [UInt8]
    ) throws(LogFailure) {
        guard VerifierKey.isName(name) else { throw LogFailure(.malformedKey, "name") }
        guard publicKey.count == algorithm.keyWidth else {
            throw LogFailure(.malformedKey, "\(publicKey.count) bytes")
        }
        (self.name, self.algorithm, self.publicKey) = (name, algorithm, publicKey)
        keyID = VerifierKey.keyID(name: name, type: algorithm.rawValue, publicKey: publicKey)
    }

    /// The public half of a signing key, under that name.
    package init(name: String, of key: SigningKey) throws(LogFailure) {
        try self.init(name: name, publicKey: key.publicKey)
    }

    package init(parsing text: String) throws(LogFailure) {
        let key = try KeyText(parsing: text)
        guard let algorithm = Algorithm(rawValue: key.type) else {
            throw LogFailure(.malformedKey, "type \(key.type) is not a key of a cosigner")
        }
        try self.init(name: key.name, algorithm: algorithm, publicKey: key.publicKey)
    }

    package var description: String {
        KeyText.text(name: name, type: algorithm.rawValue, publicKey: publicKey)
    }

    /// Whether this line claims to be by this key. Names are compared byte by byte.
    package func isClaimed(in line: NoteSignature) -> Bool {
        line.keyID == keyID && line.name.utf8.elementsEqual(name.utf8)
    }
}
