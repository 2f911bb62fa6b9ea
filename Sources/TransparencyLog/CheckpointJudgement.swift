import Evidence

/// What a policy says of a signed checkpoint: whose it is, who cosigned it, and whether that is
/// enough. A value: a checkpoint that is not cosigned yet is no error.
package struct CheckpointJudgement: Hashable, Sendable {
    package struct Witness: Hashable, Sendable {
        /// What the policy calls it.
        package let name: PolicyName
        package let key: CosignerKey
        package let word: CosignerWord
    }

    package let checkpoint: Checkpoint
    /// The keys of the log that signed it; at least one.
    package let logKeys: [VerifierKey]
    /// Every witness of the policy, in its order.
    package let witnesses: [Witness]
    /// Whether the witnesses whose cosignatures were checked are enough.
    package let isQuorumMet: Bool
    /// Whether they would be enough together with those that were not checked.
    package let wouldUncheckedMeetQuorum: Bool
    /// Signature lines by nobody the policy knows, or by a log's key that is not checked here: kept
    /// in the note and ignored.
    package let ignoredSignatures: Int
}

extension TrustPolicy {
    /// Judges a signed checkpoint. Whether the quorum is met stands in the answer.
    ///
    /// - Throws: a failure with its line where the text is no checkpoint or a signature by a key
    ///   that the policy names does not hold; `other-log` where the policy has no log of that origin;
    ///   `not-signed-by-this-key` where no key of the log that can be checked signed.
    package func judge(_ note: SignedNote) throws(LogFailure) -> CheckpointJudgement {
        let checkpoint = try Checkpoint(parsing: note.text)
        guard logs.contains(where: { $0.origin.utf8.elementsEqual(checkpoint.origin.utf8) }) else {
            throw LogFailure(.otherLog, line: 1, "the policy has no log of this origin")
        }
        let signers = try note.signers(among: keys(ofLog: checkpoint.origin))
        guard !signers.isEmpty else {
            throw LogFailure(.unsigned, "by no key that the policy has for this log")
        }
        let words = try note.words(of: witnesses.map(\.key))
        let judged = zip(witnesses, words).map {
            CheckpointJudgement.Witness(name: $0.name, key: $0.key, word: $1)
        }
        var checked: Set<PolicyName> = []
        var unchecked: Set<PolicyName> = []
        for witness in judged {
            switch witness.word {
            case .absent: break
            case .notChecked: unchecked.insert(witness.name)
            case .cosigned: checked.insert(witness.name)
            }
        }
        let ignored = note.signatures.count { line in
            !signers.contains { line.isClaimed(by: $0) }
                && !witnesses.contains { $0.key.isClaimed(in: line) }
        }
        return CheckpointJudgement(
            checkpoint: checkpoint, logKeys: signers, witnesses: judged,
            isQuorumMet: isQuorumMet(by: checked),
            wouldUncheckedMeetQuorum: isQuorumMet(by: checked.union(unchecked)),
            ignoredSignatures: ignored)
    }

    /// Judges a signed checkpoint as it stands in a file.
    package func judge(_ note: [UInt8]) throws(LogFailure) -> CheckpointJudgement {
        try judge(SignedNote(parsing: note))
    }
}

extension TlogProof {
    /// Judges the checkpoint under which this entry is in a log of the policy, cosignatures included
    /// (C2SP tlog-proof, steps 2 to 4). Whether the quorum is met stands in the answer.
    ///
    /// - Throws: as ``TrustPolicy/judge(_:)-(SignedNote)``, with the lines of the proof file; and
    ///   `not-included` where the proof does not lead to the root.
    package func judge(
        entry: [UInt8], under policy: TrustPolicy
    ) throws(LogFailure) -> CheckpointJudgement {
        let judgement: CheckpointJudgement
        do { judgement = try policy.judge(checkpoint) } catch {
            // The first line, extra data, the index, the hashes and the empty line.
            throw error.moved(down: (extra == nil ? 3 : 4) + hashes.count)
        }
        let proof = InclusionProof(
            index: index, size: judgement.checkpoint.size, hashes: hashes)
        guard
            proof.verify(
                leafHash: MerkleTree.leafHash(entry), root: judgement.checkpoint.root)
        else { throw LogFailure(.notIncluded) }
        return judgement
    }
}
