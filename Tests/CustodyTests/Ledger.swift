import Custody
import DurableFiles
import Evidence
import EvidenceTestKit
import Fixity
import Foundation
import Synchronization
import TransparencyLog

/// A ledger of a test's own, with a clock that the test sets.
final class LedgerStore: Sendable {
    let directory = TemporaryDirectory()
    let station = StationIdentity(
        name: "Test", code: "T1", court: nil, origin: "station.example/t1",
        created: Timestamp(milliseconds: 0))
    let key = SigningKey.generate()
    let clock = Mutex(Timestamp(milliseconds: 1_790_000_000_000))
    let uptime = Mutex(Duration.zero)

    init() throws {
        for place in ["staging", "log", "vault/records"] {
            try FileManager.default.createDirectory(
                atPath: path + "/" + place, withIntermediateDirectories: true)
        }
        try CustodyLedger.initialise(root: try root(), station: station, key: key)
    }

    var path: String { directory.path }

    func root(_ calls: DiskCalls = .kernel) throws -> DurableRoot {
        try DurableRoot(path: path, calls: calls)
    }

    func open(
        calls: DiskCalls = .kernel, key: SigningKey? = nil, in path: String? = nil
    ) throws -> CustodyLedger {
        try CustodyLedger.open(
            root: try DurableRoot(path: path ?? self.path, calls: calls), station: station,
            keys: LogKeys(origin: station.origin, key: key ?? self.key),
            settings: CustodySettings(integrateEvery: .zero, publishEvery: .zero),
            now: { self.clock.withLock { $0 } }, uptime: { self.uptime.withLock { $0 } })
    }

    func reader() throws -> LedgerReader { try LedgerReader(rootPath: path) }

    /// A copy of the whole root as it stands, as a crash would leave it.
    func crashed(at name: String = "crashed") throws -> String {
        let copy = copies.path + "/" + name
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        return copy
    }

    private let copies = TemporaryDirectory()

    func names(_ place: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path + "/" + place)) ?? []).sorted()
    }

    /// Files below a place of some root, by their path below it, with their bytes.
    static func files(_ root: String, _ place: String) -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for name in FileManager.default.enumerator(atPath: root + "/" + place)?.allObjects ?? [] {
            guard let name = name as? String,
                let data = FileManager.default.contents(atPath: root + "/" + place + "/" + name)
            else { continue }
            files[name] = [UInt8](data)
        }
        return files
    }
}

/// Events that differ in their rows, all of one kind.
func events(_ range: Range<Int>, note: String = "") -> [NewCustodyEvent] {
    range.map { number in
        NewCustodyEvent(
            kind: .annotation, time: Timestamp(milliseconds: 1_790_000_000_000),
            rows: [
                RecordRow(
                    kind: "test",
                    members: ["number": .integer(Int64(number)), "note": .string(note)])
            ])
    }
}

/// The number that ``events(_:note:)`` put into a row.
func number(_ event: EnteredEvent) -> Int64? {
    event.rows.first?.members["number"]?.integerValue
}

/// A tree computed as RFC 6962 section 2.1 spells it, with none of our maths.
struct PlainTree {
    let leaves: [SHA256Digest]

    init(entries: [[UInt8]]) { leaves = entries.map { SHA256Digest.of([0] + $0) } }

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

    /// Every tile of hashes and its bytes, named as C2SP tlog-tiles does, for up to 256,000 leaves.
    func tiles() -> [String: [UInt8]] {
        var tiles: [String: [UInt8]] = [:]
        for (level, span) in [1, 256, 65536].enumerated() {
            let hashes = (0..<leaves.count / span).map { root($0 * span, ($0 + 1) * span) }
            for (index, start) in stride(from: 0, to: hashes.count, by: 256).enumerated() {
                let part = hashes[start..<min(start + 256, hashes.count)]
                let suffix = part.count < 256 ? ".p/\(part.count)" : ""
                let name = String(repeating: "0", count: 3 - "\(index)".count) + "\(index)"
                tiles["\(level)/\(name)\(suffix)"] = part.flatMap(\.bytes)
            }
        }
        return tiles
    }
}
