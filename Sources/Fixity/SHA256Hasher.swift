import CLibCrypto
package import Evidence

/// SHA-256 (FIPS 180-4) of a stream of bytes.
///
/// Not copyable: it owns a context of libcrypto. It may be handed to another thread, but is used by
/// one at a time.
package struct SHA256Hasher: ~Copyable, @unchecked Sendable {
    // The context belongs to this value alone, and every use needs exclusive access to the value.
    private let context: OpaquePointer

    package init() { context = DigestAlgorithm.sha256.begin() }

    deinit { EVP_MD_CTX_free(context) }

    /// Takes in the next bytes. They are not kept.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        DigestAlgorithm.sha256.update(context, bytes)
    }

    /// Takes in the next bytes.
    package mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { DigestAlgorithm.sha256.update(context, $0) }
    }

    /// The digest of all that was taken in.
    package consuming func finalize() -> SHA256Digest {
        DigestAlgorithm.sha256.finish(context) { SHA256Digest(raw: $0) }
    }
}

extension SHA256Digest {
    /// The SHA-256 of these bytes.
    package static func of(_ bytes: UnsafeRawBufferPointer) -> SHA256Digest {
        DigestAlgorithm.sha256.digest(of: bytes) { SHA256Digest(raw: $0) }
    }

    /// The SHA-256 of these bytes.
    package static func of(_ bytes: [UInt8]) -> SHA256Digest {
        bytes.withUnsafeBytes { of($0) }
    }

    /// The SHA-256 of these bytes.
    package static func of(_ bytes: some Sequence<UInt8>) -> SHA256Digest {
        bytes.withContiguousStorageIfAvailable { of(UnsafeRawBufferPointer($0)) }
            ?? of(Array(bytes))
    }
}
