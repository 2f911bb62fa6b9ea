import Custody
import Evidence
import EvidenceTestKit
import Fixity
import Testing
import TransparencyLog

@testable import Notarization

@Suite("A station asks one witness")
struct WitnessDelegateTests {
    private let log: WitnessedLog
    private let policy: TrustPolicy

    init() throws {
        log = try WitnessedLog()
        policy = try log.policy()
        log.grow(to: 10)
    }

    private func delegate(known: Int64 = 0, isHeld: Bool = false) -> WitnessDelegate {
        WitnessDelegate(
            of: policy.witnesses[0], among: policy.witnesses.map(\.key), known: known,
            isHeld: isHeld)
    }

    /// The question among what is to be done, and nothing else beside it.
    private func question(
        _ actions: [WitnessDelegate.Action], _ source: SourceLocation = #_sourceLocation
    ) throws -> WitnessDelegate.Question {
        let found = actions.compactMap { action -> WitnessDelegate.Question? in
            if case .ask(let question) = action { question } else { nil }
        }
        #expect(found.count == 1, sourceLocation: source)
        return try #require(found.first, sourceLocation: source)
    }

    private func looks(_ actions: [WitnessDelegate.Action]) -> [Int] {
        actions.compactMap { if case .look(let number) = $0 { number } else { nil } }
    }

    private func codes(_ actions: [WitnessDelegate.Action]) -> [String] {
        actions.compactMap { if case .report(let finding) = $0 { finding.code } else { nil } }
    }

    private func holds(_ actions: [WitnessDelegate.Action]) -> [SigningHold] {
        actions.compactMap { if case .hold(let hold) = $0 { hold } else { nil } }
    }

    // MARK: - The good way

    @Test("Every checkpoint is asked for from where the witness is, and its line is verified")
    func growth() throws {
        var delegate = delegate()
        var now = Duration.zero
        for (size, old) in [(10, 0), (11, 10), (300, 11)] {
            log.grow(to: size)
            let ask = try question(delegate.take(.signed(log.signed()), at: now, jitter: 0))
            #expect(ask.oldSize == old && ask.signed.size == Int64(size))
            let answer = try log.ask(0, ask)
            let done = delegate.take(.answered(ask.number, answer), at: now, jitter: 0)
            guard case .merge(let lines, let signed) = done[0] else {
                Issue.record("no line")
                return
            }
            #expect(done.count == 1 && lines.count == 1 && signed == ask.signed)
            var note = signed.note
            note.append(lines[0])
            #expect(try policy.judge(note).isQuorumMet)
            #expect(delegate.isSettled)
            now += .seconds(1)
        }
        guard case .cosigning(300, let time) = delegate.standing else {
            Issue.record("\(delegate.standing)")
            return
        }
        #expect(time > 1_700_000_000)
    }

    @Test("While a question is under way only the newest of what follows is asked for")
    func newestOnly() throws {
        var delegate = delegate()
        let first = try question(delegate.take(.signed(log.signed(3)), at: .zero, jitter: 0))
        for size in 4...9 {
            #expect(delegate.take(.signed(log.signed(size)), at: .zero, jitter: 0).isEmpty)
        }
        // A smaller one that comes late is not the newest.
        #expect(delegate.take(.signed(log.signed(5)), at: .zero, jitter: 0).isEmpty)
        let answer = try log.ask(0, first)
        let next = try question(
            delegate.take(.answered(first.number, answer), at: .zero, jitter: 0))
        #expect(next.signed.size == 9 && next.oldSize == 3)
    }

    @Test("A witness left alone is asked again after an hour, from where it is")
    func refresh() throws {
        var delegate = delegate()
        let first = try question(delegate.take(.signed(log.signed()), at: .zero, jitter: 0))
        _ = delegate.take(.answered(first.number, try log.ask(0, first)), at: .zero, jitter: 0)
        #expect(delegate.nextTick == .seconds(3600))
        #expect(delegate.take(.tick, at: .seconds(3599), jitter: 0).isEmpty)
        let again = try question(delegate.take(.tick, at: .seconds(3600), jitter: 0))
        #expect(again.oldSize == 10 && again.signed.size == 10)
        #expect(try log.ask(0, again).status == 200)
    }

    // MARK: - 409

    @Test("A witness that is elsewhere is asked once more from there, then left alone for a while")
    func conflict() throws {
        var delegate = delegate(known: 0)
        var other = self.delegate()
        let ask = try question(other.take(.signed(log.signed(7)), at: .zero, jitter: 0))
        #expect(try log.ask(0, ask).status == 200)

        let first = try question(delegate.take(.signed(log.signed(10)), at: .zero, jitter: 0))
        let conflict = try log.ask(0, first)
        #expect(conflict == .conflict(7))
        let second = try question(
            delegate.take(.answered(first.number, conflict), at: .zero, jitter: 0))
        #expect(second.oldSize == 7 && second.signed.size == 10)
        #expect(try log.ask(0, second).status == 200)
        // As if it had moved again: no third question at once.
        #expect(delegate.take(.answered(second.number, .conflict(8)), at: .zero, jitter: 0).isEmpty)
        #expect(delegate.nextTick == .seconds(1))
        let third = try question(delegate.take(.tick, at: .seconds(1), jitter: 0))
        #expect(third.oldSize == 8)
    }

    @Test(
        "A witness that answers with the size it was asked from makes no sense, and is left alone")
    func senselessConflict() throws {
        var delegate = delegate(known: 4)
        let first = try question(delegate.take(.signed(log.signed()), at: .zero, jitter: 0))
        #expect(delegate.take(.answered(first.number, .conflict(4)), at: .zero, jitter: 0).isEmpty)
        #expect(delegate.standing == .away(tries: 1))
    }

    // MARK: - A longer log than ours

    @Test("A store put back to yesterday signs nothing more, and its own signature proves why")
    func rolledBack() throws {
        var before = delegate()
        log.grow(to: 20)
        let ask = try question(before.take(.signed(log.signed()), at: .zero, jitter: 0))
        #expect(try log.ask(0, ask).status == 200)
        let twenty = log.signed()
        log.rollBack(to: 12)

        var delegate = delegate()
        let first = try question(delegate.take(.signed(log.signed()), at: .zero, jitter: 0))
        let done = delegate.take(
            .answered(first.number, try log.ask(0, first)), at: .zero, jitter: 0)
        #expect(
            holds(done) == [SigningHold(.claimed, witness: "N0", claimedSize: 20, ownSize: 12)])
        #expect(codes(done) == ["witness-ahead-of-us"])
        #expect(delegate.standing == .aheadOfUs(20))
        let look = try #require(looks(done).first)
        let proven = delegate.take(.looked(look, try log.look(0)), at: .zero, jitter: 0)
        #expect(
            holds(proven) == [
                SigningHold(
                    .proven, witness: "N0", claimedSize: 20, ownSize: 12,
                    evidence: twenty.note.bytes)
            ])
        #expect(codes(proven) == ["second-history"])
        // Nothing more happens by itself.
        #expect(delegate.nextTick == nil)
        #expect(delegate.take(.signed(log.signed()), at: .seconds(900), jitter: 1).isEmpty)
        #expect(delegate.take(.tick, at: .seconds(9000), jitter: 1).isEmpty)
    }

    @Test("A claim that cannot be shown holds until the witness itself takes it back")
    func unprovenClaim() throws {
        var delegate = delegate()
        let first = try question(delegate.take(.signed(log.signed()), at: .zero, jitter: 0))
        var done = delegate.take(.answered(first.number, .conflict(99)), at: .zero, jitter: 0)
        #expect(holds(done).count == 1)
        var now = Duration.zero
        // What it shows may be an hour old, or nothing: no disproof.
        for shown in [ShownHistory.ours(4), .nothing, nil] {
            let look = try #require(looks(done).first)
            done = delegate.take(.looked(look, shown), at: now, jitter: 0)
            #expect(done.isEmpty && delegate.standing == .aheadOfUs(99))
            now = try #require(delegate.nextTick)
            let again = try question(delegate.take(.tick, at: now, jitter: 0))
            done = delegate.take(.answered(again.number, .conflict(99)), at: now, jitter: 0)
            // Held already: not told again.
            #expect(holds(done).isEmpty && codes(done).isEmpty)
        }
        now += .seconds(60)
        _ = delegate.take(.tick, at: now, jitter: 0)
        now = try #require(delegate.nextTick)
        let last = try question(delegate.take(.tick, at: now, jitter: 0))
        done = delegate.take(.answered(last.number, try log.ask(0, last)), at: now, jitter: 0)
        #expect(done.contains(.release) && codes(done) == ["witness-took-back"])
        #expect(delegate.isSettled)
    }

    @Test("Held since before the start, it asks at once and goes on where the witness agrees")
    func heldBefore() throws {
        var delegate = delegate(isHeld: true)
        let ask = try question(delegate.take(.signed(log.signed()), at: .zero, jitter: 0))
        let done = delegate.take(.answered(ask.number, try log.ask(0, ask)), at: .zero, jitter: 0)
        #expect(done.contains(.release))
    }

    // MARK: - 422

    @Test("A fork is told, and held where the witness can show it under our signature")
    func fork() throws {
        var before = delegate()
        log.grow(to: 20)
        let ask = try question(before.take(.signed(log.signed()), at: .zero, jitter: 0))
        #expect(try log.ask(0, ask).status == 200)
        log.rollBack(to: 5)
        log.grow(to: 25)
        var delegate = delegate(known: 20)
        let first = try question(delegate.take(.signed(log.signed()), at: .zero, jitter: 0))
        let answer = try log.ask(0, first)
        #expect(answer.status == 422)
        let done = delegate.take(.answered(first.number, answer), at: .zero, jitter: 0)
        #expect(codes(done) == ["witness-contradicting"] && holds(done).isEmpty)
        let look = try #require(looks(done).first)
        let proven = delegate.take(.looked(look, try log.look(0)), at: .zero, jitter: 0)
        #expect(holds(proven).map(\.reason) == [.proven])
        #expect(holds(proven).first?.claimedSize == 20)
    }

    @Test("A witness that calls a good log inconsistent holds nobody up, and is asked again")
    func slander() throws {
        var delegate = delegate()
        var ask = try question(delegate.take(.signed(log.signed()), at: .zero, jitter: 0))
        for round in 0..<3 {
            let done = delegate.take(
                .answered(ask.number, .inconsistent("no")), at: .zero, jitter: 0)
            #expect(codes(done) == (round == 0 ? ["witness-contradicting"] : []))
            let look = try #require(looks(done).first)
            #expect(delegate.take(.looked(look, .ours(3)), at: .zero, jitter: 0).isEmpty)
            ask = try question(
                delegate.take(.tick, at: try #require(delegate.nextTick), jitter: 0))
        }
        #expect(delegate.standing == .contradicting)
    }

    // MARK: - Away

    @Test("Waits double from 1 s to 60 s; chance takes off up to half and never goes below 1 s")
    func backOff() throws {
        for jitter in [0, 0.5, 1, -3, .nan, 9] {
            var delegate = delegate()
            var now = Duration.zero
            var ask = try question(delegate.take(.signed(log.signed()), at: now, jitter: jitter))
            for full in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
                #expect(delegate.take(.unanswered(ask.number), at: now, jitter: jitter).isEmpty)
                let wait = try #require(delegate.nextTick) - now
                let share = jitter.isNaN ? 1 : 0.5 + 0.5 * min(max(jitter, 0), 1)
                #expect(wait == max(.seconds(1), .seconds(full) * share))
                // Neither time that is not up nor a new checkpoint makes it knock earlier.
                log.grow(to: log.leaves.count + 1)
                #expect(delegate.take(.tick, at: now + wait / 2, jitter: jitter).isEmpty)
                #expect(
                    delegate.take(.signed(log.signed()), at: now + wait / 2, jitter: jitter).isEmpty
                )
                now += wait
                ask = try question(delegate.take(.tick, at: now, jitter: jitter))
                #expect(ask.signed.size == Int64(log.leaves.count))
            }
            #expect(delegate.standing == .away(tries: 9))
            let done = delegate.take(.answered(ask.number, try log.ask(0, ask)), at: now, jitter: 0)
            if jitter == 0 { #expect(done.count == 1) }
        }
    }

    @Test("An answer that never comes counts as none after its time, and counts for nothing later")
    func lateAnswer() throws {
        var delegate = delegate()
        let first = try question(delegate.take(.signed(log.signed()), at: .zero, jitter: 0))
        let answer = try log.ask(0, first)
        #expect(delegate.nextTick == .seconds(30))
        #expect(delegate.take(.tick, at: .seconds(30), jitter: 0).isEmpty)
        #expect(delegate.standing == .away(tries: 1))
        #expect(delegate.take(.answered(first.number, answer), at: .seconds(30), jitter: 0).isEmpty)
        let second = try question(delegate.take(.tick, at: .seconds(31), jitter: 0))
        // It was cosigned all the same: the witness says so.
        let conflict = try log.ask(0, second)
        #expect(conflict == .conflict(10))
        let third = try question(
            delegate.take(.answered(second.number, conflict), at: .seconds(31), jitter: 0))
        #expect(third.oldSize == 10 && third.signed.size == 10)
        #expect(try log.ask(0, third).status == 200)
    }

    @Test(
        "A refusal is told once and tried again",
        arguments: [
            (WitnessAnswer.forbidden("x"), "witness-unknown-key"),
            (.unknownLog, "witness-unknown-log"), (.malformed("x"), "witness-malformed"),
            (.unavailable("status 503"), ""),
        ])
    func refusal(answer: WitnessAnswer, code: String) throws {
        var delegate = delegate()
        let first = try question(delegate.take(.signed(log.signed()), at: .zero, jitter: 0))
        let done = delegate.take(.answered(first.number, answer), at: .zero, jitter: 0)
        #expect(codes(done) == (code.isEmpty ? [] : [code]) && done.count == codes(done).count)
        let second = try question(delegate.take(.tick, at: .seconds(1), jitter: 0))
        #expect(delegate.take(.answered(second.number, answer), at: .seconds(1), jitter: 0).isEmpty)
        #expect(delegate.nextTick == .seconds(2))
    }

    // MARK: - Lines

    @Test("What is no cosignature of this witness over exactly this text is never merged")
    func badLines() throws {
        let other = log.signed(9)
        let key = log.notaries[0].key
        let name = log.notaries[0].name
        func line(_ signed: SignedCheckpoint, _ name: String, _ key: SigningKey) throws
            -> NoteSignature
        {
            try Cosignature(over: signed.checkpoint, as: name, with: key, at: 5).line
        }
        let good = try line(log.signed(), name, key)
        var spoiled = good.bytes
        spoiled[20] ^= 1
        var noTime = good.bytes
        noTime.replaceSubrange(..<8, with: [UInt8](repeating: 0, count: 8))
        let mine = try VerifierKey(name: log.origin, of: log.key)
        let bad: [[NoteSignature]] = [
            [try line(other, name, key)],
            [try line(log.signed(), name, .generate())],
            [try line(log.signed(), "n.example/w2", key)],
            [NoteSignature(name: name, keyID: good.keyID, bytes: spoiled)],
            [NoteSignature(name: name, keyID: good.keyID, bytes: noTime)],
            [NoteSignature(name: name, keyID: good.keyID, bytes: [])],
            // A good one does not make up for one that is not.
            [good, NoteSignature(name: name, keyID: good.keyID, bytes: spoiled)],
            // Our own signature is nobody's cosignature.
            [
                NoteSignature(
                    name: mine.name, keyID: mine.keyID,
                    bytes: try log.key.sign(log.signed().note.text))
            ],
        ]
        for lines in bad {
            var delegate = delegate()
            let ask = try question(delegate.take(.signed(log.signed()), at: .zero, jitter: 0))
            let done = delegate.take(.answered(ask.number, .cosigned(lines)), at: .zero, jitter: 0)
            #expect(codes(done) == ["witness-bad-answer"] && done.count == 1)
        }
    }

    @Test("Lines by strangers, and the same line again and again, are left out")
    func strangersLines() throws {
        var delegate = delegate()
        let ask = try question(delegate.take(.signed(log.signed()), at: .zero, jitter: 0))
        guard case .cosigned(let lines) = try log.ask(0, ask) else { return }
        let stranger = try Cosignature(
            over: ask.signed.checkpoint, as: "x", with: .generate(), at: 9
        ).line
        let done = delegate.take(
            .answered(ask.number, .cosigned([stranger] + lines + lines + [stranger])), at: .zero,
            jitter: 0)
        #expect(done == [.merge(lines, ask.signed)])
    }

    @Test("A witness whose algorithm is not checked here is kept word of, and counts for nothing")
    func uncheckedAlgorithm() throws {
        let key = try CosignerKey(
            name: "pq.example", algorithm: .mlDSA44, publicKey: [UInt8](repeating: 3, count: 1312))
        let policy = try TrustPolicy(
            parsing: Array(
                "log \(log.verifierKey)\nwitness P \(key) https://p.example/\nquorum P\n".utf8))
        var delegate = WitnessDelegate(of: policy.witnesses[0], among: [key])
        let ask = try question(delegate.take(.signed(log.signed()), at: .zero, jitter: 0))
        let short = NoteSignature(name: key.name, keyID: key.keyID, bytes: [1, 2])
        var done = delegate.take(.answered(ask.number, .cosigned([short])), at: .zero, jitter: 0)
        #expect(codes(done) == ["witness-bad-answer"])
        let line = NoteSignature(
            name: key.name, keyID: key.keyID, bytes: [UInt8](repeating: 9, count: 2428))
        let again = try question(delegate.take(.tick, at: .seconds(1), jitter: 0))
        done = delegate.take(
            .answered(again.number, .cosigned([line, line])), at: .seconds(1), jitter: 0)
        #expect(done == [.merge([line], again.signed)])
        #expect(delegate.standing == .cosigning(size: 10, time: 0))
        var note = again.signed.note
        note.append(line)
        let judged = try policy.judge(note)
        #expect(!judged.isQuorumMet && judged.wouldUncheckedMeetQuorum)
    }

    @Test("Any sequence of answers leaves it either waiting for something or at its end")
    func anySequence() throws {
        for seed in 0..<200 {
            var random = SeededGenerator(seed: UInt64(seed))
            var delegate = delegate()
            var now = Duration.zero
            var asked: [Int] = []
            var looked: [Int] = []
            for step in 0..<60 {
                var actions: [WitnessDelegate.Action]
                switch Int.random(in: 0..<7, using: &random) {
                case 0:
                    if step % 9 == 0 { log.grow(to: log.leaves.count + 1) }
                    actions = delegate.take(.signed(log.signed()), at: now, jitter: 0.3)
                case 1, 2:
                    let answers: [WitnessAnswer] = [
                        .conflict(Int64.random(in: 0...30, using: &random)), .inconsistent(""),
                        .forbidden(""), .unknownLog, .malformed(""), .unavailable(""),
                        .cosigned([]), .conflict(.max),
                    ]
                    let answer = answers.randomElement(using: &random)!
                    actions = delegate.take(
                        .answered(asked.randomElement(using: &random) ?? 0, answer), at: now,
                        jitter: 0)
                case 3:
                    actions = delegate.take(
                        .unanswered(asked.last ?? looked.last ?? 0), at: now, jitter: 1)
                case 4:
                    actions = delegate.take(
                        .looked(
                            looked.last ?? 0,
                            [.nothing, .ours(1), nil].randomElement(using: &random)!),
                        at: now, jitter: 1)
                default:
                    now += .milliseconds(Int64.random(in: 0...70_000, using: &random))
                    actions = delegate.take(.tick, at: now, jitter: 0.5)
                }
                for action in actions {
                    if case .ask(let question) = action {
                        asked.append(question.number)
                        #expect(question.oldSize <= question.signed.size)
                    }
                    if case .look(let number) = action { looked.append(number) }
                }
                let hasBegun = !asked.isEmpty
                if hasBegun { #expect(delegate.nextTick != nil) }
            }
            #expect(Set(asked + looked).count == asked.count + looked.count)
        }
    }
}
