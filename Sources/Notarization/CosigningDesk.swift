package import Custody
package import Evidence
package import TransparencyLog

/// A station and all the witnesses of its policy, without sockets and without a clock: one checkpoint
/// at a time is put to all of them, what they answer is put together, and what the policy's quorum
/// has cosigned is told apart from what is only signed.
///
/// Were each witness asked for whatever is newest at its own pace, two of them might go on cosigning
/// different checkpoints for as long as the log grows, and no checkpoint would ever have both. So the
/// newest is put to all in rounds; a witness that is slow or away does not hold up the others for
/// longer than ``WitnessPace/roundWithin``.
package struct CosigningDesk: Sendable {
    package enum Event: Sendable {
        /// `log/checkpoint` as it stands now; at the start and whenever it changes.
        case published(SignedCheckpoint)
        case answered(PolicyName, Int, WitnessAnswer)
        case unanswered(PolicyName, Int)
        case looked(PolicyName, Int, ShownHistory?)
        /// What ``Action/keep(_:meetsQuorum:)`` was about could not be written.
        case notKept(SignedNote)
        case tick
    }

    package enum Action: Hashable, Sendable {
        case ask(PolicyName, WitnessDelegate.Question)
        case look(PolicyName, Int)
        /// For ``CustodyLedger/keep(_:meetsQuorum:)``.
        case keep(SignedNote, meetsQuorum: Bool)
        /// For ``CustodyLedger/hold(_:)``.
        case hold(SigningHold)
        /// For ``CustodyLedger/release()``: no witness has a reason against it any more.
        case release
        case report(Finding)
    }

    package let policy: TrustPolicy
    private var delegates: [WitnessDelegate]
    private let pace: WitnessPace
    private var newest: SignedCheckpoint?
    private var round: (signed: SignedCheckpoint, since: Duration)?
    /// The last checkpoints put to witnesses, with the lines so far; the oldest first.
    private var gathered: [(size: Int64, note: SignedNote)] = []
    private var cosignedSize: Int64
    /// What could not be written, and when it is tried again.
    private var unkept: (note: SignedNote, until: Duration)?
    private var holders: Set<PolicyName> = []
    /// What is held can only be released by people: a second history is proven.
    private var isForPeople: Bool

    /// Rounds whose lines may still come: a slow witness's answer to an older one is not lost.
    private static let roundsKept = 8

    /// - Parameters:
    ///   - cosigned: the bytes of `log/checkpoint.cosigned`; what does not hold under the policy
    ///     counts as nothing, since it can be had again.
    ///   - hold: why nothing is signed since before the start.
    ///   - origin: our log's.
    package init(
        policy: TrustPolicy, origin: String, cosigned: [UInt8]?, hold: SigningHold?,
        pace: WitnessPace = WitnessPace()
    ) {
        (self.policy, self.pace) = (policy, pace)
        isForPeople = hold.map { $0.reason != .claimed && $0.reason != .restored } ?? false
        let judged = cosigned.flatMap { try? policy.judge($0) }
            .flatMap { $0.checkpoint.origin.utf8.elementsEqual(origin.utf8) ? $0 : nil }
        cosignedSize = judged.map { $0.isQuorumMet ? $0.checkpoint.size : -1 } ?? -1
        let keys = policy.witnesses.map(\.key)
        delegates = policy.witnesses.filter { $0.url != nil }.map { witness in
            let word = judged?.witnesses.first { $0.name == witness.name }?.word
            let known = word == nil || word == .absent ? 0 : judged?.checkpoint.size ?? 0
            // After a restore every witness is compared with before anything is signed.
            let isHeld =
                hold?.isRestored == true
                || hold?.reason == .claimed && hold?.witness == witness.name.description
            return WitnessDelegate(
                of: witness, among: keys, known: known, isHeld: isHeld, pace: pace)
        }
        holders = Set(delegates.map(\.name)).filter { name in
            hold?.isRestored == true
                || hold?.reason == .claimed && hold?.witness == name.description
        }
    }

    /// How the station stands with each witness that it can reach, in the policy's order.
    package var standings: [(witness: PolicyName, standing: WitnessStanding)] {
        delegates.map { ($0.name, $0.standing) }
    }

    /// The size of the newest checkpoint that the quorum has cosigned; nil where there is none.
    package var cosigned: Int64? { cosignedSize < 0 ? nil : cosignedSize }

    /// When ``Event/tick`` is due; nil where nothing is to be waited for.
    package var nextTick: Duration? {
        var ticks = delegates.compactMap(\.nextTick)
        if let round, newest?.size ?? 0 > round.signed.size {
            ticks.append(round.since + pace.roundWithin)
        }
        if let unkept { ticks.append(unkept.until) }
        return ticks.min()
    }

    /// - Parameters:
    ///   - now: by a clock that nobody sets.
    ///   - jitter: 0...1, by chance; asked for once for each witness that may have to wait.
    package mutating func take(
        _ event: Event, at now: Duration, jitter: () -> Double
    ) -> [Action] {
        var actions: [Action] = []
        switch event {
        case .published(let signed):
            if signed.size >= newest?.size ?? 0 { newest = signed }
            for place in delegates.indices { delegates[place].note(logSize: signed.size) }
        case .answered(let name, let number, let answer):
            actions = pass(.answered(number, answer), to: name, now, jitter)
        case .unanswered(let name, let number):
            actions = pass(.unanswered(number), to: name, now, jitter)
        case .looked(let name, let number, let history):
            actions = pass(.looked(number, history), to: name, now, jitter)
        case .notKept(let note): unkept = (note, now + pace.longest)
        case .tick:
            for delegate in delegates {
                actions += pass(.tick, to: delegate.name, now, jitter)
            }
            if let late = unkept, late.until <= now {
                unkept = nil
                actions += keep(late.note)
            }
        }
        return actions + beginRound(now, jitter)
    }

    private mutating func beginRound(_ now: Duration, _ jitter: () -> Double) -> [Action] {
        guard let newest, newest.size > round?.signed.size ?? -1 else { return [] }
        if let round {
            let isOver = now - round.since >= pace.roundWithin
            guard isOver || delegates.allSatisfy(\.isSettled) else { return [] }
        }
        round = (newest, now)
        gathered.append((newest.size, newest.note))
        if gathered.count > Self.roundsKept { gathered.removeFirst() }
        return delegates.flatMap { pass(.signed(newest), to: $0.name, now, jitter) }
    }

    private mutating func pass(
        _ event: WitnessDelegate.Event, to name: PolicyName, _ now: Duration,
        _ jitter: () -> Double
    ) -> [Action] {
        guard let place = delegates.firstIndex(where: { $0.name == name }) else { return [] }
        let done = delegates[place].take(event, at: now, jitter: jitter())
        return done.flatMap { action -> [Action] in
            switch action {
            case .ask(let question): [.ask(name, question)]
            case .look(let number): [.look(name, number)]
            case .merge(let lines, let signed): merge(lines, signed)
            case .report(let finding): [.report(finding)]
            case .hold(let reason): hold(by: name, for: reason)
            case .release: release(by: name)
            }
        }
    }

    // MARK: - Lines

    private mutating func merge(
        _ lines: [NoteSignature], _ signed: SignedCheckpoint
    ) -> [Action] {
        let text = signed.note.text
        guard let place = gathered.firstIndex(where: { $0.note.text == text }) else { return [] }
        var note = gathered[place].note
        // One line for each key: a later word of the same witness says less than its first.
        let new = lines.filter { line in
            !note.signatures.contains { $0.keyID == line.keyID && $0.name == line.name }
        }
        guard !new.isEmpty else { return [] }
        for line in new { note.append(line) }
        gathered[place].note = note
        return keep(note)
    }

    private mutating func keep(_ note: SignedNote) -> [Action] {
        guard let judged = try? policy.judge(note) else { return [] }
        let isEnough = judged.isQuorumMet && judged.checkpoint.size >= cosignedSize
        if isEnough { cosignedSize = judged.checkpoint.size }
        return [.keep(note, meetsQuorum: isEnough)]
    }

    // MARK: - Holds

    private mutating func hold(by name: PolicyName, for reason: SigningHold) -> [Action] {
        holders.insert(name)
        if reason.reason != .claimed { isForPeople = true }
        return [.hold(reason)]
    }

    private mutating func release(by name: PolicyName) -> [Action] {
        guard holders.remove(name) != nil, holders.isEmpty, !isForPeople else { return [] }
        return [.release]
    }
}
