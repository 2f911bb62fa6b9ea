package import Custody
package import Evidence
package import TransparencyLog

/// A station's side of one witness (C2SP tlog-witness v1.0.0), without sockets and without a clock:
/// what happened goes in, what is to be done comes out.
///
/// It asks for the newest signed checkpoint only, one request at a time. What it knows of the witness
/// need not survive: a witness that is elsewhere says so, and is asked again from there.
package struct WitnessDelegate: Sendable {
    package enum Event: Sendable {
        /// The log has signed a larger checkpoint.
        case signed(SignedCheckpoint)
        /// What came of the question of this number.
        case answered(Int, WitnessAnswer)
        /// No answer, or one that cannot be read; or the question could not be put together.
        case unanswered(Int)
        /// What the witness shows of our log, asked for by ``Action/look(_:)``; nil where it could not
        /// be had.
        case looked(Int, ShownHistory?)
        /// Time has passed.
        case tick
    }

    package enum Action: Hashable, Sendable {
        /// To be sent, with the proof from ``Question/oldSize``, as a ``WitnessRequest``.
        case ask(Question)
        /// `GET <monitoring prefix>/<origin hash>/checkpoint`, to be compared with the log.
        case look(Int)
        /// Verified, and to be put below exactly this checkpoint.
        case merge([NoteSignature], SignedCheckpoint)
        /// Nothing may be signed from now on.
        case hold(SigningHold)
        /// This witness no longer has a reason against signing.
        case release
        case report(Finding)
    }

    package struct Question: Hashable, Sendable {
        /// Comes back with the answer: a late answer to an older question is nobody's.
        package let number: Int
        /// What the witness is thought to have cosigned.
        package let oldSize: Int64
        package let signed: SignedCheckpoint

        /// What is to be posted to `<submission prefix>/add-checkpoint`, with the proof from the
        /// published tiles. Throws what the reader throws; the question then counts as unanswered.
        package func request(_ reader: LedgerReader) throws -> WitnessRequest {
            let proof = try reader.consistencyProof(from: oldSize, to: signed.size)
            return try WitnessRequest(oldSize: oldSize, hashes: proof.hashes, note: signed.note)
        }
    }

    private enum Turn {
        case idle
        case asking(Question, until: Duration)
        case looking(Int, until: Duration)
        case resting(until: Duration)
        /// It is proven that there are two histories: a person must find out why.
        case ended
    }

    /// What the policy calls the witness.
    package let name: PolicyName
    package private(set) var standing = WitnessStanding.unasked
    private let key: CosignerKey
    /// Every witness's key that the policy has.
    private let keys: [CosignerKey]
    private let pace: WitnessPace
    private var turn = Turn.idle
    private var newest: SignedCheckpoint?
    /// What our log has published, which may be more than was put to this witness yet.
    private var logSize: Int64 = 0
    /// The size that the witness is thought to have cosigned.
    private var known: Int64
    /// The size up to which it cosigned for us since the start.
    private var cosigned: Int64 = -1
    private var lastAnswer: Duration?
    private var failures = 0
    /// The question under way was put again because the witness was elsewhere.
    private var isSecondTry = false
    private var number = 0
    /// We hold back for what this witness said.
    private var isHeld: Bool

    /// - Parameters:
    ///   - known: a size that the witness once cosigned; 0 where nothing is known.
    ///   - isHeld: before the start this witness already knew more than we.
    package init(
        of witness: TrustPolicy.Witness, among keys: [CosignerKey], known: Int64 = 0,
        isHeld: Bool = false, pace: WitnessPace = WitnessPace()
    ) {
        (name, key, self.keys) = (witness.name, witness.key, keys)
        (self.known, self.isHeld, self.pace) = (known, isHeld, pace)
    }

    /// Whether nothing is under way: it is done with the checkpoint it was given, or waits before it
    /// tries again.
    package var isSettled: Bool {
        switch turn {
        case .idle, .resting, .ended: true
        case .asking, .looking: false
        }
    }

    /// When ``Event/tick`` is due; nil where nothing is to be waited for.
    package var nextTick: Duration? {
        switch turn {
        case .ended: nil
        case .asking(_, let until), .looking(_, let until), .resting(let until): until
        case .idle: newest == nil ? nil : lastAnswer.map { $0 + pace.refreshEvery }
        }
    }

    /// Our log has published so much, whether or not it is put to this witness now: a witness that
    /// knows no more than that knows nothing that we do not.
    package mutating func note(logSize size: Int64) { logSize = max(logSize, size) }

    /// - Parameters:
    ///   - now: by a clock that nobody sets.
    ///   - jitter: 0...1, by chance.
    package mutating func take(
        _ event: Event, at now: Duration, jitter: Double
    ) -> [Action] {
        var actions: [Action] = []
        switch event {
        case .signed(let signed):
            if signed.size >= newest?.size ?? 0 { newest = signed }
            logSize = max(logSize, signed.size)
        case .answered(let number, let answer):
            guard case .asking(let question, _) = turn, question.number == number else { return [] }
            turn = .idle
            actions = take(answer, to: question, now, jitter)
        case .unanswered(let number):
            switch turn {
            case .asking(let question, _) where question.number == number: fail(now, jitter)
            case .looking(number, _): fail(now, jitter, as: standing)
            default: return []
            }
        case .looked(let number, let history):
            guard case .looking(number, _) = turn else { return [] }
            turn = .idle
            actions = take(history, now, jitter)
        case .tick:
            switch turn {
            case .asking(_, let until) where until <= now: fail(now, jitter)
            case .looking(_, let until) where until <= now: fail(now, jitter, as: standing)
            case .resting(let until) where until <= now: turn = .idle
            default: break
            }
        }
        return actions + next(now)
    }

    /// The next question, where there is one to put.
    private mutating func next(_ now: Duration) -> [Action] {
        guard case .idle = turn, let newest else { return [] }
        // It was shown a later checkpoint of ours another way: that one comes with the next round.
        guard known <= newest.size || known > logSize else { return [] }
        let isFresh = lastAnswer.map { now < $0 + pace.refreshEvery } ?? false
        guard cosigned < newest.size || isHeld || failures > 0 || !isFresh else { return [] }
        number += 1
        let question = Question(
            number: number, oldSize: min(known, newest.size), signed: newest)
        turn = .asking(question, until: now + pace.answerWithin)
        return [.ask(question)]
    }

    // MARK: - Answers

    private mutating func take(
        _ answer: WitnessAnswer, to question: Question, _ now: Duration, _ jitter: Double
    ) -> [Action] {
        let wasSecondTry = isSecondTry
        isSecondTry = false
        switch answer {
        case .cosigned(let lines):
            return takeLines(lines, below: question.signed, now, jitter)
        case .conflict(let size) where size > logSize:
            return doubt(size, now, jitter)
        case .conflict(let size):
            let release = takeBack()
            known = size
            if wasSecondTry || size == question.oldSize {
                fail(now, jitter)
            } else {
                isSecondTry = true
            }
            return release
        case .inconsistent:
            let isNew = standing != .contradicting
            standing = .contradicting
            let report = isNew ? [Action.report(finding(.contradicting))] : []
            return report + look(now)
        case .forbidden: return refuse(.unknownKey, now, jitter)
        case .unknownLog: return refuse(.unknownLog, now, jitter)
        case .malformed: return refuse(.malformed, now, jitter)
        case .unavailable:
            fail(now, jitter)
            return []
        }
    }

    private mutating func takeLines(
        _ lines: [NoteSignature], below signed: SignedCheckpoint, _ now: Duration, _ jitter: Double
    ) -> [Action] {
        guard let found = CosignatureLines(lines, below: signed.note, by: key, among: keys) else {
            return refuse(.badAnswer, now, jitter)
        }
        (known, cosigned, failures, lastAnswer) = (signed.size, signed.size, 0, now)
        let release = takeBack()
        standing = .cosigning(size: signed.size, time: found.time)
        return release + [.merge(found.lines, signed)]
    }

    private mutating func refuse(
        _ refusal: WitnessStanding.Refusal, _ now: Duration, _ jitter: Double
    ) -> [Action] {
        let isNew = standing != .refusing(refusal)
        fail(now, jitter, as: .refusing(refusal))
        return isNew ? [.report(finding(standing))] : []
    }

    private mutating func fail(
        _ now: Duration, _ jitter: Double, as standing: WitnessStanding? = nil
    ) {
        failures += 1
        isSecondTry = false
        self.standing = standing ?? .away(tries: failures)
        turn = .resting(until: now + pace.wait(after: failures, jitter: jitter))
    }

    // MARK: - Two histories

    /// The witness says that it cosigned more than we have. Held at once: a signature too many cannot
    /// be taken back, a hold can.
    private mutating func doubt(
        _ size: Int64, _ now: Duration, _ jitter: Double
    ) -> [Action] {
        let isNew = standing != .aheadOfUs(size) || !isHeld
        standing = .aheadOfUs(size)
        isHeld = true
        let hold = SigningHold(
            .claimed, witness: name.description, claimedSize: size, ownSize: logSize)
        let actions = isNew ? [Action.hold(hold), .report(finding(standing))] : []
        return actions + look(now)
    }

    private mutating func look(_ now: Duration) -> [Action] {
        number += 1
        turn = .looking(number, until: now + pace.answerWithin)
        return [.look(number)]
    }

    /// What the witness shows may be an hour old (C2SP tlog-witness): it can prove a second history,
    /// and cannot disprove one. Only the witness's next answer does.
    private mutating func take(
        _ history: ShownHistory?, _ now: Duration, _ jitter: Double
    ) -> [Action] {
        switch history {
        case .longer(let size, let note), .fork(let size, let note):
            turn = .ended
            isHeld = true
            let hold = SigningHold(
                .proven, witness: name.description, claimedSize: size, ownSize: logSize,
                evidence: note)
            return [.hold(hold), .report(proof(of: size))]
        case .ours, .nothing, nil:
            fail(now, jitter, as: standing)
            return []
        }
    }

    private mutating func takeBack() -> [Action] {
        guard isHeld else { return [] }
        isHeld = false
        return [
            .release,
            .report(
                Finding(
                    code: "witness-took-back", subject: name.description,
                    message: Bilingual(
                        "The notary cosigner no longer says that it knows more of this log.",
                        "公证联署节点不再声称掌握更多的日志记录。"))),
        ]
    }

    private func finding(_ standing: WitnessStanding) -> Finding {
        let words = standing.words
        var (expected, found): (String?, String?)
        if case .aheadOfUs(let size) = standing {
            (expected, found) = ("\(logSize)", "\(size)")
        }
        return Finding(
            code: "witness-" + standing.code, subject: name.description,
            message: Bilingual(
                "The notary cosigner " + words.english + ".", "公证联署节点" + words.chinese + "。"),
            expected: expected, found: found)
    }

    private func proof(of size: Int64) -> Finding {
        Finding(
            code: "second-history", subject: name.description,
            message: Bilingual(
                "A checkpoint signed with this station's key is no part of its log.",
                "存在由本站密钥签署、但不属于本站日志的检查点。"),
            expected: "\(logSize)", found: "\(size)")
    }
}
