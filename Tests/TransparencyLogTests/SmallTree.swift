import Evidence
import EvidenceTestKit
import Fixity
import TransparencyLog

/// A tree of made-up entries, computed as RFC 6962 section 2.1 spells it, with none of our maths.
struct SmallTree {
    let leaves: [SHA256Digest]

    init(_ count: Int) {
        leaves = (0..<count).map { SHA256Digest.of([0] + Array("entry \($0)".utf8)) }
    }

    /// MTH(D[lower:upper]).
    func root(_ lower: Int, _ upper: Int) -> SHA256Digest {
        switch upper - lower {
        case 0: return SHA256Digest.of([UInt8]())
        case 1: return leaves[lower]
        case let count:
            var split = 1
            while split * 2 < count { split *= 2 }
            return SHA256Digest.of(
                [1] + root(lower, lower + split).bytes + root(lower + split, upper).bytes)
        }
    }

    /// The hash of a complete subtree.
    func subtree(_ level: Int, _ index: Int64) -> SHA256Digest {
        root(Int(index) << level, Int(index + 1) << level)
    }
}

/// Any one bit of a digest turned over.
func spoiled(_ digest: SHA256Digest, bit: Int) -> SHA256Digest {
    var bytes = digest.bytes
    bytes[bit / 8 % 32] ^= 1 << (bit % 8)
    return SHA256Digest(bytes: bytes)!
}

/// The tiles of a log that only ever grew, as they stand on its disk: partial ones stay.
final class TileShelf {
    var files: [TilePath: [UInt8]] = [:]

    struct Missing: Error {}

    func read(_ path: TilePath) throws -> [UInt8] {
        guard let bytes = files[path] else { throw Missing() }
        return bytes
    }

    func put(_ tiles: [(path: TilePath, bytes: [UInt8])]) {
        for tile in tiles { files[tile.path] = tile.bytes }
    }
}
