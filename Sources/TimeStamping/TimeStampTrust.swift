import CLibCrypto

/// The certificates of the authorities that a verifier trusts, had from the notary or the authority
/// itself.
package struct TimeStampTrust: Sendable {
    private let pem: [UInt8]
    /// How many certificates there are.
    package let count: Int

    package static let byteLimit = 1 << 20
    package static let countLimit = 64

    /// Reads certificates in PEM; what stands between them is ignored.
    package init(pem: [UInt8]) throws(TimeStampFailure) {
        guard pem.count <= Self.byteLimit else {
            throw TimeStampFailure(.malformedTrust, "more than \(Self.byteLimit) bytes")
        }
        self.pem = pem
        var count = 0
        try Self.certificates(in: pem) { _ in
            count += 1
            return true
        }
        guard (1...Self.countLimit).contains(count) else {
            throw TimeStampFailure(.malformedTrust, "\(count) certificates")
        }
        self.count = count
    }

    /// A store of these roots at a moment, POSIX seconds. The caller frees it.
    func store(at time: Int) throws(TimeStampFailure) -> OpaquePointer {
        guard let store = X509_STORE_new() else {
            throw TimeStampFailure(.libraryRefused, "memory")
        }
        do {
            try Self.certificates(in: pem) { X509_STORE_add_cert(store, $0) == 1 }
        } catch {
            X509_STORE_free(store)
            throw error
        }
        X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), time)
        return store
    }

    private static func certificates(
        in pem: [UInt8], _ take: (OpaquePointer) -> Bool
    ) throws(TimeStampFailure) {
        // What stops the reading at the end must not confuse a later check.
        defer { ERR_clear_error() }
        // Copied by libcrypto, so that no pointer into an array outlives its call.
        guard let memory = BIO_new(BIO_s_mem()) else {
            throw TimeStampFailure(.libraryRefused, "memory")
        }
        defer { BIO_free(memory) }
        guard BIO_write(memory, pem, CInt(pem.count)) == CInt(pem.count) || pem.isEmpty else {
            throw TimeStampFailure(.libraryRefused, "memory")
        }
        while true {
            ERR_clear_error()
            guard let certificate = PEM_read_bio_X509(memory, nil, nil, nil) else {
                // Nothing more begins here; anything else is a certificate that cannot be read.
                let reason = ERR_GET_REASON(ERR_peek_last_error())
                guard reason == PEM_R_NO_START_LINE else {
                    throw TimeStampFailure(.malformedTrust, "not a certificate")
                }
                return
            }
            let isTaken = take(certificate)
            X509_free(certificate)
            guard isTaken else { throw TimeStampFailure(.malformedTrust, "refused") }
        }
    }
}
