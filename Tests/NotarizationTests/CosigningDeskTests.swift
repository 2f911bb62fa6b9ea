import Custody
import Evidence
import EvidenceTestKit
import Fixity
import Testing
import TransparencyLog
import Witness

@testable import Notarization

@Suite("A station and all its witnesses")
struct CosigningDeskTests {
    /// A desk, its witnesses and the time; which of them answer is the test's to say.
    final class Hall {
        let log: WitnessedLog
        let policy: TrustPolicy
        var desk: CosigningDesk
        var now = Duration.zero
        var kept: [(note: SignedNote, meetsQuorum: Bool)] = []
        var holds: [SigningHold] = []
        var releases = 0
        var findings: [Finding] = []
        /// Questions and looks that nobody has answered yet.
        var open: [CosigningDesk.Action] = []

        init(_ count: Int, quorum: Int? = nil, hold: SigningHold? = nil) throws {
            log = try WitnessedLog(notaries: (0..<count).map { "n.example/w\($0)" })
            policy = try log.policy(quorum: quorum)
            desk = CosigningDesk(policy: policy, origin: log.origin, cosigned: nil, hold: hold)
            log.grow(to: 3)
        }

        /// As after a restart, with what the disk has.
        func restart(hold: SigningHold? = nil) {
            let cosigned = kept.last { $0.meetsQuorum }?.note.bytes
            desk = CosigningDesk(policy: policy, origin: log.origin, cosigned: cosigned, hold: hold)
            open = []
        }

        func take(_ event: CosigningDesk.Event) {
            for action in desk.take(event, at: now, jitter: { 0 }) {
                switch action {
                case .ask, .look: open.append(action)
                case .keep(let note, let meetsQuorum): kept.append((note, meetsQuorum))
                case .hold(let hold): holds.append(hold)
                case .release: releases += 1
                case .report(let finding): findings.append(finding)
                }
            }
        }

        func publish(_ size: Int) {
            log.grow(to: size)
            take(.published(log.signed()))
        }

        func number(_ name: PolicyName) -> Int { Int(name.description.dropFirst()) ?? 0 }

        /// Lets one witness answer what it was asked, and nothing that it is asked next.
        func answerOnce(_ witness: Int) throws {
            let place = open.firstIndex { action in
                if case .ask(let name, _) = action { number(name) == witness } else { false }
            }
            guard let place, case .ask(let name, let question) = open.remove(at: place) else {
                return
            }
            take(.answered(name, question.number, try log.ask(witness, question)))
        }

        /// Lets these witnesses answer what is open; the others stay silent.
        func answer(_ witnesses: [Int]) throws {
            while let place = open.firstIndex(where: { action in
                switch action {
                case .ask(let name, _), .look(let name, _): witnesses.contains(number(name))
                default: false
                }
            }) {
                switch open.remove(at: place) {
                case .ask(let name, let question):
                    take(.answered(name, question.number, try log.ask(number(name), question)))
                case .look(let name, let look):
                    take(.looked(name, look, try log.look(number(name))))
                default: break
                }
            }
        }
    }

    @Test("Two of three are enough, and the third's line is added when it comes")
    func quorum() throws {
        let hall = try Hall(3, quorum: 2)
        hall.publish(5)
        try hall.answer([0])
        #expect(hall.kept.map(\.meetsQuorum) == [false] && hall.desk.cosigned == nil)
        try hall.answer([1])
        #expect(hall.kept.map(\.meetsQuorum) == [false, true] && hall.desk.cosigned == 5)
        try hall.answer([2])
        #expect(hall.kept.map(\.meetsQuorum) == [false, true, true])
        let note = try #require(hall.kept.last?.note)
        #expect(note.signatures.count == 4)
        #expect(note.text == hall.log.signed().note.text)
        #expect(try hall.policy.judge(note).isQuorumMet)
    }

    @Test("A log that never rests still gets checkpoints which all its witnesses cosigned")
    func rounds() throws {
        let hall = try Hall(2)
        // Each takes two checkpoints' time to answer, one on even ones, the other on odd ones: asked
        // for whatever is newest, they would never meet again.
        for size in 4..<100 {
            hall.publish(size)
            hall.now += .seconds(1)
            hall.take(.tick)
            try hall.answerOnce(size % 2)
        }
        let met = hall.kept.filter(\.meetsQuorum).map {
            (try? Checkpoint(parsing: $0.note.text).size) ?? 0
        }
        #expect(met.count >= 20 && met == met.sorted())
        #expect(99 - (hall.desk.cosigned ?? 0) < 8)
    }

    @Test("A witness that is silent for days holds up nobody, and catches up with one question")
    func silent() throws {
        let hall = try Hall(3, quorum: 2)
        for size in 5..<1000 {
            hall.publish(size)
            try hall.answer([0, 1])
            hall.now += .seconds(6)
            hall.take(.tick)
            try hall.answer([0, 1])
            hall.open.removeAll()
        }
        #expect(hall.desk.cosigned == 999)
        #expect(hall.findings.isEmpty)
        guard case .away(let tries) = hall.desk.standings[2].standing else {
            Issue.record("\(hall.desk.standings[2])")
            return
        }
        #expect(tries > 50)
        // It comes back: at most a minute later it is asked for the newest alone.
        var asked = 0
        for _ in 0..<100 where hall.desk.standings[2].standing.code != "cosigning" {
            hall.now += .seconds(1)
            hall.take(.tick)
            asked += hall.open.count
            try hall.answer([0, 1, 2])
        }
        #expect(asked <= 2)
        #expect(hall.desk.standings[2].standing.code == "cosigning")
        #expect(hall.kept.last?.note.signatures.count == 4)
    }

    @Test("A slow witness's line for an older round still counts for that round")
    func lateRound() throws {
        let hall = try Hall(2)
        hall.publish(5)
        try hall.answer([0])
        hall.now += .seconds(6)
        hall.publish(8)
        try hall.answer([0])
        #expect(hall.desk.cosigned == nil)
        try hall.answer([1])
        #expect(
            hall.kept.filter(\.meetsQuorum).map { try? Checkpoint(parsing: $0.note.text).size }
                == [5, 8])
    }

    @Test("After a restart everything is had again, and nothing cosigned is forgotten")
    func restart() throws {
        let hall = try Hall(2)
        hall.publish(5)
        try hall.answer([0, 1])
        hall.restart()
        #expect(hall.desk.cosigned == 5)
        hall.publish(9)
        #expect(hall.open.count == 2)
        for case .ask(_, let question) in hall.open { #expect(question.oldSize == 5) }
        try hall.answer([0, 1])
        #expect(hall.desk.cosigned == 9)
    }

    @Test(
        "A cosigned checkpoint on the disk that does not hold counts as none", arguments: [0, 1, 2])
    func spoiled(kind: Int) throws {
        let hall = try Hall(2)
        hall.publish(5)
        try hall.answer([0, 1])
        var bytes = try #require(hall.kept.last).note.bytes
        switch kind {
        case 0: bytes[bytes.count - 9] ^= 1
        case 1: bytes = Array("x".utf8)
        default: bytes = hall.log.signed().note.bytes
        }
        let desk = CosigningDesk(
            policy: hall.policy, origin: hall.log.origin, cosigned: bytes, hold: nil)
        #expect(desk.cosigned == nil)
    }

    @Test("What could not be written is tried again a minute later")
    func notKept() throws {
        let hall = try Hall(1)
        hall.publish(5)
        try hall.answer([0])
        let first = try #require(hall.kept.first)
        hall.take(.notKept(first.note))
        hall.now += .seconds(60)
        hall.take(.tick)
        #expect(hall.kept.count == 2 && hall.kept[1].note == first.note && hall.kept[1].meetsQuorum)
    }

    @Test("Two witnesses know more than we: signing goes on only when both have taken it back")
    func twoHolders() throws {
        let hall = try Hall(2)
        hall.publish(5)
        for case .ask(let name, let question) in hall.open {
            hall.take(.answered(name, question.number, .conflict(50)))
        }
        #expect(hall.holds.count == 2 && hall.releases == 0)
        hall.open.removeAll { if case .ask = $0 { true } else { false } }
        for case .look(let name, let number) in hall.open {
            hall.take(.looked(name, number, .nothing))
        }
        hall.open = []
        hall.now += .seconds(5)
        hall.take(.tick)
        try hall.answer([0])
        #expect(hall.releases == 0)
        try hall.answer([1])
        #expect(hall.releases == 1)
    }

    @Test("A witness that saw our newest on a stick, ahead of its question, is no alarm")
    func aheadByStick() throws {
        let hall = try Hall(1)
        hall.publish(5)
        let early = try #require(hall.open.last)
        hall.publish(8)
        // The stick: from nothing to the newest.
        let other = try WitnessRequest(oldSize: 0, hashes: [], note: hall.log.signed().note)
        #expect(hall.log.notaries[0].witness.decide(other.bytes).answer.status == 200)
        hall.open = [early]
        try hall.answer([0])
        #expect(hall.holds.isEmpty && hall.findings.isEmpty)
        #expect(hall.desk.cosigned == 8)
    }

    @Test("A hold that was proven before the start is never released by a witness")
    func provenBefore() throws {
        let hall = try Hall(
            1, hold: SigningHold(.proven, witness: "N0", claimedSize: 9, ownSize: 5))
        hall.publish(5)
        let ask = try #require(hall.open.first)
        guard case .ask(let name, let question) = ask else { return }
        hall.take(.answered(name, question.number, .conflict(50)))
        hall.open = hall.open.filter { if case .look = $0 { true } else { false } }
        guard case .look(_, let number) = hall.open[0] else { return }
        hall.take(.looked(name, number, .nothing))
        hall.open = []
        hall.now += .seconds(5)
        hall.take(.tick)
        try hall.answer([0])
        #expect(hall.releases == 0)
    }

    @Test("A hold that was claimed before the start is released by the witness that claimed it")
    func claimedBefore() throws {
        let hall = try Hall(
            2, hold: SigningHold(.claimed, witness: "N1", claimedSize: 9, ownSize: 3))
        hall.publish(3)
        try hall.answer([0])
        #expect(hall.releases == 0)
        try hall.answer([1])
        #expect(hall.releases == 1)
    }
}
