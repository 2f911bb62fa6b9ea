import CaseIndex
import Evidence

/// Events of a court's days, from a seed: field tasks, dockings of their officers' recorders, the
/// recordings and what the inspector says of them.
struct MadeUpLedger {
    static let station = "bench"
    static let origin = "bench.example/index"
    static let officers = 200
    static let perDocking = 50
    /// Words of a court's day; each recording bears two of them and, seldom, one of the last.
    static let words = [
        "送达", "执行", "询问", "勘验", "查封", "扣押", "调解", "开庭", "保全", "搜查", "拘留", "腾退",
        "评估", "拍卖", "交付", "笔录", "现场", "接访", "立案", "约谈",
    ]
    static let seldom = "强拆"

    private var next: Int64
    private var generator: SeededGenerator
    private(set) var events: [EnteredEvent] = []

    init(next: Int64, seed: UInt64) { (self.next, generator) = (next, SeededGenerator(seed: seed)) }

    private mutating func random(_ bound: Int) -> Int {
        Int.random(in: 0..<bound, using: &generator)
    }

    private mutating func digest<D: FixityDigest>(_ type: D.Type = D.self) -> D {
        D(words: (generator.next(), generator.next(), generator.next(), generator.next()))
    }

    static func officer(_ number: Int) -> String { "03" + String(10_000 + number).dropFirst() }
    static func recorder(_ number: Int) -> String { "4401" + String(10_000 + number).dropFirst() }
    static func number(_ serial: Int) -> CaseNumber? {
        try? CaseNumber(reading: "（2026）闽0602执\(serial)号")
    }

    private mutating func enter(
        _ kind: CustodyEventKind, at time: Int64, rows: [RecordRow],
        previous: Int64? = nil, sha256: SHA256Digest? = nil, sm3: SM3Digest? = nil,
        size: Int64? = nil
    ) -> Int64 {
        let leaf = Leaf(
            event: kind, time: Timestamp(milliseconds: time), station: Self.station,
            sha256: sha256, sm3: sm3, size: size, previous: previous)
        events.append(EnteredEvent(index: next, leaf: leaf, rows: rows, missingRows: []))
        next += 1
        return next - 1
    }

    /// The field tasks of a day: each officer has two.
    mutating func schedule(day: Int64) {
        var rows: [RecordRow] = []
        for officer in 0..<Self.officers {
            for half in 0..<2 {
                guard let number = Self.number(officer * 2 + half + 1) else { continue }
                let start = day + Int64(9 + half * 5) * 3_600_000
                rows.append(
                    DutyRow(
                        id: "D\(day / 86_400_000)-\(officer)-\(half)", caseNumbers: [number],
                        kind: "search", court: "闽0602",
                        officers: [ScheduledOfficer(id: Self.officer(officer), name: nil)],
                        recorders: [], plannedStart: Timestamp(milliseconds: start),
                        plannedEnd: Timestamp(milliseconds: start + 3 * 3_600_000)
                    ).row)
            }
        }
        _ = enter(.schedule, at: day, rows: rows)
    }

    /// A docking in the evening of a day.
    mutating func dock(officer: Int, day: Int64) {
        let (id, device) = (Self.officer(officer), Self.recorder(officer))
        let docked = day + 18 * 3_600_000
        let volume = Volume(
            mountPoint: "/run/dock", source: "/dev/sdx1", fileSystem: "vfat", isReadOnly: true,
            isFolder: false, label: "BODYCAM", serial: "1A2B-3C4D", device: "8:17")
        let visit = RecorderVisit(
            volume: volume, profile: "dsj", model: "DSJ-A9", recorder: device, officer: id,
            zone: .china, files: [], refused: [], unfinished: 0, unfinishedBytes: 0, findings: [])
        let docking = enter(
            .docking, at: docked,
            rows: [VisitRow(visit: visit, by: "uid:0", inventory: digest()).row])
        let name = "\(Self.station)-\(docking)"
        var taken: [(Int64, String)] = []
        for number in 0..<Self.perDocking {
            let second = 9 * 3600 + number * 600 + random(500)
            let civil = CivilTime(secondsSince1970: day / 1000 + Int64(8 * 3600 + second))
            func two(_ value: Int) -> String { String(100 + value).dropFirst().description }
            let stamp =
                "\(civil.year)\(two(civil.month))\(two(civil.day))_\(two(civil.hour))\(two(civil.minute))\(two(civil.second))"
            var claims = NameClaims()
            claims.captured = civil
            let file = FootageFile(
                path: RecorderPath("DCIM/DSJ_\(device)_\(id)_\(stamp).mp4"),
                size: Int64(10_000_000 + random(900_000_000)),
                modified: FileTime(seconds: day / 1000 + Int64(second), nanoseconds: 0),
                role: .video, claims: claims, sidecarOf: nil)
            let row = FileRow(
                item: nil, visit: name, recorder: device, officer: id, zone: "+08:00", file: file,
                sha256: digest(), sm3: digest(), blocks: digest(), probe: digest(),
                isNewName: false)
            let leaf = enter(
                .ingestion, at: docked + Int64(number) * 1000, rows: [row.row], previous: docking,
                sha256: row.sha256, sm3: row.sm3, size: file.size)
            var title = Self.words[random(Self.words.count)] + Self.words[random(Self.words.count)]
            if random(5000) == 0 { title += Self.seldom }
            taken.append((leaf, title))
        }
        let described = taken.map { leaf, title in
            var facts = MediaFacts(status: .sound)
            facts.container = "mov,mp4,m4a,3gp,3g2,mj2"
            facts.durationMicroseconds = Int64(30 + random(500)) * 1_000_000
            facts.tags = ["title": title]
            var stream = MediaFacts.Stream(type: "video")
            stream.codec = "h264"
            (stream.width, stream.height) = (1920, 1080)
            facts.streams = [stream]
            return DescriptionRow(item: "\(Self.station)-\(leaf)", facts: facts).row
        }
        _ = enter(.description, at: docked + 60_000, rows: described)
        let undocking = UndockingRow(
            visit: name, outcome: .complete, ingested: Int64(Self.perDocking), duplicate: 0,
            quarantined: 0, refused: 0, bytes: 0, milliseconds: 5, mayBeRemoved: true,
            mayBeCleared: true)
        _ = enter(.undocking, at: docked + 61_000, rows: [undocking.row], previous: docking)
    }

    /// What the matcher said.
    mutating func assign(_ rows: [RecordRow], at time: Int64) {
        _ = enter(.assignment, at: time, rows: rows)
    }

    mutating func drain() -> [EnteredEvent] {
        defer { events = [] }
        return events
    }
}
