import Evidence
import TransparencyLog

/// Where the ledger's files lie below the root.
enum LogPlaces {
    static let checkpoint = "log/checkpoint"
    static let records = "vault/records"

    static func tile(_ path: TilePath) -> String { "log/" + path.description }

    static func record(_ digest: SHA256Digest) -> String {
        let hex = digest.hex
        return "\(records)/\(hex.prefix(2))/\(hex)"
    }

    static func parent(of place: String) -> String {
        place.split(separator: "/").dropLast().joined(separator: "/")
    }
}
