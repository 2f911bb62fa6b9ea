/// Whom a verifier trusts: the logs, the witnesses, and how many of these must have cosigned (C2SP
/// tlog-policy, draft). The one way to say so; made by ``init(parsing:)`` alone.
package struct TrustPolicy: Hashable, Sendable {
    /// A log whose checkpoints are accepted. One origin may have several keys, each on a line.
    package struct Log: Hashable, Sendable {
        /// The name of the key, and the origin of the checkpoints.
        package let origin: String
        /// Nil where the key is of a type that is not checked here (ML-DSA-44).
        package let key: VerifierKey?
        package let url: String?
    }

    package struct Witness: Hashable, Sendable {
        /// What it is called within the policy; its key has a name of its own.
        package let name: PolicyName
        package let key: CosignerKey
        /// Its submission prefix (C2SP tlog-witness).
        package let url: String?
    }

    /// Has witnessed a checkpoint where at least so many of its members have.
    package struct Group: Hashable, Sendable {
        package let name: PolicyName
        /// 1...members.
        package let threshold: Int
        /// Witnesses, and groups that stand before this one.
        package let members: [PolicyName]
    }

    package internal(set) var logs: [Log] = []
    package internal(set) var witnesses: [Witness] = []
    /// In the order of the file: none has a member that stands after it.
    package internal(set) var groups: [Group] = []
    /// The witness or group that must have witnessed; nil for `none`.
    package internal(set) var quorum: PolicyName?

    /// Nobody is trusted, and nobody is asked for.
    package static let none = TrustPolicy()

    init() {}

    /// The most bytes that a policy may have.
    package static let byteLimit = 256 << 10
    /// The most logs, and the most witnesses, and the most groups.
    package static let countLimit = 256

    /// The keys that are accepted for checkpoints of this origin and can be checked here.
    package func keys(ofLog origin: String) -> [VerifierKey] {
        logs.filter { $0.origin.utf8.elementsEqual(origin.utf8) }.compactMap(\.key)
    }

    /// Whether the quorum is met where exactly these witnesses have cosigned.
    package func isQuorumMet(by cosigners: Set<PolicyName>) -> Bool {
        guard let quorum else { return true }
        var witnessed = cosigners.intersection(witnesses.map(\.name))
        for group in groups
        where group.members.count(where: { witnessed.contains($0) }) >= group.threshold {
            witnessed.insert(group.name)
        }
        return witnessed.contains(quorum)
    }
}

/// The name of a witness or a group within a policy: bytes, of which only white space and control
/// characters are excluded. Two spellings that Unicode holds equal are two names.
package struct PolicyName: Hashable, Sendable, CustomStringConvertible {
    package let bytes: [UInt8]

    package init(_ text: String) { bytes = Array(text.utf8) }

    init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

    package var description: String { String(decoding: bytes, as: UTF8.self) }
}
