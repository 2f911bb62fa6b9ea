import CLibCrypto
package import Evidence
import Glibc

/// A digest algorithm of libcrypto, looked up once for the life of the program: a look-up
/// (EVP_MD_fetch(3)) costs more than the digest of a Merkle node.
struct DigestAlgorithm: @unchecked Sendable {
    // The method is reference-counted and never changed once fetched; it is never freed.
    private let method: OpaquePointer?
    let name: String
    /// Bytes of a digest.
    let width: Int

    static let sha256 = DigestAlgorithm("SHA2-256", width: 32)
    static let sm3 = DigestAlgorithm("SM3", width: 32)
    static let md5 = DigestAlgorithm("MD5", width: 16)

    private init(_ name: String, width: Int) {
        method = EVP_MD_fetch(nil, name, nil)
        (self.name, self.width) = (name, width)
    }

    var isPresent: Bool { method != nil }

    /// A new context, begun. Ends the program where libcrypto lacks the algorithm or memory is out:
    /// see ``LibCrypto/requireDigests()``.
    func begin() -> OpaquePointer {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex2(context, method, nil) == 1 else {
            fatalError("libcrypto cannot compute \(name)")
        }
        return context
    }

    func update(_ context: OpaquePointer, _ bytes: UnsafeRawBufferPointer) {
        guard EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1 else {
            fatalError("libcrypto failed to compute \(name)")
        }
    }

    /// The digest of all that was put in; the context must not be used again.
    func finish<Result>(
        _ context: OpaquePointer, _ use: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(EVP_MAX_MD_SIZE)) { out in
            guard EVP_DigestFinal_ex(context, out.baseAddress, nil) == 1 else {
                fatalError("libcrypto failed to compute \(name)")
            }
            return use(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(out)[..<width]))
        }
    }

    /// The digest of one buffer.
    func digest<Result>(
        of bytes: UnsafeRawBufferPointer, _ use: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(EVP_MAX_MD_SIZE)) { out in
            guard
                EVP_Digest(bytes.baseAddress, bytes.count, out.baseAddress, nil, method, nil) == 1
            else { fatalError("libcrypto failed to compute \(name)") }
            return use(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(out)[..<width]))
        }
    }
}

/// The libcrypto that this program found.
package enum LibCrypto {
    /// Throws where SHA-256 or SM3 is missing (a FIPS-only configuration, say). To be called once
    /// at the start: afterwards the hashers cannot fail.
    package static func requireDigests() throws(FixityFailure) {
        for algorithm in [DigestAlgorithm.sha256, .sm3] where !algorithm.isPresent {
            throw FixityFailure(.algorithmMissing, detail: algorithm.name)
        }
    }
}

extension FixityDigest {
    /// From 32 bytes in memory, most significant first.
    init(raw: UnsafeRawBufferPointer) {
        func word(_ index: Int) -> UInt64 {
            UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
        }
        self.init(words: (word(0), word(1), word(2), word(3)))
    }

    /// Stores the 32 bytes, most significant first, at `offset` of `buffer`.
    package func store(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) {
        let words = self.words
        buffer.storeBytes(of: words.0.bigEndian, toByteOffset: offset, as: UInt64.self)
        buffer.storeBytes(of: words.1.bigEndian, toByteOffset: offset + 8, as: UInt64.self)
        buffer.storeBytes(of: words.2.bigEndian, toByteOffset: offset + 16, as: UInt64.self)
        buffer.storeBytes(of: words.3.bigEndian, toByteOffset: offset + 24, as: UInt64.self)
    }
}
