package import Fixity
package import TransparencyLog

/// The keys of one log: those that sign its checkpoints, and those whose signatures still stand.
///
/// All bear the log's name. While the key is being changed the old and the new one both sign every
/// checkpoint, so that whoever knows either can go on; afterwards the new one signs alone, and what
/// the former ones signed is as good as before.
package struct LogKeys: Sendable {
    /// The one that signs, and the one that is to follow it while a change is under way.
    package let signing: [SigningKey]
    /// Public halves: of the signing keys in their order, then of the former ones.
    package let all: [VerifierKey]

    /// The public half of the key that signs.
    package var current: VerifierKey { all[0] }
    /// The public half of the key that is to follow; nil where no change is under way.
    package var next: VerifierKey? { signing.count > 1 ? all[1] : nil }
    /// The keys that sign no more.
    package var former: [VerifierKey] { Array(all.dropFirst(signing.count)) }
    /// Those that a policy must know at least one of.
    package var signers: [VerifierKey] { Array(all.prefix(signing.count)) }

    /// Throws where no key can bear the name.
    package init(
        origin: String, key: SigningKey, next: SigningKey? = nil, former: [VerifierKey] = []
    ) throws(LogFailure) {
        var known = [try VerifierKey(name: origin, of: key)]
        var signing = [key]
        if let next {
            let follower = try VerifierKey(name: origin, of: next)
            if !known.contains(follower) {
                signing.append(next)
                known.append(follower)
            }
        }
        for one in former where !known.contains(one) { known.append(one) }
        (self.signing, all) = (signing, known)
    }
}
