import CLibCrypto

/// A private Ed25519 key (RFC 8032): the key of a log. Its bytes leave it by ``pem()`` alone, and
/// it is never printed: its description shows the public half.
package struct SigningKey: Sendable, CustomStringConvertible, CustomReflectable {
    /// The 32 bytes of the public key.
    package let publicKey: [UInt8]
    private let owner: Owner

    /// Bytes of a PEM text that are looked at; a key needs 119.
    static let byteLimit = 16_384

    private init(owner: Owner) throws(FixityFailure) {
        guard EVP_PKEY_is_a(owner.key, "ED25519") == 1 else {
            throw FixityFailure(.wrongKeyType)
        }
        var raw = [UInt8](repeating: 0, count: 32)
        var count = raw.count
        guard EVP_PKEY_get_raw_public_key(owner.key, &raw, &count) == 1, count == 32 else {
            throw Ed25519.refused("the public half")
        }
        (publicKey, self.owner) = (raw, owner)
    }

    /// A new random key. Ends the program where the system has no random bytes to give.
    package static func generate() -> SigningKey {
        let context = EVP_PKEY_CTX_new_from_name(nil, "ED25519", nil)
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard let context, EVP_PKEY_keygen_init(context) == 1,
            EVP_PKEY_generate(context, &key) == 1, let key,
            let made = try? SigningKey(owner: Owner(key))
        else { fatalError("libcrypto cannot make an Ed25519 key") }
        return made
    }

    /// Reads an unencrypted PKCS#8 key in PEM (RFC 7468 section 10, RFC 8410 section 7). What
    /// stands before or after the key is ignored, as OpenSSL does.
    package init(pem: [UInt8]) throws(FixityFailure) {
        guard pem.count <= Self.byteLimit else {
            throw FixityFailure(.malformedKey, detail: "more than \(Self.byteLimit) bytes")
        }
        let key = pem.withUnsafeBytes { bytes -> OpaquePointer? in
            guard let memory = BIO_new_mem_buf(bytes.baseAddress, CInt(bytes.count)) else {
                return nil
            }
            defer { BIO_free(memory) }
            // Without a callback of ours libcrypto would ask for a passphrase on the terminal.
            return PEM_read_bio_PrivateKey(memory, nil, { _, _, _, _ in -1 }, nil)
        }
        guard let key else {
            ERR_clear_error()
            throw FixityFailure(.malformedKey)
        }
        try self.init(owner: Owner(key))
    }

    /// The key as unencrypted PKCS#8 in PEM: what the key file holds, readable by the owner only.
    /// The one way out for the private half; the caller keeps the bytes no longer than needed.
    package func pem() throws(FixityFailure) -> [UInt8] {
        guard let memory = BIO_new(BIO_s_mem()) else { throw Ed25519.refused("memory") }
        // A memory BIO clears its bytes when it is freed.
        defer { BIO_free(memory) }
        guard PEM_write_bio_PKCS8PrivateKey(memory, owner.key, nil, nil, 0, nil, nil) == 1 else {
            throw Ed25519.refused("writing a key")
        }
        var out = [UInt8](repeating: 0, count: Self.byteLimit)
        let count = BIO_read(memory, &out, CInt(out.count))
        guard count > 0 else { throw Ed25519.refused("writing a key") }
        out.removeSubrange(Int(count)...)
        return out
    }

    /// The 64 bytes of an Ed25519 signature (RFC 8032 section 5.1.6). The same message has always
    /// the same signature.
    package func sign(_ message: [UInt8]) throws(FixityFailure) -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw Ed25519.refused("memory") }
        defer { EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: Ed25519.signatureWidth)
        var count = signature.count
        guard EVP_DigestSignInit_ex(context, nil, nil, nil, nil, owner.key, nil) == 1,
            EVP_DigestSign(context, &signature, &count, message, message.count) == 1,
            count == Ed25519.signatureWidth
        else { throw Ed25519.refused("signing") }
        return signature
    }

    package var description: String { "Ed25519 key with the public half \(hexOfPublicKey)" }

    package var customMirror: Mirror { Mirror(self, children: ["publicKey": hexOfPublicKey]) }
}

/// Frees the key when the last copy of its ``SigningKey`` goes; libcrypto clears it then.
private final class Owner: @unchecked Sendable {
    // Never changed once made; libcrypto lets many threads sign with one key.
    let key: OpaquePointer

    init(_ key: OpaquePointer) { self.key = key }

    deinit { EVP_PKEY_free(key) }
}
