import Evidence
import TransparencyLog

/// Where the ledger's files lie below the root.
enum LogPlaces {
    static let checkpoint = "log/checkpoint"
    /// Where roots of format 1 made by earlier programs have a checkpoint that was signed and not
    /// yet shown: the signer's memory does that work now. Read at a start, then removed.
    static let nextCheckpoint = "log/checkpoint.next"
    /// The newest checkpoint that a quorum of witnesses has cosigned.
    static let cosigned = "log/checkpoint.cosigned"
    /// For each size that was carried to a notary on a stick, the checkpoint that was.
    static let requested = "log/requested"
    /// Checkpoints frozen for time stamps, with their tokens.
    static let stamped = "log/stamped"
    /// What may stand beside a frozen checkpoint: queries and tokens (RFC 3161), by imprint.
    static let stampNames = ["sha256.tsq", "sm3.tsq", "sha256.tsr", "sm3.tsr"]
    static let stampByteLimit = 64 << 10
    static let bundles = "log/tile/entries"
    static let records = "vault/records"
    /// A record's header or row that is longer is not one of ours.
    static let recordByteLimit = 256 << 20

    static func tile(_ path: TilePath) -> String { "log/" + path.description }

    static func record(_ digest: SHA256Digest) -> String {
        let hex = digest.hex
        return "\(records)/\(hex.prefix(2))/\(hex)"
    }

    /// Where an erased row was: the digest of the row of the `erasure` that says what is left of
    /// it.
    static func erased(_ digest: SHA256Digest) -> String { record(digest) + ".erased" }

    static func parent(of place: String) -> String {
        place.split(separator: "/").dropLast().joined(separator: "/")
    }

    static func requested(_ size: Int64) -> String { "\(requested)/\(size)" }

    static func stamped(_ size: Int64) -> String { "\(stamped)/\(size)" }

    /// The sizes that names in `log/requested` or `log/stamped` stand for, smallest first; other
    /// names are nobody's.
    static func requestedSizes(_ names: [String]) -> [Int64] {
        names.compactMap { name in Int64(name).flatMap { String($0) == name ? $0 : nil } }
            .filter { $0 >= 0 }.sorted()
    }
}
