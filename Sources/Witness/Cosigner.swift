package import Fixity
package import TransparencyLog

/// A key that a witness cosigns with, and the name that it does so under. One key serves one name:
/// an Ed25519 cosignature does not bind it (C2SP tlog-cosignature).
package struct Cosigner: Sendable {
    package let key: CosignerKey
    let signingKey: SigningKey

    /// Throws where no key can bear this name.
    package init(name: String, key: SigningKey) throws(LogFailure) {
        self.key = try CosignerKey(name: name, of: key)
        signingKey = key
    }

    func cosign(_ checkpoint: Checkpoint, at time: Int64) throws -> Cosignature {
        try Cosignature(over: checkpoint, as: key.name, with: signingKey, at: time)
    }
}
