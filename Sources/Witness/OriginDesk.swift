import DurableFiles
import Evidence
import Fixity
import Synchronization
import TransparencyLog

/// One log's place at the witness: one request at a time, and each step is durable before its answer
/// is known to anybody.
final class OriginDesk: Sendable {
    private struct Turn {
        /// Whether the file may hold what no sync confirmed: at the start, when a killed run may have
        /// left it so, and after a failed replacement.
        var isUnsettled = true
    }

    let origin: String
    let keys: [VerifierKey]
    private let root: DurableRoot
    private let cosigners: [Cosigner]
    private let clock: @Sendable () -> Int64
    private let places: WitnessPlaces
    private let turn = Mutex(Turn())

    /// How far the clock may be set back between two cosignatures of one log, in seconds; it then
    /// says the earlier time again.
    static let clockTolerance: Int64 = 10

    init(
        origin: String, keys: [VerifierKey], root: DurableRoot, cosigners: [Cosigner],
        clock: @escaping @Sendable () -> Int64
    ) {
        (self.origin, self.keys, self.root) = (origin, keys, root)
        (self.cosigners, self.clock) = (cosigners, clock)
        places = WitnessPlaces(origin: origin)
    }

    /// The log is known to this root, durably, when it returns; once and for all. Its file of what was
    /// cosigned stands before the mark that it was taken on, so that a kill between the two is
    /// healed here, and a file lost later is noticed.
    func takeOn() throws {
        guard try !root.exists(places.mark) else {
            guard try root.exists(places.checkpoint) else {
                throw WitnessFailure(.stateMissing, places.checkpoint)
            }
            return
        }
        try root.makeDirectory(places.folder)
        if try !root.exists(places.checkpoint) {
            try root.replace(CosignedState.nothingYet, at: places.checkpoint)
        }
        try root.publish(Array((origin + "\n").utf8), at: places.mark)
    }

    /// The newest cosigned checkpoint; nil where there is none.
    func newest() throws -> [UInt8]? {
        try turn.withLock { turn in
            let state = try read(&turn)
            return state.checkpoint == nil ? nil : state.bytes
        }
    }

    /// - Parameter withheld: why nothing is cosigned now, in words for the log; nil where it may be.
    ///   What does not agree is refused and kept all the same.
    func decide(_ request: WitnessRequest, withheld: String? = nil) -> WitnessDecision {
        do throws(LogFailure) {
            guard try !request.note.signers(among: keys).isEmpty else {
                return decision(.forbidden("not signed by a key of this log"))
            }
        } catch {
            return decision(.forbidden(LogWitness.words(error, below: request.linesBefore)))
        }
        guard request.oldSize <= request.checkpoint.size else {
            return decision(.malformed("line 1: larger than the checkpoint"))
        }
        // Check and persisting are one step (C2SP tlog-witness): nobody else reads what is held
        // until what follows from it is durable.
        return turn.withLock { turn in
            do { return try step(request, &turn, withheld) } catch {
                return decision(
                    .unavailable("nothing was cosigned: trouble of the witness's own"),
                    failure: error as? any Failure)
            }
        }
    }

    private func step(
        _ request: WitnessRequest, _ turn: inout Turn, _ withheld: String?
    ) throws -> WitnessDecision {
        let held = try read(&turn)
        let offered = request.checkpoint
        if request.oldSize != held.size {
            return keep(kindAgainst(held, offered), request, held, answer: .conflict(held.size))
        }
        if offered.size == 0, offered.root != MerkleTree.emptyRoot {
            return keep(
                .notEmpty, request, held,
                answer: .inconsistent("the root of a tree without entries is another"))
        }
        let proof = ConsistencyProof(
            oldSize: held.size, newSize: offered.size, hashes: request.hashes)
        guard
            proof.verify(
                oldRoot: held.checkpoint?.root ?? MerkleTree.emptyRoot, newRoot: offered.root)
        else {
            let isSame = held.size == offered.size && held.checkpoint?.root == offered.root
            // From nothing, or to the same, only a proof that is none can be wrong.
            let kind: ForkShelf.Kind? =
                isSame || held.size == 0 ? nil : held.size == offered.size ? .fork : .unproven
            return keep(
                kind, request, held,
                answer: .inconsistent("not shown to extend what was cosigned"))
        }
        if let withheld { return decision(.unavailable(withheld)) }
        return try cosign(request, over: held, &turn)
    }

    /// Where sizes differ from what the log expects, two checkpoints may still contradict each other.
    private func kindAgainst(_ held: CosignedState, _ offered: Checkpoint) -> ForkShelf.Kind? {
        guard let known = held.checkpoint else { return nil }
        if offered.size == known.size { return offered.root == known.root ? nil : .fork }
        return offered.size < known.size ? .rollback : nil
    }

    private func cosign(
        _ request: WitnessRequest, over held: CosignedState, _ turn: inout Turn
    ) throws -> WitnessDecision {
        let now = clock()
        guard now >= held.time - Self.clockTolerance else {
            throw WitnessFailure(.clockBehind, "\(now) < \(held.time)")
        }
        // A later word must not bear an earlier time: it would contradict the first one.
        let time = max(now, held.time)
        let lines = try cosigners.map { try $0.cosign(request.checkpoint, at: time).line }
        turn.isUnsettled = true
        try root.replace(logsNote(request) + lines.flatMap(\.text), at: places.checkpoint)
        turn.isUnsettled = false
        return decision(.cosigned(lines))
    }

    /// The offered checkpoint with the signatures that were verified, each once; what others put
    /// below it is left out.
    private func logsNote(_ request: WitnessRequest) -> [UInt8] {
        var lines: [[UInt8]] = []
        for line in request.note.signatures where keys.contains(where: { $0.isClaimed(in: line) }) {
            if !lines.contains(line.text) { lines.append(line.text) }
        }
        return request.note.text + [0x0a] + lines.flatMap { $0 }
    }

    private func read(_ turn: inout Turn) throws -> CosignedState {
        if turn.isUnsettled {
            do { try root.settle(places.checkpoint) } catch let failure as DurableFileFailure
                where failure.code == "missing"
            {
                throw WitnessFailure(.stateMissing, places.checkpoint)
            }
            turn.isUnsettled = false
        }
        return try CosignedState(
            at: places.checkpoint, in: root, origin: origin, logKeys: keys,
            cosigners: cosigners.map(\.key))
    }

    // MARK: - What does not agree

    /// Both checkpoints are durable before the refusal is known; where the disk fails the refusal
    /// stands, and the failure is told.
    private func keep(
        _ kind: ForkShelf.Kind?, _ request: WitnessRequest, _ held: CosignedState,
        answer: WitnessAnswer
    ) -> WitnessDecision {
        guard let kind else { return decision(answer) }
        let offered = request.checkpoint
        var place: String?
        var failure: (any Failure)?
        do {
            place = try ForkShelf(root: root, place: places.forks).keep(
                kind, offered: (logsNote(request), offered), held: held)
        } catch { failure = error as? any Failure }
        let finding = Finding(
            code: kind.rawValue, subject: place ?? places.forks,
            message: Bilingual(
                "A checkpoint of this log does not agree with the one cosigned before",
                "该存证日志的检查点与此前联署的检查点不一致"),
            expected: held.checkpoint.map { "\($0.size) \($0.root.hex)" },
            found: "\(offered.size) \(offered.root.hex)")
        return decision(answer, findings: [finding], failure: failure)
    }

    private func decision(
        _ answer: WitnessAnswer, findings: [Finding] = [], failure: (any Failure)? = nil
    ) -> WitnessDecision {
        WitnessDecision(answer, origin: origin, findings: findings, failure: failure)
    }
}
