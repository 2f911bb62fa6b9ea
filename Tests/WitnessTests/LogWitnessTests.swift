import DurableFiles
import Evidence
import EvidenceTestKit
import Fixity
import Testing
import TransparencyLog

@testable import Witness

@Suite("A witness answers as the specification says")
struct LogWitnessTests {
    private let bench = WitnessBench()

    @Test("A log that grows is cosigned at every step; the newest is served and meets its policy")
    func growth() throws {
        bench.log.grow(0, to: 40)
        let witness = try bench.witness()
        #expect(try witness.newest(ofOriginHash: bench.places.hash) == nil)
        var old = 0
        for size in [0, 1, 2, 7, 8, 9, 33, 40, 40] {
            let request = try bench.log.request(0, from: old, to: size)
            bench.clock.now += 7
            let decision = witness.decide(request.bytes)
            #expect(decision.answer.status == 200)
            #expect(decision.findings.isEmpty && decision.failure == nil)
            #expect(decision.origin == bench.log.origin)
            #expect(try bench.times(decision.answer, over: request) == [bench.clock.now])
            let served = try #require(try witness.newest(ofOriginHash: bench.places.hash))
            #expect(served == request.note.bytes + decision.answer.body)
            #expect(try bench.policy().judge(served).isQuorumMet)
            old = size
        }
    }

    @Test("Every refusal has its status")
    func statuses() throws {
        bench.log.grow(0, to: 20)
        let witness = try bench.witness()
        func status(_ request: WitnessRequest) -> Int {
            witness.decide(request.bytes).answer.status
        }
        func status(_ old: Int64, _ hashes: [SHA256Digest], _ note: SignedNote) throws -> Int {
            status(try WitnessRequest(oldSize: old, hashes: hashes, note: note))
        }
        #expect(witness.decide([]).answer.status == 400)
        #expect(witness.decide(Array("old 1\n\nx\n".utf8)).answer.status == 400)
        #expect(status(try LyingLog("other.example").request(0, from: 0, to: 0)) == 404)

        let five = try bench.log.checkpoint(0, 5)
        let good = try five.signed(with: bench.log.key)
        #expect(try status(0, [], five.signed(with: .generate())) == 403)
        let known = bench.log.verifierKey
        for bytes in [[UInt8](repeating: 0, count: 64), [1]] {
            // Beside a good one, a bad signature by the log's key still spoils the note.
            var spoiled = good
            spoiled.append(NoteSignature(name: known.name, keyID: known.keyID, bytes: bytes))
            #expect(try status(0, [], spoiled) == 403)
        }
        #expect(try status(6, [], good) == 400)
        #expect(try status(0, [five.root], good) == 422)
        let notEmpty = try Checkpoint(origin: bench.log.origin, size: 0, root: five.root)
        #expect(try status(0, [], notEmpty.signed(with: bench.log.key)) == 422)
        #expect(try bench.newest(witness) == nil)

        var strangers = good
        strangers.append(NoteSignature(name: "w", keyID: 1, bytes: [UInt8](repeating: 1, count: 9)))
        #expect(try status(0, [], strangers) == 200)
        #expect(try bench.newest(witness) == five)

        let nine = try bench.log.request(0, from: 5, to: 9)
        for old in [0, 4, 6] {
            let conflict = witness.decide(
                try WitnessRequest(oldSize: Int64(old), hashes: nine.hashes, note: nine.note).bytes)
            #expect(conflict.answer == .conflict(5))
            #expect(conflict.answer.body == Array("5\n".utf8))
            #expect(conflict.findings.isEmpty)
        }
        for hashes in [
            [], Array(nine.hashes.dropLast()), nine.hashes + [five.root],
            Array(nine.hashes.reversed()),
        ] { #expect(try status(5, hashes, nine.note) == 422) }
        #expect(try status(5, [five.root], good) == 422)
        #expect(try bench.newest(witness) == five)
        #expect(status(nine) == 200)
    }

    @Test("Of what others put below a checkpoint nothing is kept; the same signature is kept once")
    func strangersAreLeftOut() throws {
        bench.log.grow(0, to: 3)
        let witness = try bench.witness()
        let request = try bench.log.request(0, from: 0, to: 3)
        var note = request.note
        note.append(request.note.signatures[0])
        for number in 0..<20 {
            note.append(
                NoteSignature(
                    name: "x", keyID: UInt32(number), bytes: [UInt8](repeating: 1, count: 999)))
        }
        let decision = witness.decide(
            try WitnessRequest(oldSize: 0, hashes: [], note: note).bytes)
        #expect(
            try witness.newest(ofOriginHash: bench.places.hash)
                == request.note.bytes + decision.answer.body)
    }

    @Test("A refusal names the line of the request, and nothing of what stood there")
    func linesOfRefusals() throws {
        let witness = try bench.witness()
        let request = try bench.log.request(0, from: 0, to: 0)
        var note = request.note
        let known = bench.log.verifierKey
        note.append(NoteSignature(name: known.name, keyID: known.keyID, bytes: [1]))
        let bad = witness.decide(try WitnessRequest(oldSize: 0, hashes: [], note: note).bytes)
        #expect(bad.answer == .forbidden("line 8: bad-signature"))
        let text = String(decoding: request.bytes, as: UTF8.self)
        let decimal = witness.decide(Array(text.replacing("\n0\n", with: "\n00\n").utf8))
        #expect(
            decimal.answer
                == .malformed("line 4: malformed-checkpoint, the size is not a decimal number"))
    }

    @Test("Each log has its own state; origins that Unicode holds equal are two")
    func manyLogs() throws {
        var logs = [LyingLog("caf\u{e9}.example"), LyingLog("cafe\u{301}.example"), LyingLog("c")]
        for place in logs.indices { logs[place].grow(0, to: 10) }
        let witness = try bench.witness(logs: logs.map(\.verifierKey))
        for (place, log) in logs.enumerated() {
            let size = place + 3
            #expect(
                witness.decide(try log.request(0, from: 0, to: size).bytes).answer.status == 200)
        }
        for (place, log) in logs.enumerated() {
            let hash = SHA256Digest.of(Array(log.origin.utf8)).hex
            let served = try #require(try witness.newest(ofOriginHash: hash))
            let checkpoint = try Checkpoint.open(served, by: log.verifierKey)
            #expect(checkpoint.size == Int64(place + 3))
        }
    }

    @Test(
        "An address that is no log's is unknown, wherever it points",
        arguments: [
            "", "/", "..", "../forks", "x", String(repeating: "0", count: 64),
            String(repeating: "A", count: 64), String(repeating: "0", count: 65),
        ])
    func hostileAddresses(hash: String) throws {
        #expect(try bench.witness().newest(ofOriginHash: hash) == nil)
    }

    @Test("A log that left the policy is refused, and its newest checkpoint served still")
    func retired() throws {
        bench.log.grow(0, to: 4)
        let request = try bench.log.request(0, from: 0, to: 4)
        #expect(try bench.witness().decide(request.bytes).answer.status == 200)
        let later = try bench.witness(logs: [LyingLog("new.example").verifierKey])
        #expect(later.decide(request.bytes).answer == .unknownLog)
        #expect(try bench.newest(later) == request.checkpoint)
    }

    @Test("While the log changes its key, and while the witness changes its own, nothing is lost")
    func keysChange() throws {
        bench.log.grow(0, to: 8)
        let first = try bench.log.request(0, from: 0, to: 4)
        #expect(try bench.witness().decide(first.bytes).answer.status == 200)
        let (newLogKey, newKey) = (SigningKey.generate(), SigningKey.generate())
        let newLog = try VerifierKey(name: bench.log.origin, of: newLogKey)
        let second = try WitnessRequest(
            oldSize: 4, hashes: bench.log.proof(0, from: 4, to: 8),
            note: bench.log.checkpoint(0, 8).signed(with: newLogKey))
        // Only the new key of the log: what was cosigned is known by our own word.
        let witness = try bench.witness(logs: [newLog], keys: [newKey, bench.witnessKey])
        let answer = witness.decide(second.bytes).answer
        #expect(answer.status == 200)
        guard case .cosigned(let lines) = answer else { return }
        #expect(lines.count == 2)
        // Both changed at once: what stands there is by nobody that this witness knows.
        let stranger = try bench.witness(logs: [bench.log.verifierKey], keys: [.generate()])
        let decision = stranger.decide(first.bytes)
        #expect(decision.answer.status == 500)
        #expect((decision.failure as? WitnessFailure)?.kind == .stateDamaged)
    }

    @Test("A witness without a key does not begin")
    func noKey() throws {
        #expect(throws: WitnessFailure(.noKey)) { try bench.witness(keys: []) }
    }

    @Test("A clock set back a little says the last time again; set back further it says nothing")
    func clockBehind() throws {
        bench.log.grow(0, to: 9)
        let witness = try bench.witness()
        let start = bench.clock.now
        #expect(witness.decide(try bench.log.request(0, from: 0, to: 3).bytes).answer.status == 200)
        bench.clock.now = start - 10
        let next = try bench.log.request(0, from: 3, to: 5)
        #expect(try bench.times(witness.decide(next.bytes).answer, over: next) == [start])
        bench.clock.now = start - 11
        let last = try bench.log.request(0, from: 5, to: 9)
        let decision = witness.decide(last.bytes)
        #expect(decision.answer.status == 500)
        #expect((decision.failure as? WitnessFailure)?.kind == .clockBehind)
        bench.clock.now = start + 1
        #expect(witness.decide(last.bytes).answer.status == 200)
    }
}
