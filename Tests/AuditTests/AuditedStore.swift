import Audit
import Custody
import DurableFiles
import Evidence
import EvidenceTestKit
import Fixity
import Foundation
import Glibc
import TransparencyLog

/// A sound root with some footage, made by the ledger itself; and ways to spoil it.
final class AuditedStore {
    let directory = TemporaryDirectory()
    let station = StationIdentity(
        name: "Test", code: "T1", court: nil, origin: "station.example/t1",
        created: Timestamp(milliseconds: 0))
    let key = SigningKey.generate()
    private(set) var items: [(item: String, sha256: SHA256Digest, size: Int64)] = []
    var hasIndex = true
    private let ledger: CustodyLedger

    init(leaves: Int = 300) async throws {
        let path = directory.path
        for place in [
            "staging", "vault/records", "vault/footage", "vault/partial", "vault/damaged",
        ] {
            try FileManager.default.createDirectory(
                atPath: path + "/" + place, withIntermediateDirectories: true)
        }
        try FileManager.default.createDirectory(
            atPath: path + "/log", withIntermediateDirectories: true)
        directory.write(try JSONWriter.canonical(station.json), at: "station.json")
        let root = try DurableRoot(path: path)
        try CustodyLedger.initialise(root: root, station: station, key: key)
        ledger = try CustodyLedger.open(
            root: root, station: station,
            keys: LogKeys(origin: station.origin, key: key),
            settings: CustodySettings(integrateEvery: .zero, publishEvery: .zero),
            now: { Timestamp(milliseconds: 1_790_000_000_000) }, uptime: { .zero })
        guard leaves > 0 else { return }
        try await take(footage(100, seed: 1))
        try await take(footage(3 << 20 | 17, seed: 2))
        try await take([])
        let rest = (3..<leaves).map { _ in
            NewCustodyEvent(
                kind: .annotation, time: Timestamp(milliseconds: 0),
                rows: [RecordRow(kind: "note", members: ["text": "none"])])
        }
        try await ledger.enter(rest)
    }

    var path: String { directory.path }

    func enter(_ event: NewCustodyEvent) async throws { try await ledger.enter([event]) }

    /// Puts content into the vault and its `ingestion` into the ledger; `spoil` may change the rows.
    func take(
        _ bytes: [UInt8], spoil: (inout FileRow, inout [SHA256Digest]) -> Void = { _, _ in }
    ) async throws {
        var blocks = stride(from: 0, to: bytes.count, by: 1 << 20).map {
            SHA256Digest.of(Array(bytes[$0..<min($0 + 1 << 20, bytes.count)]))
        }
        let sha256 = SHA256Digest.of(bytes)
        let file = FootageFile(
            path: RecorderPath("DCIM/\(items.count).mp4"), size: Int64(bytes.count),
            modified: FileTime(seconds: 0, nanoseconds: 0), role: .video, claims: NameClaims())
        var row = FileRow(
            item: nil, visit: "T1-0", recorder: nil, officer: nil, zone: "+08:00", file: file,
            sha256: sha256, sm3: SM3Digest.of(bytes),
            blocks: SHA256Digest.of(blocks.flatMap(\.bytes)), probe: sha256, isNewName: true)
        spoil(&row, &blocks)
        directory.write(bytes, at: Self.place(sha256))
        let receipt = try await ledger.enter([
            NewCustodyEvent(
                kind: .ingestion, time: Timestamp(milliseconds: 0), sha256: sha256,
                sm3: SM3Digest.of(bytes), size: Int64(bytes.count),
                rows: [row.row] + (blocks.count > 1 ? [BlocksRow(digests: blocks).row] : []))
        ])
        items.append(("T1-\(receipt[0].index)", sha256, Int64(bytes.count)))
    }

    func forget() { items.removeLast() }

    func invent() { items.append(("T1-2999", .ofNothing, 0)) }

    func alter() { items[0].size += 1 }

    static func place(_ sha256: SHA256Digest) -> String {
        "vault/footage/\(sha256.hex.prefix(2))/\(sha256.hex)"
    }

    func audit(
        quick: Bool = false, key: SigningKey? = nil
    ) throws -> (codes: [String], findings: [Finding], summary: AuditSummary) {
        var findings: [Finding] = []
        let vkey = try VerifierKey(name: station.origin, of: key ?? self.key).description
        let auditor = Auditor(root: path, volumes: [], copies: nil, vkeys: [vkey]) {
            findings.append($0)
        }
        let items = items
        let summary = auditor.run(
            isQuick: quick,
            index: hasIndex
                ? { body in for one in items { try body(one.item, one.sha256, one.size) } } : nil)
        return (findings.map(\.code), findings, summary)
    }

    // MARK: - Damage

    func read(_ place: String) -> [UInt8] {
        [UInt8](FileManager.default.contents(atPath: path + "/" + place) ?? Data())
    }

    func write(_ bytes: [UInt8], at place: String) {
        chmod(path + "/" + place, 0o644)
        directory.write(bytes, at: place)
    }

    func flip(_ place: String, at offset: Int = 5) {
        var bytes = read(place)
        bytes[offset] ^= 1
        write(bytes, at: place)
    }

    func cut(_ place: String, by count: Int = 1) { write(read(place).dropLast(count), at: place) }

    func remove(_ place: String) { try? FileManager.default.removeItem(atPath: path + "/" + place) }

    /// The header of a leaf's record, and its first row.
    func record(ofLeaf index: Int64) throws -> (header: String, row: String) {
        let leaf = try Leaf(entry: LedgerReader(rootPath: path).entry(index))
        func place(_ digest: SHA256Digest) -> String {
            "vault/records/\(digest.hex.prefix(2))/\(digest.hex)"
        }
        let header = place(leaf.record ?? .ofNothing)
        let rows = try RecordHeader(json: JSONReader.value(of: read(header))).rows
        return (header, place(rows[0]))
    }
}

/// Bytes that differ everywhere, the same for the same seed.
func footage(_ size: Int, seed: UInt64) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    return (0..<size).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
}
