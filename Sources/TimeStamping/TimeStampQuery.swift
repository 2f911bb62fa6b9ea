import Evidence
import Fixity

/// The digest that a time stamp is over: beside SHA-256 the national one, so that a stamp outlives
/// either.
package enum StampImprint: String, Sendable, CaseIterable {
    case sha256, sm3

    /// The object identifier in dots (RFC 5754; GM/T 0006).
    var identifier: String { self == .sha256 ? "2.16.840.1.101.3.4.2.1" : "1.2.156.10197.1.401" }

    /// Its DER, with tag and length.
    var der: [UInt8] {
        switch self {
        case .sha256: [0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01]
        case .sm3: [0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x83, 0x11]
        }
    }

    /// 32 bytes.
    package func digest(of bytes: [UInt8]) -> [UInt8] {
        switch self {
        case .sha256: SHA256Digest.of(bytes).bytes
        case .sm3: SM3Digest.of(bytes).bytes
        }
    }
}

/// What a time-stamp authority is asked (RFC 3161 section 2.4.1): a digest, a number used once, and
/// the wish for the authority's certificate.
package struct TimeStampQuery: Hashable, Sendable {
    package let imprint: StampImprint
    /// 32 bytes.
    package let digest: [UInt8]
    /// 16 bytes, the first 1...127: a positive number of just this length.
    package let nonce: [UInt8]

    package static let contentType = "application/timestamp-query"

    /// A query over exactly these bytes, with a number by chance.
    package init(over bytes: [UInt8], imprint: StampImprint) {
        var random = SystemRandomNumberGenerator()
        let nonce =
            [UInt8.random(in: 1...127, using: &random)]
            + (1..<16).map { _ in UInt8.random(in: 0...255, using: &random) }
        self.init(imprint: imprint, digest: imprint.digest(of: bytes), nonce: nonce)
    }

    private init(imprint: StampImprint, digest: [UInt8], nonce: [UInt8]) {
        (self.imprint, self.digest, self.nonce) = (imprint, digest, nonce)
    }

    /// Reads exactly what ``der`` writes: a query of ours that was kept; nil for anything else.
    package init?(der bytes: [UInt8]) {
        for imprint in StampImprint.allCases {
            let digestAt = 5 + 2 + 2 + imprint.der.count + 2 + 2
            let nonceAt = digestAt + 32 + 2
            guard bytes.count == nonceAt + 16 + 3 else { continue }
            let query = TimeStampQuery(
                imprint: imprint, digest: Array(bytes[digestAt..<digestAt + 32]),
                nonce: Array(bytes[nonceAt..<nonceAt + 16]))
            guard query.der == bytes, (1...127).contains(query.nonce[0]) else { continue }
            self = query
            return
        }
        return nil
    }

    /// The query as it is sent: DER.
    package var der: [UInt8] {
        let algorithm = Self.wrap(0x30, imprint.der + [0x05, 0x00])
        let imprinted = Self.wrap(0x30, algorithm + Self.wrap(0x04, digest))
        let version: [UInt8] = [0x02, 0x01, 0x01]
        let wantsCertificate: [UInt8] = [0x01, 0x01, 0xff]
        return Self.wrap(
            0x30, version + imprinted + Self.wrap(0x02, nonce) + wantsCertificate)
    }

    /// Everything here is shorter than 128 bytes.
    private static func wrap(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        [tag, UInt8(content.count)] + content
    }
}
