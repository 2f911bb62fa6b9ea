package import Custody
package import Evidence
package import TransparencyLog

/// What a stick brought back from a notary, verified against our log and our policy. A value: nothing
/// is written before ``apply(to:)``.
package struct StickAnswer: Sendable {
    /// The checkpoint that was asked about.
    package let signed: SignedCheckpoint
    /// It with every line so far; nil where the witness did not cosign.
    package let note: SignedNote?
    package let judgement: CheckpointJudgement?
    /// The size at which the witness is, where it cosigned nothing for that: the next request has a
    /// proof from there.
    package let conflict: Int64?
    /// Why nothing may be signed from now on.
    package let hold: SigningHold?
    package let findings: [Finding]
    /// Time-stamp tokens as they came, by the name of their imprint: unverified.
    package let tokens: [String: [UInt8]]

    /// Reads a folder by the names that it must have. Nothing is taken that does not hold.
    ///
    /// - Parameters:
    ///   - read: the bytes of a file of the folder of at most so many bytes; nil where there is none.
    ///   - keys: of our log.
    /// - Throws: ``NotarizationFailure`` where the folder is no answer, or one to another log's
    ///   question; ``LogFailure`` with its line where a text does not hold.
    package init(
        policy: TrustPolicy, keys: [VerifierKey], reader: LedgerReader,
        read: (_ place: String, _ limit: Int) throws -> [UInt8]?
    ) throws {
        guard let asked = try read(StickExchange.checkpoint, SignedNote.byteLimit),
            let file = try read(StickExchange.answer, WitnessAnswer.fileByteLimit)
        else { throw NotarizationFailure(.noAnswer) }
        signed = try SignedCheckpoint(asked, by: keys)
        let size = try reader.size()
        let answer = try WitnessAnswer(file: file)
        let shown = try ShownHistory.compare(
            try read(StickExchange.newest, SignedNote.byteLimit), keys: keys, size: size,
            root: reader.root(ofSize:))
        var findings: [Finding] = []
        var hold = Self.hold(shown, ownSize: size)
        // What was asked may itself be from a store that since was put back.
        switch try ShownHistory.compare(asked, keys: keys, size: size, root: reader.root(ofSize:)) {
        case .ours: break
        case let other: hold = hold ?? Self.hold(other, ownSize: size)
        }
        if let hold { findings.append(Self.proven(hold)) }

        var (note, judgement): (SignedNote?, CheckpointJudgement?) = (nil, nil)
        var conflict: Int64?
        switch answer {
        case .cosigned(let lines) where hold == nil:
            let known = try reader.requestedNote(signed.size).flatMap {
                try? SignedNote(parsing: $0)
            }
            var merged = known?.text == signed.note.text ? known ?? signed.note : signed.note
            let found = try Self.verified(lines, below: signed.note, policy)
            for line in found
            where !merged.signatures.contains(where: {
                $0.keyID == line.keyID && $0.name == line.name
            }) {
                merged.append(line)
            }
            (note, judgement) = (merged, try policy.judge(merged))
        case .cosigned: break
        case .conflict(let told):
            // Anybody can write a number into a file: more than we have is only believed where `newest`
            // shows it under our own signature.
            conflict = told <= size ? told : nil
            findings.append(Self.refused(answer))
        default: findings.append(Self.refused(answer))
        }
        (self.note, self.judgement, self.conflict) = (note, judgement, conflict)
        (self.hold, self.findings) = (hold, findings)
        var tokens: [String: [UInt8]] = [:]
        for name in StickExchange.stamps {
            tokens[name] = try read(StickExchange.token(name), StickExchange.stampByteLimit)
        }
        self.tokens = tokens
    }

    /// Durable when it returns: the lines, where there are any; the hold; the size that the next
    /// request must have a proof from. To do it again does no harm.
    package func apply(to ledger: CustodyLedger) async throws {
        if let hold { try await ledger.hold(hold) }
        if let note, let judgement {
            try await ledger.keep(note, meetsQuorum: judgement.isQuorumMet)
            // Smaller ones are answered with it: the witness is past them.
            if judgement.isQuorumMet { try await ledger.forgetRequested(below: signed.size) }
        }
        if let conflict { try await ledger.noteElsewhere(conflict) }
    }

    /// One line for each key of the policy, all verified (see ``CosignatureLines``).
    private static func verified(
        _ lines: [NoteSignature], below note: SignedNote, _ policy: TrustPolicy
    ) throws -> [NoteSignature] {
        let keys = policy.witnesses.map(\.key)
        for key in keys {
            if let found = CosignatureLines(lines, below: note, by: key, among: keys) {
                return found.lines
            }
        }
        throw NotarizationFailure(.notOurWitness)
    }

    private static func hold(_ shown: ShownHistory, ownSize: Int64) -> SigningHold? {
        switch shown {
        case .nothing, .ours: nil
        case .longer(let size, let note), .fork(let size, let note):
            SigningHold(
                .proven, witness: "", claimedSize: size, ownSize: ownSize, evidence: note)
        }
    }

    private static func proven(_ hold: SigningHold) -> Finding {
        Finding(
            code: "second-history", subject: StickExchange.newest,
            message: Bilingual(
                "A checkpoint signed with this station's key is no part of its log.",
                "存在由本站密钥签署、但不属于本站日志的检查点。"),
            expected: "\(hold.ownSize)", found: "\(hold.claimedSize)")
    }

    private static func refused(_ answer: WitnessAnswer) -> Finding {
        var found: String
        switch answer {
        case .conflict(let size): found = "\(size)"
        case .malformed(let words), .forbidden(let words), .inconsistent(let words),
            .unavailable(let words):
            found = words
        default: found = ""
        }
        if found.isEmpty { found = "\(answer.status)" }
        return Finding(
            code: "witness-answered-\(answer.status)", subject: StickExchange.answer,
            message: Bilingual(
                "The notary cosigner has not cosigned.", "公证联署节点未予联署。"), found: found)
    }
}
