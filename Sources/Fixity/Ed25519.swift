import CLibCrypto
import Evidence

/// Signatures by Ed25519 (RFC 8032), as seen by whoever checks them.
package enum Ed25519 {
    /// Bytes of a public key.
    package static let publicKeyWidth = 32
    /// Bytes of a signature.
    package static let signatureWidth = 64

    /// Whether this signature is that key's over this message. Anything of a wrong length, and a
    /// key that is no point of the curve, is false.
    package static func verify(
        signature: [UInt8], message: [UInt8], publicKey: [UInt8]
    ) -> Bool {
        guard signature.count == signatureWidth, publicKey.count == publicKeyWidth,
            let key = EVP_PKEY_new_raw_public_key_ex(nil, "ED25519", nil, publicKey, publicKeyWidth)
        else { return false }
        defer { EVP_PKEY_free(key) }
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        // What a failed check leaves in this thread's queue of errors must not confuse a later one.
        defer { ERR_clear_error() }
        return EVP_DigestVerifyInit_ex(context, nil, nil, nil, nil, key, nil) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }

    static func refused(_ operation: String) -> FixityFailure {
        ERR_clear_error()
        return FixityFailure(.libraryRefused, detail: operation)
    }
}

extension SigningKey {
    var hexOfPublicKey: String { Hex.encode(publicKey) }
}
