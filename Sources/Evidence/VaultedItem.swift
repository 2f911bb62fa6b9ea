/// Content that lies in the vault, durable, read back and under its digest's name.
package struct VaultedItem: Hashable, Sendable {
    package let sha256: SHA256Digest
    package let sm3: SM3Digest
    package let size: Int64
    /// SHA-256 of every 1 MiB block, the last one shorter; empty for an empty file.
    package let blocks: [SHA256Digest]
    /// SHA-256 of the bytes in ``probeRanges(size:)``, one after the other: enough to recognise,
    /// at the next docking, a file that was seen before. Never a proof of anything.
    package let probe: SHA256Digest
    /// The same bytes were there before and were read and compared.
    package let wasThere: Bool
    /// A damaged object of that name was put aside and replaced by this sound copy.
    package let healed: Bool
    /// Ranges of the source that could not be read; zeros stand in their place, and the object
    /// lies under `vault/partial`. Empty for a whole file.
    package let unreadable: [Range<Int64>]

    package init(
        sha256: SHA256Digest, sm3: SM3Digest, size: Int64, blocks: [SHA256Digest],
        probe: SHA256Digest, wasThere: Bool, healed: Bool, unreadable: [Range<Int64>] = []
    ) {
        (self.sha256, self.sm3, self.size, self.blocks) = (sha256, sm3, size, blocks)
        self.probe = probe
        (self.wasThere, self.healed, self.unreadable) = (wasThere, healed, unreadable)
    }

    package var isWhole: Bool { unreadable.isEmpty }

    /// Bytes in a block, by which ranges are verified when read.
    package static let blockSize: Int64 = 1 << 20

    /// The first, middle and last 64 KiB of a file of that size; the whole of a smaller one.
    package static func probeRanges(size: Int64) -> [Range<Int64>] {
        let length: Int64 = 64 << 10
        guard size > 3 * length else { return size == 0 ? [] : [0..<size] }
        let middle = (size - length) / 2
        return [0..<length, middle..<middle + length, size - length..<size]
    }
}
