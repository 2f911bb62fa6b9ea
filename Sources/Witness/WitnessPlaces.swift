import Evidence
import Fixity

/// Where one log stands below the witness's root.
struct WitnessPlaces {
    static let staging = "staging"

    /// SHA-256 of the origin in lower-case hexadecimal digits, as in the witness's public address of
    /// its newest checkpoint (C2SP tlog-witness).
    let hash: String

    init(origin: String) { hash = SHA256Digest.of(Array(origin.utf8)).hex }

    /// Nil where the text is no such hash.
    init?(hash: String) {
        guard let digest = SHA256Digest(hex: hash), digest.hex.utf8.elementsEqual(hash.utf8) else {
            return nil
        }
        self.hash = hash
    }

    var folder: String { "origins/" + hash }
    /// The newest cosigned checkpoint.
    var checkpoint: String { folder + "/checkpoint" }
    /// The origin in words: that the log was taken on.
    var mark: String { folder + "/origin" }
    var forks: String { "forks/" + hash }
}
