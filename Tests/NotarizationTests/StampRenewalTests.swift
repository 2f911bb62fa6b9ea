import Evidence
import EvidenceTestKit
import Foundation
import Testing
import TimeStamping

@testable import Notarization

@Suite("Renewal of time stamps", .enabled(if: TestAuthority.isPresent, "openssl is not installed"))
struct StampRenewalTests {
    /// The authority's certificate ends after fifty days.
    @Test(
        "A stamp is renewed before its certificate ends, and not before that is near",
        arguments: [(0, false), (10, false), (19, false), (21, true), (49, true), (60, true)])
    func renewal(days: Int64, isDue: Bool) throws {
        let authority = try TestAuthority()
        let note = Array("court.example/t1\n7\nAAAA\n".utf8)
        let token = try authority.answer(TimeStampQuery(over: note, imprint: .sm3).der)
        let now = Int64(Date().timeIntervalSince1970 * 1000) + days * 86_400_000
        #expect(
            try StampRenewal.isDue(
                token: token, imprint: .sm3, note: note, trust: TimeStampTrust(pem: authority.ca),
                now: Timestamp(milliseconds: now)) == isDue)
    }

    @Test("What is no stamp, or over other bytes, is not renewed: an audit tells it")
    func others() throws {
        let authority = try TestAuthority()
        let trust = try TimeStampTrust(pem: authority.ca)
        let token = try authority.answer(TimeStampQuery(over: [1], imprint: .sha256).der)
        let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        for bytes in [token, [1, 2, 3]] {
            #expect(
                !StampRenewal.isDue(
                    token: bytes, imprint: .sha256, note: [2], trust: trust, now: now))
        }
    }
}
