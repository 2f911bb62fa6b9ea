package import Evidence
import Fixity
import TransparencyLog

/// SM3 over all entries from the first on, as their bundles lie on the disk one after the other: what
/// `cat log/tile/entries/… | head -c BYTES | openssl dgst -sm3` gives. Should SHA-256 ever be broken,
/// an anchor that was time-stamped before still says what the entries were.
///
/// It remembers the full bundles that it has read, so that the next anchor reads only what came since.
package struct EntryAnchor: Sendable {
    private var whole = SM3State()
    private var bundles: Int64 = 0

    package init() {}

    /// - Parameter size: entries; at least as many as at the last call.
    /// - Throws: `no-such-leaf` where the published log is smaller; `log-damaged`.
    package mutating func digest(
        ofFirst size: Int64, _ reader: LedgerReader
    ) throws -> (sm3: SM3Digest, bytes: Int64) {
        let published = try reader.size()
        guard size <= published, size >= bundles * 256 else { throw CustodyFailure(.noSuchLeaf) }
        while (bundles + 1) * 256 <= size {
            guard let path = TilePath(.entries, index: bundles) else { break }
            whole.update(try reader.tileBytes(path))
            bundles += 1
        }
        var all = whole
        if size > bundles * 256,
            let path = TilePath(.entries, index: bundles, width: Int(size - bundles * 256))
        {
            // A partial bundle is the beginning of the full one.
            let entries = try reader.bundle(bundles, size: published).prefix(path.width)
            all.update(try EntryBundle.encode(Array(entries)))
        }
        return (all.finalize(), all.count)
    }
}
