import Custody
import Evidence
import EvidenceTestKit
import Foundation
import Ingest
import Logging
import Synchronization

@testable import Assembly
@testable import CaseIndex
@testable import Casework

/// A station of its own that a season reaches, step by step in the order of time: every event goes
/// into a real ledger, and whatever the station does by itself it does as ever.
final class SeasonStation {
    private let season: Season
    private let directory = TemporaryDirectory()
    private let clock: SeasonNow
    private let station: Station
    private var dockings: [Int: LedgerName] = [:]
    private var items: [Int: LedgerName] = [:]

    private init(_ season: Season, _ weights: MatchWeights?) async throws {
        (self.season, clock) = (season, SeasonNow(SeasonTime.begins - 60 * SeasonTime.day))
        var settings = try await Settings(flags: .init(root: directory.path + "/station"))
        (settings.integrateEvery, settings.publishEvery) = (0, 0)
        if let weights {
            let text = JSONWriter.line(weights.json)
            settings.matchWeights = directory.write(Array(text.utf8), at: "weights.json")
        }
        let clock = clock
        _ = try RootLayout.make(
            at: settings.root, name: "season", court: "闽06", origin: nil, now: clock.now())
        station = try await Station.open(
            settings: settings, makesNew: false, note: "",
            log: Logger(label: "season") { _ in SwiftLogNoOpLogHandler() }, now: { clock.now() })
    }

    /// - Parameters:
    ///   - weights: points for evidence; the usual ones for nil.
    ///   - hours: what comes within so many hours comes at once; matching is run after each such lot.
    static func play(
        _ season: Season, weights: MatchWeights? = nil, hours: Int64 = 8
    ) async throws -> SeasonOutcome {
        let played = try await SeasonStation(season, weights)
        var rest = season.steps[...]
        while let first = rest.first {
            let lot = rest.prefix { $0.at < first.at + hours * SeasonTime.hour }
            rest = rest.dropFirst(lot.count)
            played.clock.set(lot.last?.at ?? first.at)
            try await played.enter(lot)
            try await played.station.matching.catchUp()
        }
        played.clock.set(season.ends)
        let outcome = try await played.outcome()
        try await played.station.close()
        return outcome
    }

    // MARK: - What comes

    private func enter(_ lot: ArraySlice<(at: Int64, step: Season.Step)>) async throws {
        var papers: [NewCustodyEvent] = []
        var visits: [Int] = []
        for (at, step) in lot {
            let time = Timestamp(milliseconds: at)
            switch step {
            case .schedule(let rows):
                papers.append(.init(kind: .schedule, time: time, rows: rows.map(\.row)))
            case .issue(let row):
                papers.append(.init(kind: .recorderIssue, time: time, rows: [row.row]))
            case .clock(let row):
                papers.append(.init(kind: .clockMeasurement, time: time, rows: [row.row]))
            case .docking(let number): visits.append(number)
            }
        }
        try await dock(visits)
        if !papers.isEmpty { _ = try await station.stages.ledger.enter(papers) }
        try await station.stages.feeder.catchUp()
    }

    /// As an ingestion walks a recorder: docking, files, what they hold, undocking.
    private func dock(_ visits: [Int]) async throws {
        guard !visits.isEmpty else { return }
        let ledger = station.stages.ledger
        let leaves = try await ledger.integrate(visits.map(docking))
        for (visit, leaf) in zip(visits, leaves) { dockings[visit] = name(leaf) }
        let files = visits.flatMap { visit in season.dockings[visit].files.map { (visit, $0) } }
        let taken = try await ledger.integrate(files.map { ingestion(of: $1, at: $0) })
        for (file, leaf) in zip(files.map(\.1), taken) { items[file] = name(leaf) }
        let described = files.map(\.1).map(description)
        _ = try await ledger.enter(visits.flatMap(repeats) + described + visits.map(undocking))
    }

    private func name(_ leaf: Int64) -> LedgerName {
        LedgerName(station: station.layout.station.code, leaf: leaf)
    }

    private func docking(_ number: Int) -> NewCustodyEvent {
        let docking = season.dockings[number]
        let recorder = season.recorders[docking.recorder]
        let visit = RecorderVisit(
            volume: Volume(
                mountPoint: "/run/dock", source: "/dev/sdx1", fileSystem: "vfat", isReadOnly: true,
                isFolder: false, label: nil, serial: recorder.number, device: "8:17"),
            profile: recorder.isNumbered ? "novatek" : "dsj", model: nil, recorder: recorder.number,
            officer: recorder.claims, zone: .china,
            files: (docking.files + docking.again).map(SeasonNames(season).footage), refused: [],
            unfinished: 0, unfinishedBytes: 0, findings: [])
        let row = VisitRow(visit: visit, by: "serve", inventory: season.files[0].digests.sha256)
        return NewCustodyEvent(
            kind: .docking, time: Timestamp(milliseconds: docking.at), rows: [row.row])
    }

    private func row(of number: Int, at docking: Int, again: Bool) -> FileRow {
        let file = season.files[number]
        let recorder = season.recorders[file.recorder]
        return FileRow(
            item: again ? items[number]?.description : nil,
            visit: dockings[docking]?.description ?? "", recorder: recorder.number,
            officer: recorder.claims, zone: "+08:00", file: SeasonNames(season).footage(number),
            sha256: file.digests.sha256, sm3: file.digests.sm3, blocks: file.digests.sha256,
            probe: file.digests.sha256, isNewName: false)
    }

    private func ingestion(of number: Int, at docking: Int) -> NewCustodyEvent {
        let row = row(of: number, at: docking, again: false)
        return NewCustodyEvent(
            kind: .ingestion, time: later(docking, 60_000), sha256: row.sha256, sm3: row.sm3,
            size: row.file.size, previous: dockings[docking]?.leaf, rows: [row.row])
    }

    /// What is on the card still, met again.
    private func repeats(_ docking: Int) -> [NewCustodyEvent] {
        season.dockings[docking].again.map { number in
            let row = row(of: number, at: docking, again: true)
            return NewCustodyEvent(
                kind: .duplicate, time: later(docking, 60_000), sha256: row.sha256, sm3: row.sm3,
                size: row.file.size, previous: items[number]?.leaf, rows: [row.row])
        }
    }

    private func description(_ number: Int) -> NewCustodyEvent {
        let file = season.files[number]
        var facts = MediaFacts(status: file.isDamaged ? .damaged : .sound)
        facts.container = "mov,mp4,m4a,3gp,3g2,mj2"
        facts.durationMicroseconds = Int64(file.times.count) * 1000
        var stream = MediaFacts.Stream(type: "video")
        (stream.codec, stream.width, stream.height) = ("h264", 1920, 1080)
        facts.streams = [stream]
        facts.track = SatelliteTrack(file.fixes)
        let item = items[number]?.description ?? ""
        return NewCustodyEvent(
            kind: .description, time: clock.now(),
            rows: [DescriptionRow(item: item, facts: facts).row])
    }

    private func undocking(_ number: Int) -> NewCustodyEvent {
        let docking = season.dockings[number]
        let refused = Int64(docking.refused.count)
        let row = UndockingRow(
            visit: dockings[number]?.description ?? "", outcome: .complete,
            ingested: Int64(docking.files.count), duplicate: Int64(docking.again.count),
            quarantined: 0, refused: refused, bytes: 0, milliseconds: 300_000,
            mayBeRemoved: refused == 0, mayBeCleared: refused == 0)
        return NewCustodyEvent(
            kind: .undocking, time: later(number, 300_000), previous: dockings[number]?.leaf,
            rows: [row.row])
    }

    private func later(_ docking: Int, _ milliseconds: Int64) -> Timestamp {
        Timestamp(milliseconds: season.dockings[docking].at + milliseconds)
    }

    // MARK: - What came of it

    private func outcome() async throws -> SeasonOutcome {
        let index = station.stages.index
        var links: [String: Set<CaseNumber>] = [:]
        for number in Set(season.tasks.flatMap(\.caseNumbers)) {
            let all = Timestamp(milliseconds: 0)...Timestamp(milliseconds: 2 * season.ends)
            for file in try index.footage(of: [number], touching: all) {
                links[file.item, default: []].insert(number)
            }
        }
        var files: [Int: SeasonOutcome.File] = [:]
        for (number, name) in items {
            let linked = links[name.description] ?? []
            var match: MatchRow?
            if !linked.isSubset(of: season.cases(of: number)) || linked.isEmpty,
                case .one(let item) = try index.item(name.description)
            {
                // All that was weighed stands in the record alone.
                for line in item.custody where line.event == "assignment" {
                    match =
                        try station.stages.reader.event(line.leaf).rows
                        .compactMap { $0.kind == MatchRow.kind ? try? MatchRow($0) : nil }
                        .last { $0.item == item.name } ?? match
                }
            }
            files[number] = .init(item: name.description, linked: linked, match: match)
        }
        let lines = SeasonLines()
        for day in stride(from: SeasonTime.begins, to: season.ends, by: Int(SeasonTime.day)) {
            let text = CivilTime(secondsSince1970: day / 1000 + 8 * 3600).description.prefix(10)
            _ = try await Operations(station: station, language: .english).completeness(
                .day(String(text), court: nil), by: "uid:0", lines.take)
        }
        return SeasonOutcome(files: files, findings: lines.findings)
    }
}

/// What the station made of a season.
struct SeasonOutcome: Sendable {
    struct File: Sendable {
        let item: String
        let linked: Set<CaseNumber>
        /// What the matcher thought last, of one that it did not link rightly.
        let match: MatchRow?

        /// Cases of each candidate, the best first.
        var proposals: [Set<String>] {
            match?.candidates.map { candidate in
                Set(candidate[key: "caseNumbers"]?.arrayValue?.compactMap(\.stringValue) ?? [])
            } ?? []
        }

        /// The first candidates with their points.
        var why: String {
            (match?.candidates ?? []).prefix(2).map { candidate in
                let reasons = (candidate[key: "reasons"]?.arrayValue ?? []).map { reason in
                    "\(reason[key: "code"]?.stringValue ?? "") \(reason[key: "points"]?.integerValue ?? 0)"
                }
                return "\(candidate[key: "duty"]?.stringValue ?? ""): "
                    + reasons.joined(separator: ", ")
            }.joined(separator: "; ")
        }
    }

    /// Of those that are stored.
    let files: [Int: File]
    let findings: [CompletenessRow]
}

/// What time it is.
private final class SeasonNow: Sendable {
    private let moment: Mutex<Int64>

    init(_ moment: Int64) { self.moment = Mutex(moment) }

    func now() -> Timestamp { Timestamp(milliseconds: moment.withLock { $0 }) }
    func set(_ moment: Int64) { self.moment.withLock { $0 = moment } }
}

/// The lines of an answer that are findings.
private final class SeasonLines: Sendable {
    private let rows = Mutex<[CompletenessRow]>([])

    var findings: [CompletenessRow] { rows.withLock { $0 } }

    @Sendable func take(_ answer: Answer) {
        guard case .line(.object(let members)) = answer,
            let row = try? CompletenessRow(
                RecordRow(kind: CompletenessRow.kind, members: members))
        else { return }
        rows.withLock { if !$0.contains(row) { $0.append(row) } }
    }
}
