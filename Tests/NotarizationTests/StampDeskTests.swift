import Custody
import Evidence
import EvidenceTestKit
import Foundation
import Testing
import TimeStamping

@testable import Notarization

@Suite(
    "A station and its time-stamp authority",
    .enabled(if: TestAuthority.isPresent, "openssl is not installed"))
struct StampDeskTests {
    /// A desk, an authority that answers when the test says so, and what was done.
    private final class Office {
        let authority: TestAuthority
        var desk: StampDesk
        var now = Duration.zero
        /// What the station's clock is off by, milliseconds.
        var offset: Int64 = 0
        var kept: [StampDesk.Stamped] = []
        var findings: [String] = []
        var open: (number: Int, query: TimeStampQuery)?
        var asked = 0

        init(digests: String = "sha256, sm3") throws {
            authority = try TestAuthority(digests: digests)
            desk = StampDesk(trust: try TimeStampTrust(pem: authority.ca))
        }

        var clock: Timestamp {
            Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000) + offset)
        }

        func take(_ event: StampDesk.Event) {
            for action in desk.take(event, at: now, clock: clock, jitter: 1) {
                switch action {
                case .ask(let number, let query):
                    open = (number, query)
                    asked += 1
                case .keep(let stamped): kept.append(stamped)
                case .report(let finding): findings.append(finding.code)
                }
            }
        }

        func publish(_ size: Int64) {
            take(.published(size: size, note: Array("log\n\(size)\nroot\n".utf8)))
        }

        /// Answers until nothing is asked any more.
        func answerAll() throws {
            while let (number, query) = open {
                open = nil
                take(.answered(number, try authority.answer(query.der), at: clock))
            }
        }

        func failAll() {
            while let (number, _) = open {
                open = nil
                take(.unanswered(number))
            }
        }
    }

    @Test("Both digests of the newest, ten minutes apart, and only where something is new")
    func schedule() throws {
        let office = try Office()
        office.publish(5)
        office.publish(6)
        try office.answerAll()
        // What came while the first question was out waits for the next round.
        #expect(office.kept.map(\.size) == [5, 5])
        #expect(Set(office.kept.map(\.query.imprint)) == Set(StampImprint.allCases))
        for stamped in office.kept {
            guard case .holds = stamped.verdict else {
                Issue.record("\(stamped.verdict)")
                return
            }
            #expect(stamped.query.digest == stamped.query.imprint.digest(of: stamped.note))
        }
        #expect(office.desk.nextTick == .seconds(600))
        office.now = .seconds(599)
        office.take(.tick)
        office.publish(9)
        #expect(office.open == nil)
        office.now = .seconds(600)
        office.take(.tick)
        try office.answerAll()
        #expect(office.kept.map(\.size) == [5, 5, 9, 9])
        #expect(office.desk.nextTick == nil)
        office.now = .seconds(9000)
        office.take(.tick)
        office.take(.wanted)
        #expect(office.asked == 4 && office.findings.isEmpty)
    }

    @Test("Wanted now, it does not wait its ten minutes")
    func wanted() throws {
        let office = try Office()
        office.publish(5)
        try office.answerAll()
        office.publish(6)
        #expect(office.open == nil)
        office.take(.wanted)
        try office.answerAll()
        #expect(office.kept.last?.size == 6)
    }

    @Test("An authority away for days is asked with longer waits, then for what is newest by then")
    func away() throws {
        let office = try Office()
        office.publish(5)
        office.failAll()
        for hour in 1...72 {
            office.publish(5 + Int64(hour))
            while let tick = office.desk.nextTick, tick <= .seconds(hour * 3600) {
                office.now = tick
                office.take(.tick)
                office.failAll()
            }
            office.now = .seconds(hour * 3600)
        }
        #expect(office.kept.isEmpty)
        // Told once for each digest, asked at most every ten minutes or so.
        #expect(office.findings == Array(repeating: "time-stamp-authority-away", count: 2))
        #expect(office.asked < 2 * 72 * 7 + 30)
        office.now = try #require(office.desk.nextTick)
        office.take(.tick)
        try office.answerAll()
        #expect(office.kept.map(\.size) == [77, 77])
    }

    @Test("An authority that knows no SM3 still stamps by SHA-256, and is told of once")
    func oneDigest() throws {
        let office = try Office(digests: "sha256")
        for round in 0..<3 {
            office.publish(5 + Int64(round))
            try office.answerAll()
            office.now += .seconds(600)
            office.take(.tick)
            try office.answerAll()
        }
        #expect(office.kept.map(\.query.imprint).allSatisfy { $0 == .sha256 })
        #expect(Set(office.kept.map(\.size)) == [5, 6, 7])
        #expect(office.findings == ["time-stamp-refused"])
    }

    @Test("Answers that are late, another's, over other bytes, or a day off never count")
    func bad() throws {
        let office = try Office()
        office.publish(5)
        let first = try #require(office.open)
        let good = try office.authority.answer(first.query.der)
        // Late: the question has been given up.
        office.now = .seconds(60)
        office.take(.tick)
        office.take(.answered(first.number, good, at: office.clock))
        #expect(office.kept.isEmpty)
        // To another question.
        let second = try #require(office.open)
        office.open = nil
        office.take(.answered(second.number, good, at: office.clock))
        #expect(office.kept.isEmpty && office.findings.last != "time-stamp-authority-away")
        // From an authority whose clock is a day off, as far as ours can tell.
        office.now += .seconds(700)
        office.offset = 86_400_000
        office.take(.tick)
        try office.answerAll()
        #expect(office.kept.isEmpty && office.findings.last == "time-stamp-time-out-of-bounds")
        // Noise.
        office.now += .seconds(700)
        office.offset = 0
        office.take(.tick)
        while let (number, _) = office.open {
            office.open = nil
            office.take(.answered(number, [1, 2, 3], at: office.clock))
        }
        #expect(office.kept.isEmpty && office.findings.last == "time-stamp-malformed")
        office.now += .seconds(700)
        office.take(.tick)
        try office.answerAll()
        #expect(office.kept.count == 2)
        #expect(office.desk.failures(.sha256) == 0 && office.desk.failures(.sm3) == 0)
    }
}
