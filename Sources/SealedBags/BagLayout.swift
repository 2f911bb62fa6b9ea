package import Evidence

/// Where things stand in a sealed bag: a BagIt bag (RFC 8493, version 1.0) whose payload is footage
/// and whose tag files are what the custody log says of it. All names are printable ASCII.
package enum BagLayout {
    package static let declaration = "bagit.txt"
    package static let info = "bag-info.txt"
    package static let payload = "data/"
    /// A table: which file of `data/` is which item, under its original names.
    package static let names = "data-names.csv"
    /// The one checkpoint under which all proofs are, with its cosignatures.
    package static let checkpoint = "custody/checkpoint"
    package static let events = "custody/events.csv"
    package static let rows = "custody/rows/"
    package static let stamped = "time/checkpoint"
    /// The proof from ``stamped`` to ``checkpoint``: a hash in base64 a line.
    package static let consistency = "time/consistency"
    package static let policy = "trust/policy"
    package static let authority = "trust/tsa-chain.pem"
    package static let revocations = "trust/tsa-crl.pem"
    package static let guide = "VERIFY.txt"
    package static let certificate = "certificate.html"
    package static let checkPage = "verify.html"
    package static let premis = "custody/premis.xml"

    package static let declarationText = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

    /// The exact bytes of leaf `index`.
    package static func entry(_ index: Int64) -> String { "custody/\(index).entry" }
    /// The exact bytes of its record's header.
    package static func record(_ index: Int64) -> String { "custody/\(index).record" }
    /// The exact bytes of a row that a header names.
    package static func row(_ digest: SHA256Digest) -> String { rows + digest.hex }
    /// Its inclusion proof (C2SP tlog-proof).
    package static func proof(_ index: Int64) -> String { "custody/\(index).tlog-proof" }
    /// A time-stamp token (RFC 3161) over ``stamped``, by `sha256` or `sm3`.
    package static func token(_ imprint: String) -> String { "time/\(imprint).tsr" }

    /// The index that a name of ``entry(_:)``, ``record(_:)`` or ``proof(_:)`` bears.
    static func index(of place: String, _ suffix: String) -> Int64? {
        guard place.hasPrefix("custody/"), place.hasSuffix(suffix) else { return nil }
        let digits = place.dropFirst("custody/".count).dropLast(suffix.count)
        guard let index = Int64(digits), index >= 0, String(index) == digits else { return nil }
        return index
    }

    /// Where the bytes of an item stand: its name, and as much of its original name as every file
    /// system and every shell can bear.
    package static func data(_ item: LedgerName, path: RecorderPath) -> String {
        let kept = path.name.map { byte -> Character in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f:
                Character(Unicode.Scalar(byte))
            default: "_"
            }
        }
        // The end is kept, for the extension stands there.
        return payload + "\(item)_" + String(kept.suffix(100))
    }

    /// The most bytes that are read of a text of the bag: a manifest, a table, a leaf's row.
    static let textLimit = 256 << 20
}
