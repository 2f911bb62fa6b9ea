import CLibCrypto
import Evidence

/// A key from a password, dear in time and memory (scrypt, RFC 7914).
package struct Scrypt: Hashable, Sendable {
    /// The exponent of N.
    package let costExponent: Int
    package let blockSize: Int
    package let parallelism: Int

    /// N = 2^17, r = 8, p = 1: 128 MiB and some tenths of a second.
    package static let usual = Scrypt(costExponent: 17, blockSize: 8, parallelism: 1)

    package init(costExponent: Int, blockSize: Int, parallelism: Int) {
        (self.costExponent, self.blockSize) = (costExponent, blockSize)
        self.parallelism = parallelism
    }

    /// Blocks, and takes 128 · r · N bytes meanwhile.
    ///
    /// - Throws: ``FixityFailure`` where libcrypto refuses, for want of memory above all.
    package func key(
        of password: [UInt8], salt: [UInt8], bytes count: Int = 32
    ) throws(FixityFailure) -> [UInt8] {
        var key = [UInt8](repeating: 0, count: count)
        guard (1...30).contains(costExponent), blockSize > 0, parallelism > 0 else {
            throw FixityFailure(.libraryRefused, detail: "scrypt")
        }
        // libcrypto's own limit is 32 MiB.
        let memory = UInt64(128 * blockSize) << costExponent + (1 << 20)
        let isDone = password.withUnsafeBytes { raw in
            EVP_PBE_scrypt(
                raw.bindMemory(to: CChar.self).baseAddress, raw.count, salt, salt.count,
                1 << UInt64(costExponent), UInt64(blockSize), UInt64(parallelism), memory, &key,
                count)
        }
        guard isDone == 1 else {
            ERR_clear_error()
            throw FixityFailure(.libraryRefused, detail: "scrypt")
        }
        return key
    }
}
