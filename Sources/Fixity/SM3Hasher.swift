import CLibCrypto
package import Evidence

/// SM3 (GB/T 32905-2016) of one stream of bytes; several at once go faster by ``SM3Lanes``.
///
/// Not copyable: it owns a context of libcrypto. It may be handed to another thread, but is used by
/// one at a time.
package struct SM3Hasher: ~Copyable, @unchecked Sendable {
    // The context belongs to this value alone, and every use needs exclusive access to the value.
    private let context: OpaquePointer

    package init() { context = DigestAlgorithm.sm3.begin() }

    deinit { EVP_MD_CTX_free(context) }

    /// Takes in the next bytes. They are not kept.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        DigestAlgorithm.sm3.update(context, bytes)
    }

    /// Takes in the next bytes.
    package mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { DigestAlgorithm.sm3.update(context, $0) }
    }

    /// The digest of all that was taken in.
    package consuming func finalize() -> SM3Digest {
        DigestAlgorithm.sm3.finish(context) { SM3Digest(raw: $0) }
    }
}

extension SM3Digest {
    /// The SM3 of these bytes.
    package static func of(_ bytes: UnsafeRawBufferPointer) -> SM3Digest {
        DigestAlgorithm.sm3.digest(of: bytes) { SM3Digest(raw: $0) }
    }

    /// The SM3 of these bytes.
    package static func of(_ bytes: [UInt8]) -> SM3Digest {
        bytes.withUnsafeBytes { of($0) }
    }

    /// The SM3 of these bytes.
    package static func of(_ bytes: some Sequence<UInt8>) -> SM3Digest {
        bytes.withContiguousStorageIfAvailable { of(UnsafeRawBufferPointer($0)) }
            ?? of(Array(bytes))
    }
}
