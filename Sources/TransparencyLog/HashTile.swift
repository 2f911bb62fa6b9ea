package import Evidence
import Fixity

/// A tile of hashes: 1 to 256 of 32 bytes each, one after the other (C2SP tlog-tiles).
package enum HashTile {
    /// Bytes of one hash.
    package static let hashWidth = 32

    /// The bytes of a tile.
    package static func encode(_ hashes: some Collection<SHA256Digest>) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: hashes.count * hashWidth) { buffer, count in
            // Filled completely below: 32 bytes for each hash.
            for (place, hash) in hashes.enumerated() {
                hash.store(into: UnsafeMutableRawBufferPointer(buffer), at: place * hashWidth)
            }
            count = hashes.count * hashWidth
        }
    }

    /// The hashes of a tile that has exactly `width` of them.
    package static func parse(
        _ bytes: [UInt8], width: Int
    ) throws(LogFailure) -> [SHA256Digest] {
        guard bytes.count == width * hashWidth else {
            throw LogFailure(
                .malformedTile, "\(bytes.count) bytes where \(width * hashWidth) belong")
        }
        return bytes.withUnsafeBytes { raw in
            (0..<width).map { SHA256Digest(at: $0 * hashWidth, of: raw) }
        }
    }
}
