import Evidence
import EvidenceTestKit
import Fixity
import Foundation
import Testing

@testable import TimeStamping

@Suite("Time stamps", .enabled(if: TestAuthority.isPresent, "openssl is not installed"))
struct TimeStampTests {
    private let checkpoint = Array("station.example/t1\n7\nAAAA\n".utf8)
    private let day: Int64 = 86_400_000

    private var now: Timestamp {
        Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    }

    private var bounds: ClosedRange<Timestamp> {
        Timestamp(
            milliseconds: now.milliseconds - day / 24)...Timestamp(
                milliseconds: now.milliseconds + day / 24)
    }

    private func verdict(
        _ reply: [UInt8], _ query: TimeStampQuery, ca: [UInt8], over bytes: [UInt8]? = nil,
        after days: Int64 = 0, within: ClosedRange<Timestamp>? = nil
    ) throws -> TimeStampVerdict {
        try TimeStampReply(der: reply).verify(
            over: bytes ?? checkpoint, imprint: query.imprint, nonce: query.nonce,
            trust: TimeStampTrust(pem: ca),
            at: Timestamp(milliseconds: now.milliseconds + days * day), within: within ?? bounds)
    }

    private func expect(
        _ code: TimeStampFailure.Code, _ source: SourceLocation = #_sourceLocation,
        _ body: () throws -> TimeStampVerdict
    ) {
        #expect(sourceLocation: source) { try body() } throws: {
            ($0 as? TimeStampFailure)?.kind == code
        }
    }

    @Test("A stamp over the exact bytes holds, by either digest", arguments: StampImprint.allCases)
    func good(imprint: StampImprint) throws {
        let authority = try TestAuthority()
        let query = TimeStampQuery(over: checkpoint, imprint: imprint)
        let reply = try authority.answer(query.der)
        guard case .holds(let stamp) = try verdict(reply, query, ca: authority.ca) else {
            Issue.record("does not hold")
            return
        }
        #expect(stamp.imprint == imprint && stamp.policy == "1.2.3.4.1" && !stamp.serial.isEmpty)
        #expect(abs(stamp.time.milliseconds - now.milliseconds) < 60_000)
        let ends = try #require(stamp.certificateEnds)
        #expect(abs(ends.milliseconds - now.milliseconds - 50 * day) < day)
        // Anybody's tool says the same.
        authority.directory.write(reply, at: "x.tsr")
        authority.directory.write(checkpoint, at: "x")
        #expect(
            try authority.tryRun([
                "ts", "-verify", "-in", "x.tsr", "-data", "x", "-CAfile", "ca.pem",
            ]))
    }

    @Test("A query of ours is read back; nothing else is", arguments: StampImprint.allCases)
    func query(imprint: StampImprint) throws {
        let query = TimeStampQuery(over: checkpoint, imprint: imprint)
        #expect(TimeStampQuery(der: query.der) == query)
        #expect(TimeStampQuery(over: checkpoint, imprint: imprint).nonce != query.nonce)
        for count in 0..<query.der.count {
            #expect(TimeStampQuery(der: Array(query.der[..<count])) == nil)
        }
        for at in query.der.indices {
            var bytes = query.der
            bytes[at] ^= 0x80
            if let read = TimeStampQuery(der: bytes) { #expect(read.der == bytes) }
        }
    }

    @Test("Other bytes, another digest, another query, an impossible time")
    func mismatches() throws {
        let authority = try TestAuthority()
        let query = TimeStampQuery(over: checkpoint, imprint: .sha256)
        let reply = try authority.answer(query.der)
        expect(.otherBytes) {
            try verdict(reply, query, ca: authority.ca, over: checkpoint + [0x0a])
        }
        expect(.otherNonce) {
            try verdict(
                reply, TimeStampQuery(over: checkpoint, imprint: .sha256), ca: authority.ca)
        }
        expect(.otherBytes) {
            try verdict(reply, TimeStampQuery(over: checkpoint, imprint: .sm3), ca: authority.ca)
        }
        let (early, late) = (bounds.lowerBound.milliseconds, bounds.upperBound.milliseconds)
        expect(.timeOutOfBounds) {
            try verdict(
                reply, query, ca: authority.ca,
                within: Timestamp(milliseconds: early - day)...Timestamp(milliseconds: late - day))
        }
        expect(.timeOutOfBounds) {
            try verdict(
                reply, query, ca: authority.ca,
                within: Timestamp(milliseconds: early + day)...Timestamp(milliseconds: late + day))
        }
        // Years later the query is gone; the bytes still tell.
        let old = try TimeStampReply(der: reply).verify(
            over: checkpoint, imprint: .sha256, nonce: nil,
            trust: TimeStampTrust(pem: authority.ca),
            at: now, within: bounds)
        guard case .holds = old else {
            Issue.record("does not hold")
            return
        }
    }

    @Test("Another authority, and one whose certificate has ended or not begun")
    func chain() throws {
        let (authority, other) = (try TestAuthority(), try TestAuthority())
        let query = TimeStampQuery(over: checkpoint, imprint: .sha256)
        let reply = try authority.answer(query.der)
        expect(.untrusted) { try verdict(reply, query, ca: other.ca) }
        #expect { try verdict(reply, query, ca: authority.ca, after: 60) } throws: {
            ($0 as? TimeStampFailure)?.detail.contains("expired") == true
        }
        expect(.untrusted) { try verdict(reply, query, ca: authority.ca, after: -60) }
        // Several roots may be trusted at once.
        guard case .holds = try verdict(reply, query, ca: other.ca + authority.ca) else {
            Issue.record("does not hold")
            return
        }
    }

    @Test(
        "What is signed with a certificate that is not for time stamps alone",
        arguments: TestAuthority.Fault.allCases)
    func purpose(fault: TestAuthority.Fault) throws {
        let query = TimeStampQuery(over: checkpoint, imprint: .sha256)
        let content = try TestAuthority().answer(query.der)
        let signer = try TestAuthority(fault)
        let reply = try signer.signAgain(content)
        if fault == .none {
            guard case .holds = try verdict(reply, query, ca: signer.ca) else {
                Issue.record("does not hold")
                return
            }
        } else {
            expect(.untrusted) { try verdict(reply, query, ca: signer.ca) }
        }
    }

    @Test("A refusal is a refusal")
    func refusal() throws {
        let authority = try TestAuthority(digests: "sha384, sha512")
        let query = TimeStampQuery(over: checkpoint, imprint: .sha256)
        let reply = try authority.answer(query.der)
        expect(.refused) { try verdict(reply, query, ca: authority.ca) }
    }

    @Test("Any bit changed, anything cut off or put behind: never another time than was stamped")
    func spoiled() throws {
        let authority = try TestAuthority()
        let query = TimeStampQuery(over: checkpoint, imprint: .sha256)
        let reply = try authority.answer(query.der)
        let good = try verdict(reply, query, ca: authority.ca)
        var failures = 0
        for at in reply.indices {
            var bytes = reply
            bytes[at] ^= UInt8(1 << (at % 8))
            switch try? verdict(bytes, query, ca: authority.ca) {
            case nil: failures += 1
            case let other?:
                if case .notChecked = other { continue }
                #expect(other == good)
            }
        }
        // Much of it is the authority's own root, given along, which nobody looks at.
        #expect(failures > reply.count / 2)
        for count in 0..<reply.count {
            expect(.malformed) { try verdict(Array(reply[..<count]), query, ca: authority.ca) }
        }
        expect(.malformed) { try verdict(reply + [0], query, ca: authority.ca) }
        expect(.malformed) {
            try verdict([UInt8](repeating: 0x30, count: 70_000), query, ca: authority.ca)
        }
        expect(.malformed) {
            try verdict([0x30, 0x84, 0xff, 0xff, 0xff, 0xff], query, ca: authority.ca)
        }
    }

    @Test("A token signed with SM2 is said to be not checked")
    func sm2() throws {
        let authority = try TestAuthority()
        let query = TimeStampQuery(over: checkpoint, imprint: .sha256)
        var reply = try authority.answer(query.der)
        let ecdsa: [UInt8] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]
        let sm2: [UInt8] = [0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x83, 0x75]
        let place = try #require(
            reply.indices.last { reply[$0...].starts(with: ecdsa) })
        reply.replaceSubrange(place..<place + ecdsa.count, with: sm2)
        guard case .notChecked(let claimed?) = try verdict(reply, query, ca: authority.ca) else {
            Issue.record("checked")
            return
        }
        #expect(abs(claimed.time.milliseconds - now.milliseconds) < 60_000)
        // What it is over is still looked at.
        expect(.otherBytes) { try verdict(reply, query, ca: authority.ca, over: [1]) }

        // Signed data of the national kind, which the library does not read at all.
        let kind: [UInt8] = [
            0x06, 0x0a, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x06, 0x01, 0x04, 0x02, 0x02,
        ]
        let content = [0x30, UInt8(kind.count + 4)] + kind + [0xa0, 0x02, 0x30, 0x00]
        let national: [UInt8] =
            [0x30, UInt8(content.count + 5), 0x30, 0x03, 0x02, 0x01, 0x00] + content
        #expect(try verdict(national, query, ca: authority.ca) == .notChecked(claimed: nil))
        var denied = national
        denied[6] = 2
        expect(.malformed) { try verdict(denied, query, ca: authority.ca) }
        expect(.malformed) { try verdict(national + [0], query, ca: authority.ca) }
    }

    @Test(
        "Trust that is none",
        arguments: [
            "", "nothing", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        ])
    func trust(text: String) {
        #expect(throws: TimeStampFailure.self) { try TimeStampTrust(pem: Array(text.utf8)) }
    }
}
