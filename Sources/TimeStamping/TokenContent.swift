import CLibCrypto
import Evidence
import Glibc

/// What a token says (TSTInfo, RFC 3161 section 2.4.2), before anybody vouches for it. Lives no longer
/// than the answer it was taken from.
struct TokenContent {
    private let content: OpaquePointer

    init(_ content: OpaquePointer) { self.content = content }

    /// Throws where it is over another digest, answers another query or bears an impossible time.
    func stamp(
        over digest: [UInt8], _ imprint: StampImprint, _ nonce: [UInt8]?,
        within bounds: ClosedRange<Timestamp>
    ) throws(TimeStampFailure) -> TimeStamp {
        guard let found = TS_TST_INFO_get_msg_imprint(content),
            let message = TS_MSG_IMPRINT_get_msg(found), Self.bytes(message) == digest
        else { throw TimeStampFailure(.otherBytes) }
        var object: OpaquePointer?
        X509_ALGOR_get0(&object, nil, nil, TS_MSG_IMPRINT_get_algo(found))
        guard object.map(Self.dots) == imprint.identifier else {
            throw TimeStampFailure(.otherBytes, "another digest algorithm")
        }
        if let nonce {
            guard let number = TS_TST_INFO_get_nonce(content),
                number.pointee.type == V_ASN1_INTEGER,
                Self.bytes(UnsafePointer(number)) == nonce
            else { throw TimeStampFailure(.otherNonce) }
        }
        guard let time = TS_TST_INFO_get_time(content).flatMap({ ASN1Time.seconds($0) }) else {
            throw TimeStampFailure(.malformed, "its time")
        }
        let stated = Timestamp(milliseconds: Int64(time) * 1000)
        // The token's second has begun before its fraction, which is not looked at.
        let first = Timestamp(milliseconds: bounds.lowerBound.milliseconds / 1000 * 1000)
        guard (min(first, bounds.lowerBound)...bounds.upperBound).contains(stated) else {
            throw TimeStampFailure(.timeOutOfBounds, stated.description)
        }
        let serial = TS_TST_INFO_get_serial(content).map { Hex.encode(Self.bytes($0)) } ?? ""
        let policy = TS_TST_INFO_get_policy_id(content).map(Self.dots) ?? ""
        return TimeStamp(
            time: stated, serial: serial, policy: policy, imprint: imprint, certificateEnds: nil)
    }

    private static func bytes(_ string: UnsafePointer<ASN1_STRING>) -> [UInt8] {
        guard let start = ASN1_STRING_get0_data(string) else { return [] }
        return Array(UnsafeBufferPointer(start: start, count: Int(ASN1_STRING_length(string))))
    }

    /// An object identifier in dots, at most 80 characters of it.
    static func dots(_ object: OpaquePointer) -> String {
        var text = [CChar](repeating: 0, count: 81)
        OBJ_obj2txt(&text, CInt(text.count), object, 1)
        return String(
            decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Times of libcrypto.
enum ASN1Time {
    /// POSIX seconds; nil where it is no time.
    static func seconds(_ time: UnsafePointer<ASN1_TIME>) -> Int? {
        var parts = tm()
        guard ASN1_TIME_to_tm(time, &parts) == 1 else { return nil }
        return timegm(&parts)
    }
}

/// Tokens by the national algorithms, which libcrypto 3.0 cannot check in a token.
enum ChineseToken {
    /// GM/T 0010: signed data of its own kind, which libcrypto does not read at all.
    private static let signedData: [UInt8] = [
        0x06, 0x0a, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x06, 0x01, 0x04, 0x02, 0x02,
    ]
    /// SM2 with SM3 (GM/T 0006).
    private static let sm2WithSM3 = "1.2.156.10197.1.501"
    private static let sm2 = "1.2.156.10197.1.301"

    /// Whether bytes that libcrypto cannot read are such an answer: a sequence of just this length,
    /// a granted status, then that kind of signed data.
    static func isSigned(_ bytes: [UInt8]) -> Bool {
        var reader = DERReader(bytes[...])
        guard var outer = reader.open(0x30), reader.isAtEnd,
            var status = outer.open(0x30), let granted = status.open(0x02),
            granted.rest.count == 1, granted.rest.first ?? 2 <= 1, let content = outer.open(0x30)
        else { return false }
        return outer.isAtEnd && content.rest.starts(with: signedData)
    }

    /// Whether a token that libcrypto can read is signed with SM2.
    static func isSM2(_ token: UnsafeMutablePointer<PKCS7>, _ certificate: OpaquePointer?) -> Bool {
        if let algorithm = evidock_signature_algorithm(token),
            [sm2WithSM3, sm2].contains(TokenContent.dots(algorithm))
        {
            return true
        }
        guard let key = certificate.flatMap({ X509_get0_pubkey($0) }) else { return false }
        return EVP_PKEY_is_a(key, "SM2") == 1
    }
}

/// Definite lengths of at most four bytes; no more of DER than is needed to see what a thing is.
private struct DERReader {
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    /// What stands within the next element, where it has that tag.
    mutating func open(_ tag: UInt8) -> DERReader? {
        guard rest.popFirst() == tag, let first = rest.popFirst() else { return nil }
        var count = Int(first)
        if first >= 0x80 {
            let width = Int(first & 0x7f)
            guard (1...4).contains(width), rest.count >= width else { return nil }
            count = rest.prefix(width).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(width)
        }
        guard rest.count >= count else { return nil }
        let inside = DERReader(rest.prefix(count))
        rest = rest.dropFirst(count)
        return inside
    }
}
