package import Evidence
package import TransparencyLog

/// All that goes into a bag beside the footage.
package struct BagContent {
    package struct TimeStamps: Sendable {
        /// The checkpoint as it was frozen: the exact bytes that the tokens are over.
        package let checkpoint: [UInt8]
        /// By the imprint's name: `sha256`, `sm3`.
        package let tokens: [String: [UInt8]]
        /// From that checkpoint to the bag's.
        package let consistency: [SHA256Digest]

        package init(
            checkpoint: [UInt8], tokens: [String: [UInt8]], consistency: [SHA256Digest]
        ) {
            (self.checkpoint, self.tokens, self.consistency) = (checkpoint, tokens, consistency)
        }
    }

    /// Copies of what a verifier should have from the notary and from nowhere else.
    package struct TrustCopies: Sendable {
        package let policy: [UInt8]?
        package let authority: [UInt8]?
        /// Lists of certificates that the authority has revoked (RFC 5280), PEM.
        package let revocations: [UInt8]?

        package init(policy: [UInt8]?, authority: [UInt8]?, revocations: [UInt8]? = nil) {
            (self.policy, self.authority) = (policy, authority)
            self.revocations = revocations
        }
    }

    package let station: StationIdentity
    package let made: Timestamp
    /// Leaves out what is not the business of a party to the case.
    package let isForParty: Bool
    /// In their order; every `ingestion` among them is an item whose bytes go along.
    package let leaves: [Int64]
    /// The signed note under which all proofs are.
    package let checkpoint: [UInt8]
    /// What the station's policy says of it; nil where there is no policy.
    package let judgement: CheckpointJudgement?
    package let timeStamps: TimeStamps?
    package let trust: TrustCopies
    /// One leaf as it goes along, and its inclusion proof.
    package let leaf: (Int64) throws -> (BagLeaf, [SHA256Digest])
    /// Lends open descriptors of an item's bytes, one stored copy after the other, until one is taken.
    /// Given the digest and the place in the bag; false where none was taken.
    package let lend: (SHA256Digest, String, (CInt) throws -> Bool) throws -> Bool

    package init(
        station: StationIdentity, made: Timestamp, isForParty: Bool, leaves: [Int64],
        checkpoint: [UInt8], judgement: CheckpointJudgement?, timeStamps: TimeStamps?,
        trust: TrustCopies, leaf: @escaping (Int64) throws -> (BagLeaf, [SHA256Digest]),
        lend: @escaping (SHA256Digest, String, (CInt) throws -> Bool) throws -> Bool
    ) {
        (self.station, self.made, self.isForParty) = (station, made, isForParty)
        (self.leaves, self.checkpoint, self.judgement) = (leaves, checkpoint, judgement)
        (self.timeStamps, self.trust) = (timeStamps, trust)
        (self.leaf, self.lend) = (leaf, lend)
    }
}

/// What was written.
package struct BagSummary: Hashable, Sendable {
    package let items: Int
    package let bytes: Int64
    package let leaves: Int
    package let treeSize: Int64
    /// Whether the station's policy is content with the cosignatures.
    package let isCosigned: Bool
    package let isTimeStamped: Bool

    package var json: JSONValue {
        [
            "items": .integer(Int64(items)), "bytes": .integer(bytes),
            "leaves": .integer(Int64(leaves)), "treeSize": .integer(treeSize),
            "cosigned": .bool(isCosigned), "timeStamped": .bool(isTimeStamped),
        ]
    }
}
