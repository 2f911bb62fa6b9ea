import CLibCrypto

/// MD5 (RFC 1321) of a stream of bytes: only to check the `.md5` files that recorders supply.
///
/// Not copyable: it owns a context of libcrypto. It may be handed to another thread, but is used by
/// one at a time.
package struct MD5Hasher: ~Copyable, @unchecked Sendable {
    // The context belongs to this value alone, and every use needs exclusive access to the value.
    private let context: OpaquePointer

    package init() { context = DigestAlgorithm.md5.begin() }

    deinit { EVP_MD_CTX_free(context) }

    /// Takes in the next bytes. They are not kept.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        DigestAlgorithm.md5.update(context, bytes)
    }

    /// Takes in the next bytes.
    package mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { DigestAlgorithm.md5.update(context, $0) }
    }

    /// The digest of all that was taken in.
    package consuming func finalize() -> [UInt8] {
        DigestAlgorithm.md5.finish(context) { Array($0) }
    }
}
