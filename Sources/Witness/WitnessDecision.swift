package import Evidence
package import TransparencyLog

/// What came of one request: the answer for the log, and what the witness's own people should hear.
package struct WitnessDecision: Sendable {
    package let answer: WitnessAnswer
    /// The log, where the witness knows it.
    package let origin: String?
    /// What does not agree with what was cosigned before: `fork`, `rollback`, `unproven` or
    /// `not-empty`. Each says where both checkpoints are kept.
    package let findings: [Finding]
    /// Trouble of the witness's own: the disk, its state, its clock.
    package let failure: (any Failure)?

    init(
        _ answer: WitnessAnswer, origin: String? = nil, findings: [Finding] = [],
        failure: (any Failure)? = nil
    ) {
        (self.answer, self.origin) = (answer, origin)
        (self.findings, self.failure) = (findings, failure)
    }
}
