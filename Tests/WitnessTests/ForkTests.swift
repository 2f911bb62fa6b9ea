import DurableFiles
import Evidence
import EvidenceTestKit
import Fixity
import Testing
import TransparencyLog

@testable import Witness

@Suite("Two histories are refused, and both are kept")
struct ForkTests {
    private let bench = WitnessBench()

    /// The pairs on the shelf, each with what stands in it.
    private func pairs() throws -> [String: [String]] {
        let root = try bench.root()
        return try Dictionary(
            uniqueKeysWithValues: root.names(in: bench.places.forks).map {
                ($0, try root.names(in: "\(bench.places.forks)/\($0)").sorted())
            })
    }

    private func expectPair(
        _ decision: WitnessDecision, kind: String, offered: Checkpoint, held: Checkpoint
    ) throws {
        let finding = try #require(decision.findings.first)
        #expect(finding.code == kind)
        #expect(decision.findings.count == 1 && decision.failure == nil)
        let root = try bench.root()
        let known = bench.log.verifierKey
        let one = try root.read(finding.subject + "/offered", limit: 9999)
        let other = try root.read(finding.subject + "/cosigned", limit: 9999)
        #expect(try Checkpoint.open(one, by: known) == offered)
        #expect(try Checkpoint.open(other, by: known) == held)
        #expect(try bench.policy().judge(other).isQuorumMet)
        #expect(try !bench.policy().judge(one).isQuorumMet)
    }

    @Test("A fork of the same size is proof in itself, with the right old size or a wrong one")
    func sameSize() throws {
        bench.log.grow(0, to: 10)
        let fork = bench.log.fork(0, at: 6)
        bench.log.grow(fork, to: 10)
        let held = try bench.log.checkpoint(0, 10)
        let offered = try bench.log.checkpoint(fork, 10)
        let witness = try bench.witness()
        #expect(
            witness.decide(try bench.log.request(0, from: 0, to: 10).bytes).answer.status == 200)
        for (old, status) in [(10, 422), (6, 409), (0, 409)] {
            let request = try bench.log.request(fork, from: old, to: 10)
            let decision = witness.decide(request.bytes)
            #expect(decision.answer.status == status)
            try expectPair(decision, kind: "fork", offered: offered, held: held)
        }
        // Offered again and again, it is kept once, whatever the time of our own word.
        bench.clock.now += 60
        #expect(
            witness.decide(try bench.log.request(0, from: 10, to: 10).bytes).answer.status == 200)
        _ = try bench.witness().decide(bench.log.request(fork, from: 10, to: 10).bytes)
        #expect(try pairs().count == 1)
        #expect(try bench.newest(witness) == held)
    }

    @Test("A fork that is longer cannot be proved, and is kept")
    func longer() throws {
        bench.log.grow(0, to: 10)
        let fork = bench.log.fork(0, at: 9)
        bench.log.grow(fork, to: 15)
        let witness = try bench.witness()
        _ = witness.decide(try bench.log.request(0, from: 0, to: 10).bytes)
        let decision = witness.decide(try bench.log.request(fork, from: 10, to: 15).bytes)
        #expect(decision.answer.status == 422)
        try expectPair(
            decision, kind: "unproven", offered: bench.log.checkpoint(fork, 15),
            held: bench.log.checkpoint(0, 10))
    }

    @Test(
        "A station rolled back to yesterday is told the size that it has forgotten; both are kept")
    func rollback() throws {
        bench.log.grow(0, to: 30)
        let witness = try bench.witness()
        _ = witness.decide(try bench.log.request(0, from: 0, to: 30).bytes)
        let yesterday = bench.log.fork(0, at: 20)
        bench.log.grow(yesterday, to: 25)
        let decision = witness.decide(try bench.log.request(yesterday, from: 20, to: 25).bytes)
        #expect(decision.answer == .conflict(30))
        try expectPair(
            decision, kind: "rollback", offered: bench.log.checkpoint(yesterday, 25),
            held: bench.log.checkpoint(0, 30))
        #expect(try pairs().values.map { $0 } == [["cosigned", "offered"]])
    }

    @Test("A tree without entries that has a root is kept alone: nothing was cosigned yet")
    func notEmpty() throws {
        let witness = try bench.witness()
        let liar = try Checkpoint(
            origin: bench.log.origin, size: 0, root: MerkleTree.leafHash([1]))
        let decision = witness.decide(
            try WitnessRequest(oldSize: 0, hashes: [], note: liar.signed(with: bench.log.key)).bytes
        )
        #expect(decision.answer.status == 422)
        #expect(decision.findings.map(\.code) == ["not-empty"])
        #expect(try pairs().values.map { $0 } == [["offered"]])
    }

    @Test("What is not signed by the log, and a wrong proof for nothing new, leave no trace")
    func strangersLeaveNothing() throws {
        bench.log.grow(0, to: 10)
        let witness = try bench.witness()
        _ = witness.decide(try bench.log.request(0, from: 0, to: 10).bytes)
        let other = try Checkpoint(
            origin: bench.log.origin, size: 10, root: MerkleTree.leafHash([1]))
        for request in [
            try WitnessRequest(oldSize: 10, hashes: [], note: other.signed(with: .generate())),
            try WitnessRequest(
                oldSize: 10, hashes: [other.root],
                note: bench.log.checkpoint(0, 10).signed(with: bench.log.key)),
        ] { #expect(witness.decide(request.bytes).findings.isEmpty) }
        #expect(try pairs().isEmpty)
    }

    @Test("A full shelf takes no more, and the refusal stands")
    func fullShelf() throws {
        bench.log.grow(0, to: 4)
        _ = try bench.witness().decide(bench.log.request(0, from: 0, to: 4).bytes)
        let root = try bench.root()
        let held = try CosignedState(
            at: bench.places.checkpoint, in: root, origin: bench.log.origin,
            logKeys: [bench.log.verifierKey], cosigners: [bench.cosignerKey])
        let shelf = ForkShelf(root: root, place: bench.places.forks, limit: 2)
        var places: [String?] = []
        for number in [1, 2, 3, 1] as [UInt8] {
            let offered = try Checkpoint(
                origin: bench.log.origin, size: 4, root: MerkleTree.leafHash([number]))
            places.append(
                try shelf.keep(
                    .fork, offered: (offered.signed(with: bench.log.key).bytes, offered), held: held
                ))
        }
        #expect(places[2] == nil && places[0] != nil && places[0] == places[3])
        #expect(try pairs().count == 2)
    }

    @Test("Where the disk fails the fork is refused all the same, and the failure is told")
    func failingShelf() throws {
        bench.log.grow(0, to: 10)
        let fork = bench.log.fork(0, at: 6)
        bench.log.grow(fork, to: 10)
        _ = try bench.witness().decide(bench.log.request(0, from: 0, to: 10).bytes)
        let request = try bench.log.request(fork, from: 10, to: 10).bytes
        for last in 1... {
            let mortal = MortalCalls(last: last)
            guard let witness = try? bench.witness(mortal.calls) else { continue }
            let decision = witness.decide(request)
            guard mortal.isDead else { break }
            #expect([422, 500].contains(decision.answer.status))
            #expect(decision.failure != nil, "call \(last)")
        }
        let decision = try bench.witness().decide(request)
        try expectPair(
            decision, kind: "fork", offered: bench.log.checkpoint(fork, 10),
            held: bench.log.checkpoint(0, 10))
        #expect(try pairs().count == 1)
    }
}
