import Custody
import DurableFiles
import Evidence
import Fixity
import Glibc
import TransparencyLog

@testable import Audit

/// `LedgerBench events FOLDER WRITERS GROUP SECONDS INTEGRATE PUBLISH`, `fill FOLDER LEAVES`,
/// `proofs FOLDER COUNT`, `check FOLDER`: each prints one line of JSON.
@main
struct LedgerBench {
    static func main() async throws {
        let words = CommandLine.arguments.dropFirst()
        let numbers = words.dropFirst(2).compactMap { Int($0) }
        guard let what = words.first, let folder = words.dropFirst().first else { exit(2) }
        switch what {
        case "events":
            try await events(
                folder, writers: numbers[0], group: numbers[1], seconds: numbers[2],
                integrate: numbers[3], publish: numbers[4])
        case "fill": try fill(folder, leaves: numbers[0])
        case "proofs": try proofs(folder, count: numbers[0])
        case "check": try check(folder)
        default: exit(2)
        }
    }

    private static let station = StationIdentity(
        name: "Bench", code: "B1", court: nil, origin: "bench.example/b1",
        created: Timestamp(milliseconds: 0))

    // MARK: - Events

    /// Writers that enter groups of events, each with a record of one row, and are told when a signed
    /// checkpoint covers them durably.
    private static func events(
        _ folder: String, writers: Int, group: Int, seconds: Int, integrate: Int, publish: Int
    ) async throws {
        let root = try DurableRoot(path: folder)
        var places = ["staging", "keys", "vault", "vault/records"]
        places += (0..<256).map { "vault/records/" + Hex.encode([UInt8($0)]) }
        try root.makeDirectories(places)
        let key = SigningKey.generate()
        try CustodyLedger.initialise(root: root, station: station, key: key)
        let ledger = try CustodyLedger.open(
            root: root, station: station,
            keys: LogKeys(origin: station.origin, key: key),
            settings: CustodySettings(
                integrateEvery: .milliseconds(integrate), publishEvery: .milliseconds(publish)),
            now: { now() })
        let begin = ContinuousClock.now
        let end = begin + .seconds(seconds)
        let all = try await withThrowingTaskGroup(of: [Double].self) { tasks in
            for _ in 0..<writers {
                tasks.addTask {
                    var own: [Double] = []
                    while ContinuousClock.now < end {
                        let asked = ContinuousClock.now
                        try await ledger.enter((0..<group).map { _ in event() })
                        own.append(milliseconds(asked.duration(to: .now)))
                    }
                    return own
                }
            }
            return try await tasks.reduce(into: []) { $0 += $1 }.sorted()
        }
        let took = milliseconds(begin.duration(to: .now)) / 1000
        try await ledger.close()
        print(
            "{\"events\": \(all.count * group), \"seconds\": \(took), \"p50\": \(all[all.count / 2]), \"p99\": \(all[all.count * 99 / 100])}"
        )
    }

    private static func event() -> NewCustodyEvent {
        NewCustodyEvent(
            kind: .annotation, time: now(),
            rows: [RecordRow(kind: "note", members: ["text": "a line of some length for a record"])]
        )
    }

    // MARK: - A large log

    /// Lays a log of that many leaves on the disk, as any tile client reads it.
    private static func fill(_ folder: String, leaves: Int) throws {
        let key = SigningKey.generate()
        var tree = GrowingTree()
        var tail: [UInt8] = []
        var edge: [TilePath.Content: (path: TilePath, bytes: [UInt8])] = [:]
        let time = now()
        for index in 0..<leaves {
            let leaf = Leaf(
                event: .annotation, time: time, station: station.code, size: Int64(index))
            let entry = try leaf.encoded()
            tree.append(MerkleTree.leafHash(entry))
            tail += try EntryBundle.encode(entry)
            guard index % 256 == 255 || index == leaves - 1 else { continue }
            let width = index % 256 + 1
            if let path = TilePath(.entries, index: Int64(index / 256), width: width) {
                try put(tail, at: folder + "/log/" + path.description)
            }
            tail = []
            for tile in tree.takeTiles() {
                edge[tile.path.content] = tile.path.isPartial ? tile : nil
                guard !tile.path.isPartial else { continue }
                try put(tile.bytes, at: folder + "/log/" + tile.path.description)
            }
        }
        for tile in edge.values {
            try put(tile.bytes, at: folder + "/log/" + tile.path.description)
        }
        let checkpoint = try Checkpoint(
            origin: station.origin, size: Int64(leaves), root: tree.root)
        try put(checkpoint.signed(with: key).bytes, at: folder + "/log/checkpoint")
        try put(
            Array(try VerifierKey(name: station.origin, of: key).description.utf8),
            at: folder + "/vkey")
        print("{\"leaves\": \(leaves)}")
    }

    private static func put(_ bytes: [UInt8], at path: String) throws {
        let folder = path.split(separator: "/").dropLast()
        var made = ""
        for part in folder {
            made += "/" + part
            mkdir(made, 0o755)
        }
        guard let file = fopen(path, "w"), fwrite(bytes, 1, bytes.count, file) == bytes.count,
            fclose(file) == 0
        else { fatalError("cannot write \(path)") }
    }

    /// Proofs of leaves by chance, warm: each once before the clock runs.
    private static func proofs(_ folder: String, count: Int) throws {
        let reader = try LedgerReader(rootPath: folder)
        let snapshot = try LedgerSnapshot(reader)
        var random = SystemRandomNumberGenerator()
        let leaves = (0..<count).map { _ in
            Int64.random(in: 0..<snapshot.checkpoint.size, using: &random)
        }
        for leaf in leaves { _ = try snapshot.prove(leaf) }
        var took: [Double] = []
        for leaf in leaves.shuffled() {
            let asked = ContinuousClock.now
            _ = try snapshot.prove(leaf)
            took.append(milliseconds(asked.duration(to: .now)))
        }
        took.sort()
        print(
            "{\"proofs\": \(count), \"p50\": \(took[count / 2]), \"p99\": \(took[count * 99 / 100]), \"peak\": \(peak())}"
        )
    }

    /// The log against itself: every entry, every tile, the root.
    private static func check(_ folder: String) throws {
        let note = try LedgerReader(rootPath: folder).checkpoint()
        var findings = 0
        let auditor = Auditor(root: folder, volumes: [], copies: nil, vkeys: []) { finding in
            // The bench's leaves have no station.json and no records; the log itself is what is timed.
            if !["station-damaged", "leaf-of-other-station"].contains(finding.code) {
                findings += 1
            }
        }
        let begin = ContinuousClock.now
        LogCheck(auditor: auditor, checkpoint: note.checkpoint).run()
        TileWalk(auditor: auditor, size: note.checkpoint.size).run()
        print(
            "{\"leaves\": \(note.checkpoint.size), \"seconds\": \(milliseconds(begin.duration(to: .now)) / 1000), \"findings\": \(findings), \"peak\": \(peak())}"
        )
    }

    // MARK: - Measuring

    private static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    private static func milliseconds(_ duration: Duration) -> Double {
        let (seconds, attoseconds) = duration.components
        return Double(seconds) * 1000 + Double(attoseconds) / 1e15
    }

    /// KiB of memory at the most.
    private static func peak() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss
    }
}
