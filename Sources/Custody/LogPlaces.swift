import Evidence
import TransparencyLog

/// Where the ledger's files lie below the root.
enum LogPlaces {
    static let checkpoint = "log/checkpoint"
    /// A checkpoint that is signed and durable, and not yet shown.
    static let nextCheckpoint = "log/checkpoint.next"
    static let bundles = "log/tile/entries"
    static let records = "vault/records"
    /// A record's header or row that is longer is not one of ours.
    static let recordByteLimit = 256 << 20

    static func tile(_ path: TilePath) -> String { "log/" + path.description }

    static func record(_ digest: SHA256Digest) -> String {
        let hex = digest.hex
        return "\(records)/\(hex.prefix(2))/\(hex)"
    }

    static func parent(of place: String) -> String {
        place.split(separator: "/").dropLast().joined(separator: "/")
    }
}
