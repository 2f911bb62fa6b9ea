import Custody
import DurableFiles
package import Evidence
import TransparencyLog
import Vault

/// What was carried from one root to another, and what could not be.
package struct CarryReport: Sendable {
    package internal(set) var treeSize: Int64 = 0
    package internal(set) var records: Int64 = 0
    package internal(set) var objects: Int64 = 0
    package internal(set) var bytes: Int64 = 0
    /// Headers and rows that are lost.
    package internal(set) var missingRecords: Int64 = 0
    /// Items whose bytes are not there, and partial copies by their leaf.
    package internal(set) var lostItems: [String] = []

    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "treeSize": .integer(treeSize), "records": .integer(records),
            "objects": .integer(objects), "bytes": .integer(bytes),
            "missingRecords": .integer(missingRecords),
        ]
        members.set("lostItems", lostItems)
        return .object(members)
    }
}

/// Carries what a ledger's entries commit to from one root to another: records and footage, each
/// verified by its digest. The entries themselves are a mirror's work.
struct LedgerCarrier {
    let snapshot: LedgerSnapshot
    let vault: VaultReader
    let target: DurableRoot

    /// Leaves whose records get their names together.
    private static let group: Int64 = 64

    func run(from start: Int64) throws -> CarryReport {
        var report = CarryReport()
        report.treeSize = snapshot.checkpoint.size
        var files: [(String, [UInt8])] = []
        var lost: [(name: String, digest: SHA256Digest)] = []
        var deleted: Set<SHA256Digest> = []
        var marks: [(place: String, bytes: [UInt8])] = []
        var erasures: Set<SHA256Digest> = []
        for index in start..<max(start, snapshot.checkpoint.size) {
            try Task.checkCancellation()
            let (leaf, found, erased, missing) = try snapshot.objects(index)
            report.missingRecords += Int64(missing)
            marks += erased
            if leaf.event == .erasure { erasures.formUnion(found.map(\.digest)) }
            for (digest, bytes) in found {
                let place = LedgerSnapshot.place(ofObject: digest)
                guard try !target.exists(place) else { continue }
                files.append((place, bytes))
                report.records += 1
            }
            if index % Self.group == Self.group - 1 { try put(&files) }
            deleted.formUnion(Footage.deleted(by: leaf, rows: found.map(\.bytes)))
            for (name, digest) in Footage.digests(of: leaf, index, rows: found.map(\.bytes)) {
                switch try vault.carry(digest, to: target) {
                case .wasThere: break
                case .copied(let bytes):
                    report.objects += 1
                    report.bytes += bytes
                case .lost: lost.append((name, digest))
                }
            }
        }
        for (place, mark) in marks {
            // Only what an erasure below this checkpoint says is no loss.
            let by = SHA256Digest(hex: String(decoding: mark, as: UTF8.self))
            if let by, erasures.contains(by) {
                if try !target.exists(place) { files.append((place, mark)) }
            } else {
                report.missingRecords += 1
            }
        }
        try put(&files)
        report.lostItems = lost.filter { !deleted.contains($0.digest) }.map(\.name)
        return report
    }

    private func put(_ files: inout [(String, [UInt8])]) throws {
        guard !files.isEmpty else { return }
        try target.publishGroup(files)
        files = []
    }
}

/// Which footage an entry put into the vault, or took out of it.
enum Footage {
    /// Contents that are gone on purpose.
    static func deleted(by leaf: Leaf, rows: [[UInt8]]) -> [SHA256Digest] {
        guard leaf.event == .deletion else { return [] }
        return rows.compactMap { bytes in
            (try? JSONReader.value(of: bytes)).flatMap { try? RecordRow(json: $0) }
                .flatMap { try? DeletionRow($0) }?.sha256
        }
    }

    /// - Returns: the item, or the leaf of a partial copy, with the digest of its bytes.
    static func digests(
        of leaf: Leaf, _ index: Int64, rows: [[UInt8]]
    ) -> [(name: String, digest: SHA256Digest)] {
        guard leaf.event == .ingestion || leaf.event == .quarantine else { return [] }
        let name = LedgerName(station: leaf.station, leaf: index).description
        let stated = rows.compactMap { bytes -> SHA256Digest? in
            guard let row = (try? JSONReader.value(of: bytes)).flatMap({ try? RecordRow(json: $0) })
            else { return nil }
            // An item that needs a look has its bytes by its ingestion.
            guard row.kind == FileRow.kind || row.members["item"] == nil else { return nil }
            guard [FileRow.kind, QuarantineRow.kind].contains(row.kind) else { return nil }
            return row.members["sha256"]?.stringValue.flatMap { SHA256Digest(hex: $0) }
        }
        let all =
            stated.isEmpty && leaf.event == .ingestion ? [leaf.sha256].compactMap { $0 } : stated
        return all.map { (name, $0) }
    }
}
