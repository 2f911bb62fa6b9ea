import DurableFiles
import Evidence
import EvidenceTestKit
import Foundation
import Testing
import TimeStamping

@testable import SealedBags

@Suite(
    "A sealed bag's time stamps", .enabled(if: TestAuthority.isPresent, "openssl is not installed"))
struct BagTimeTests {
    private func years(_ count: Int64, after now: Timestamp) -> Timestamp {
        Timestamp(milliseconds: now.milliseconds + count * 31_557_600_000)
    }

    @Test("Stamps by both digests hold, and every changed byte of them is found")
    func stamped() throws {
        let bag = try SampleBag(authority: TestAuthority())
        #expect(try bag.verify().verdict == .holds)
        guard case .holds = try bag.verify().outcome(.timeStamps) else {
            Issue.record("does not hold")
            return
        }
        for place in [
            BagLayout.stamped, BagLayout.consistency, BagLayout.token("sha256"),
            BagLayout.token("sm3"),
        ] {
            let before = bag.bytes(place)
            bag.flip(place)
            try bag.reseal()
            #expect(try bag.failing() == [.timeStamps], "\(place)")
            bag.put(before, at: place)
        }
        for place in [BagLayout.stamped, BagLayout.consistency] {
            let before = bag.bytes(place)
            try bag.remove(place)
            try bag.reseal()
            #expect(try bag.failing() == [.timeStamps], "\(place)")
            bag.put(before, at: place)
        }
    }

    @Test("Stamps taken away are missed by whoever named an authority")
    func takenAway() throws {
        let bag = try SampleBag(authority: TestAuthority())
        for place in try bag.places where place.hasPrefix("time/") { try bag.remove(place) }
        try bag.reseal()
        #expect(try bag.verify().verdict == .notEnough)
    }

    @Test("Another authority's roots do not do")
    func otherAuthority() throws {
        let bag = try SampleBag(authority: TestAuthority())
        let other = try TestAuthority()
        #expect(try bag.failing(bag.trust(authority: other.ca)) == [.timeStamps])
    }

    @Test(
        "Two and ten years later, when the authority's certificate has ended", arguments: [2, 10])
    func later(count: Int64) throws {
        let bag = try SampleBag(authority: TestAuthority())
        let report = try bag.verify(at: years(count, after: bag.log.now))
        #expect(report.failing.isEmpty && report.verdict == .holds)
        guard case .holds(let words) = report.outcome(.timeStamps) else {
            Issue.record("does not hold")
            return
        }
        #expect(words.english.contains("checked as of"))
    }

    @Test("An ended certificate does not do where nothing shows that the token was there before")
    func unentered() throws {
        let bag = try SampleBag(authority: TestAuthority(), isStampEntered: false)
        #expect(try bag.verify().verdict == .holds)
        #expect(try bag.verify(at: years(2, after: bag.log.now)).failing == [.timeStamps])
    }
}
