import CLibCrypto
package import Evidence

/// What a time stamp says, once it has been verified.
package struct TimeStamp: Hashable, Sendable {
    /// By the authority's clock, to the second; fractions are cut off.
    package let time: Timestamp
    /// The authority's number of it, hexadecimal.
    package let serial: String
    /// The authority's policy, an object identifier in dots.
    package let policy: String
    package let imprint: StampImprint
    /// When the authority's certificate ends: it is to be renewed before. Nil where it is not checked.
    package let certificateEnds: Timestamp?
}

/// What came of checking a time stamp that fits the bytes.
package enum TimeStampVerdict: Hashable, Sendable {
    case holds(TimeStamp)
    /// Signed by an algorithm that is not checked here (SM2): kept, and counted for nothing. What it
    /// says, where that can be read, is its own word.
    case notChecked(claimed: TimeStamp?)
}

/// The answer of a time-stamp authority (RFC 3161 section 2.4.2), as it is kept: nothing of it is
/// believed before ``verify(over:imprint:nonce:trust:at:within:)``.
package struct TimeStampReply: Sendable {
    package let der: [UInt8]

    package static let contentType = "application/timestamp-reply"
    /// The most bytes that are looked at.
    package static let byteLimit = 64 << 10

    package init(der: [UInt8]) { self.der = der }

    /// Whether this is a time stamp over exactly these bytes by an authority that is trusted.
    ///
    /// - Parameters:
    ///   - nonce: of the query that it answers; nil where that is no longer known, years later.
    ///   - moment: when the authority's certificate must have been valid: now for a fresh one; for an
    ///     old one a moment at which it is known to have been there, such as the next renewal's.
    ///   - bounds: its time must lie there: not before the query, not after the answer, with what
    ///     two clocks may differ.
    /// - Throws: ``TimeStampFailure``; a refusal is no verdict.
    package func verify(
        over bytes: [UInt8], imprint: StampImprint, nonce: [UInt8]?, trust: TimeStampTrust,
        at moment: Timestamp, within bounds: ClosedRange<Timestamp>
    ) throws(TimeStampFailure) -> TimeStampVerdict {
        defer { ERR_clear_error() }
        guard der.count <= Self.byteLimit else {
            throw TimeStampFailure(.malformed, "more than \(Self.byteLimit) bytes")
        }
        guard let response = parsed() else {
            if ChineseToken.isSigned(der) { return .notChecked(claimed: nil) }
            throw TimeStampFailure(.malformed)
        }
        defer { TS_RESP_free(response) }
        let status = ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(TS_RESP_get_status_info(response)))
        guard status == 0 || status == 1 else {
            throw TimeStampFailure(.refused, "status \(status)")
        }
        guard let token = TS_RESP_get_token(response),
            let content = TS_RESP_get_tst_info(response)
        else { throw TimeStampFailure(.malformed, "no token") }

        let stamp = try TokenContent(content).stamp(
            over: imprint.digest(of: bytes), imprint, nonce, within: bounds)
        let certificate = evidock_signer_certificate(token)
        if ChineseToken.isSM2(token, certificate) { return .notChecked(claimed: stamp) }
        try check(response, digest: imprint.digest(of: bytes), trust, at: moment)
        let end = certificate.flatMap { ASN1Time.seconds(X509_get0_notAfter($0)) }
        return .holds(
            TimeStamp(
                time: stamp.time, serial: stamp.serial, policy: stamp.policy, imprint: imprint,
                certificateEnds: end.map { Timestamp(milliseconds: Int64($0) * 1000) }))
    }

    /// All of the bytes, or nil.
    private func parsed() -> OpaquePointer? {
        der.withUnsafeBufferPointer { buffer in
            var place = buffer.baseAddress
            guard let start = place, let found = d2i_TS_RESP(nil, &place, buffer.count) else {
                return nil
            }
            guard place == start + buffer.count else {
                TS_RESP_free(found)
                return nil
            }
            return found
        }
    }

    /// Signature, certificate chain with its purpose (critical, timeStamping), the signer's identity
    /// in the token (RFC 5816), version and imprint, by libcrypto.
    private func check(
        _ response: OpaquePointer, digest: [UInt8], _ trust: TimeStampTrust, at moment: Timestamp
    ) throws(TimeStampFailure) {
        guard let context = TS_VERIFY_CTX_new() else {
            throw TimeStampFailure(.libraryRefused, "memory")
        }
        // Frees the store and the imprint as well.
        defer { TS_VERIFY_CTX_free(context) }
        TS_VERIFY_CTX_set_flags(
            context, CInt(TS_VFY_VERSION) | CInt(TS_VFY_SIGNATURE) | CInt(TS_VFY_IMPRINT))
        TS_VERIFY_CTX_set_store(
            context, try trust.store(at: Int(moment.milliseconds / 1000)))
        guard let copy = CRYPTO_memdup(digest, digest.count, #file, #line) else {
            throw TimeStampFailure(.libraryRefused, "memory")
        }
        TS_VERIFY_CTX_set_imprint(
            context, copy.assumingMemoryBound(to: UInt8.self), digest.count)
        ERR_clear_error()
        guard TS_RESP_verify_response(context, response) == 1 else {
            throw TimeStampFailure(.untrusted, Self.lastReason())
        }
    }

    /// The library's own constant words; nothing of the token.
    private static func lastReason() -> String {
        var data: UnsafePointer<CChar>?
        var flags: CInt = 0
        let code = ERR_peek_last_error_data(&data, &flags)
        if let data, flags & ERR_TXT_STRING != 0, case let words = String(cString: data),
            words.hasPrefix("Verify error:")
        {
            return String(words.dropFirst("Verify error:".count))
        }
        return ERR_reason_error_string(code).map { String(cString: $0) } ?? ""
    }
}
