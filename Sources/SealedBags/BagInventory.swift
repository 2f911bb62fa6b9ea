package import DurableFiles
package import Evidence

/// What an earlier bag holds, for one that is made of it anew. Nothing of it is believed: the entries
/// come from the log, and the footage is digested once more.
package struct BagInventory: Sendable {
    package let leaves: [Int64]
    package let rows: Set<SHA256Digest>
    package let isForParty: Bool
    /// The last entry that is an `ingestion`; 0 where there is none.
    package let lastIngestion: Int64
    private let folder: ForeignFolder

    /// - Throws: `not-a-sealed-bag`; what the medium says.
    package init(_ folder: ForeignFolder) throws {
        self.folder = folder
        guard BagVerifier.isBag(folder) else { throw BagFailure(.notABag) }
        let places = try folder.list().files.keys
        let leaves = places.compactMap { BagLayout.index(of: $0, ".entry") }.sorted()
        guard !leaves.isEmpty else { throw BagFailure(.notABag) }
        self.leaves = leaves
        rows = Set(
            places.filter { $0.hasPrefix(BagLayout.rows) }
                .compactMap { SHA256Digest(hex: String($0.dropFirst(BagLayout.rows.count))) })
        let info = try folder.read(BagLayout.info, limit: 1 << 20) ?? []
        isForParty = String(decoding: info, as: UTF8.self).split(separator: "\n")
            .contains("Custody-Receiver: party")
        lastIngestion =
            try leaves.last { index in
                guard
                    let entry = try folder.read(
                        BagLayout.entry(index), limit: Leaf.byteLimit)
                else { return false }
                return (try? Leaf(entry: entry))?.event == .ingestion
            } ?? 0
    }

    /// Whether the bag has just these bytes as that entry; true for an entry that it has not.
    package func isSame(_ entry: [UInt8], as index: Int64) throws -> Bool {
        guard let own = try folder.read(BagLayout.entry(index), limit: 64 << 10) else {
            return true
        }
        return own == entry
    }
}
