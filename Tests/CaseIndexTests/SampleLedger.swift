import CaseIndex
import Evidence
import EvidenceTestKit

/// A ledger made up from a seed, event by event, with a plain model of what `list` must say of it.
struct SampleLedger {
    static let origin = "evidock.example/0602"
    static let station = "0602"

    /// One item as a person reading the ledger with pencil and paper would have it.
    struct Item {
        let name: String
        let leaf: Int64
        let sha256: SHA256Digest
        let sm3: SM3Digest
        var texts: [String]
        let officer: String?
        let recorder: String?
        /// Milliseconds.
        var start: Int64
        let isFootage: Bool
        var isSidecar = false
    }

    private(set) var events: [EnteredEvent] = []
    var items: [Item] = []
    private var generator: SeededGenerator
    private var clock: Int64 = 1_767_225_600_000

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func random(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }
    mutating func pick<T>(_ choices: [T]) -> T { choices[random(choices.count)] }

    mutating func digest<D: FixityDigest>(_ type: D.Type = D.self) -> D {
        D(words: (generator.next(), generator.next(), generator.next(), generator.next()))
    }

    var next: Int64 { Int64(events.count) + dropped }
    private var dropped: Int64 = 0

    /// Gives the events made so far and forgets them.
    mutating func drain() -> [EnteredEvent] {
        defer {
            dropped += Int64(events.count)
            events = []
        }
        return events
    }

    @discardableResult
    mutating func enter(
        _ kind: CustodyEventKind, rows: [RecordRow], previous: Int64? = nil,
        sha256: SHA256Digest? = nil, sm3: SM3Digest? = nil, size: Int64? = nil,
        missingRows: [SHA256Digest] = []
    ) -> Int64 {
        let index = next
        clock += 1 + Int64(random(5000))
        let leaf = Leaf(
            event: kind, time: Timestamp(milliseconds: clock), station: Self.station,
            sha256: sha256, sm3: sm3, size: size, previous: previous)
        events.append(
            EnteredEvent(index: index, leaf: leaf, rows: rows, missingRows: missingRows))
        return index
    }

    static func name(_ leaf: Int64) -> String { "\(station)-\(leaf)" }

    // MARK: - Visits

    @discardableResult
    mutating func dock(
        recorder: String?, officer: String? = nil, serial: String? = "1A2B-3C4D"
    ) -> Int64 {
        let volume = Volume(
            mountPoint: "/run/dock", source: "/dev/sdx1", fileSystem: "vfat", isReadOnly: true,
            isFolder: false, label: "BODYCAM", serial: serial, device: "8:17")
        let visit = RecorderVisit(
            volume: volume, profile: "dcam", model: "DSJ-A9", recorder: recorder, officer: officer,
            zone: .china, files: [], refused: [], unfinished: 0, unfinishedBytes: 0, findings: [])
        let row = VisitRow(visit: visit, by: "uid:7", inventory: digest())
        return enter(.docking, rows: [row.row])
    }

    mutating func undock(
        _ visit: Int64, _ outcome: UndockingRow.Outcome = .complete, mayBeCleared: Bool = false
    ) {
        let row = UndockingRow(
            visit: Self.name(visit), outcome: outcome, ingested: 1, duplicate: 0, quarantined: 0,
            refused: 0, bytes: 10, milliseconds: 5, mayBeRemoved: outcome == .complete,
            mayBeCleared: mayBeCleared)
        enter(.undocking, rows: [row.row], previous: visit)
    }

    // MARK: - Files

    mutating func fileRow(
        visit: Int64, path: RecorderPath, recorder: String?, officer: String?,
        captured: CivilTime? = nil, role: FileRole = .video, sidecarOf: RecorderPath? = nil,
        item: String? = nil, isNewName: Bool = false, size: Int64? = nil,
        sha256: SHA256Digest? = nil, sm3: SM3Digest? = nil, marks: [String] = []
    ) -> FileRow {
        var claims = NameClaims()
        claims.captured = captured
        claims.marks = marks
        let file = FootageFile(
            path: path, size: size ?? Int64(random(1 << 30)),
            modified: FileTime(seconds: 1_714_400_000 + Int64(random(90_000)), nanoseconds: 0),
            role: role, claims: claims, sidecarOf: sidecarOf)
        return FileRow(
            item: item, visit: Self.name(visit), recorder: recorder, officer: officer,
            zone: "+08:00", file: file, sha256: sha256 ?? digest(), sm3: sm3 ?? digest(),
            blocks: digest(), probe: digest(), isNewName: isNewName)
    }

    /// Enters an ingestion and gives its leaf.
    @discardableResult
    mutating func ingest(_ row: FileRow) -> Int64 {
        let visit = LedgerName(row.visit)?.leaf
        let isFootage = row.file.role.isFootage
        let leaf = enter(
            .ingestion, rows: [row.row], previous: visit, sha256: isFootage ? row.sha256 : nil,
            sm3: isFootage ? row.sm3 : nil, size: isFootage ? row.file.size : nil)
        let start =
            row.file.claims.captured.map { ($0.secondsSince1970 - 8 * 3600) * 1000 }
            ?? row.file.modified.seconds * 1000
        items.append(
            Item(
                name: Self.name(leaf), leaf: leaf, sha256: row.sha256, sm3: row.sm3,
                texts: [
                    Self.name(leaf), row.recorder ?? "", row.officer ?? "",
                    row.file.path.utf8 ?? row.file.path.display,
                ] + row.file.claims.marks,
                officer: row.officer, recorder: row.recorder, start: start,
                isFootage: isFootage))
        return leaf
    }

    mutating func describe(_ leaf: Int64, tags: [String: String] = [:]) {
        var facts = MediaFacts(status: .sound)
        facts.container = "mov,mp4,m4a,3gp,3g2,mj2"
        facts.durationMicroseconds = 60_000_000
        facts.tags = tags
        var stream = MediaFacts.Stream(type: "video")
        stream.codec = "h264"
        (stream.width, stream.height) = (1920, 1080)
        facts.streams = [stream]
        enter(.description, rows: [DescriptionRow(item: Self.name(leaf), facts: facts).row])
        if let place = items.firstIndex(where: { $0.leaf == leaf }) {
            items[place].texts += tags.values
        }
    }

    // MARK: - A life of a station

    static let officers = ["012345", "012346", "王晓明", "李芳", "O'Brien \"x\""]
    static let recorders = ["0000101", "0000102", "0000103", "DSJ_7", "记录仪9", "r%_1"]
    static let places = ["DCIM/100MEDIA", "Record", "强制执行现场", "漳浦县腾退/录像", "Ünïcode"]

    /// Visits with footage, sidecars, renames, descriptions, doubts and refusals.
    mutating func live(visits: Int, filesEach: Int) {
        for _ in 0..<visits {
            let recorder = pick(Self.recorders)
            let officer = random(4) == 0 ? nil : pick(Self.officers)
            let visit = dock(recorder: recorder, officer: officer)
            for number in 0..<filesEach {
                takeFile(number, visit: visit, recorder: recorder, officer: officer)
            }
            if random(5) > 0 { undock(visit, random(4) == 0 ? .interrupted : .complete) }
        }
    }

    private mutating func takeFile(
        _ number: Int, visit: Int64, recorder: String, officer: String?
    ) {
        let captured = CivilTime(
            2023 + random(2), 1 + random(12), 1 + random(28), random(24), random(60), random(60))
        let stem = "\(pick(Self.places))/REC_\(visit)_\(number)_\(random(1_000_000))"
        let path = RecorderPath(stem + ".MP4")
        let sidecarFirst = random(2) == 0
        let hasSidecar = random(3) == 0
        var sidecar = fileRow(
            visit: visit, path: RecorderPath(stem + ".nmea"), recorder: recorder, officer: officer,
            role: .sidecar, sidecarOf: path)
        sidecar.file = FootageFile(
            path: sidecar.file.path, size: 100, modified: sidecar.file.modified, role: .sidecar,
            claims: sidecar.file.claims, sidecarOf: path)
        if hasSidecar, sidecarFirst { ingest(sidecar) }
        let row = fileRow(
            visit: visit, path: path, recorder: recorder, officer: officer,
            captured: random(5) == 0 ? nil : captured, marks: random(6) == 0 ? ["important"] : [])
        let leaf = ingest(row)
        if hasSidecar {
            if !sidecarFirst { ingest(sidecar) }
            if let place = items.lastIndex(where: { $0.sha256 == sidecar.sha256 }) {
                items[place].isSidecar = true
            }
        }
        if random(2) == 0 { describe(leaf, tags: ["encoder": pick(["Lavf58", "海思Hi3516"])]) }
        if random(6) == 0, let place = items.firstIndex(where: { $0.leaf == leaf }) {
            let renamed = RecorderPath("另存/副本\(random(1000)).MP4")
            var again = row
            again.item = Self.name(leaf)
            again.isNewName = true
            again.file = FootageFile(
                path: renamed, size: row.file.size, modified: row.file.modified,
                role: row.file.role, claims: row.file.claims)
            enter(.duplicate, rows: [again.row], previous: leaf)
            items[place].texts.append(renamed.utf8 ?? "")
        }
        if random(20) == 0 {
            let doubt = QuarantineRow(
                item: Self.name(leaf), visit: Self.name(visit), path: path,
                code: "checksum-differs", reason: "its own .md5 says otherwise",
                size: row.file.size, sha256: row.sha256, sm3: row.sm3, unreadable: [])
            enter(.quarantine, rows: [doubt.row], previous: leaf)
        }
    }

    // MARK: - What list must say

    func expected(_ filter: ListFilter) -> [String] {
        guard filter.caseNumber == nil else { return [] }
        let words = filter.terms.map { $0.spellings[0] }
        return items.filter { item in
            (filter.includesSidecars || !item.isSidecar)
                && (!filter.isUnassigned || item.isFootage)
                && (filter.officer == nil || item.officer == filter.officer)
                && (filter.recorder == nil || item.recorder == filter.recorder)
                && (filter.from.map { item.start >= $0.milliseconds } ?? true)
                && (filter.to.map { item.start < $0.milliseconds } ?? true)
                && words.allSatisfy { word in
                    item.texts.contains { Self.contains($0.lowercased(), word) }
                }
        }
        .sorted { ($0.start, $0.leaf) > ($1.start, $1.leaf) }
        .prefix(filter.limit).map(\.name)
    }

    private static func contains(_ text: String, _ word: String) -> Bool {
        let (text, word) = (Array(text.utf8), Array(word.utf8))
        guard !word.isEmpty, text.count >= word.count else { return word.isEmpty }
        return (0...(text.count - word.count)).contains { text[$0...].starts(with: word) }
    }
}

/// An index in a directory of its own.
struct SampleIndex {
    let directory = TemporaryDirectory()
    let writer: IndexWriter
    let reader: IndexReader

    var path: String { directory.path + "/index.sqlite" }

    init() throws {
        let path = directory.path + "/index.sqlite"
        writer = try IndexWriter.open(path: path, origin: SampleLedger.origin)
        reader = try IndexReader(path: path)
    }

    init(_ ledger: SampleLedger, batches: Int = .max) async throws {
        try self.init()
        var rest = ledger.events[...]
        while !rest.isEmpty {
            try await writer.apply(Array(rest.prefix(batches)))
            rest = rest.dropFirst(batches)
        }
    }

    func dump() throws -> [String] {
        var lines: [String] = []
        try reader.orderedDump { lines.append(String(decoding: $0, as: UTF8.self)) }
        return lines
    }

    func record(_ name: String) throws -> ItemRecord? {
        if case .one(let record) = try reader.item(name) { record } else { nil }
    }
}
