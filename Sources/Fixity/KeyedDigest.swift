import CLibCrypto

/// Keyed digests (HMAC, RFC 2104).
package enum KeyedDigest {
    /// HMAC-SHA-1, as one-time codes still have it (RFC 6238).
    ///
    /// - Returns: 20 bytes; none where libcrypto refuses.
    package static func sha1(key: [UInt8], message: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 20)
        var count: UInt32 = 0
        guard
            HMAC(EVP_sha1(), key, CInt(key.count), message, message.count, &digest, &count) != nil,
            count == 20
        else {
            ERR_clear_error()
            return []
        }
        return digest
    }
}

/// Secrets, and comparing them.
package enum Secret {
    /// Bytes from the system's generator (getrandom(2)).
    package static func random(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    /// Whether both are the same; how long it takes says nothing of where they differ.
    package static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return CRYPTO_memcmp(left, right, left.count) == 0
    }
}
