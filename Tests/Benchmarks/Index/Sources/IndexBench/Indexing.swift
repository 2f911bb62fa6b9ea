import CaseIndex
import Casework
import Evidence

/// Takes days of footage into an index and matches them, as the station does it.
struct Indexing {
    let path: String
    private let writer: IndexWriter
    private let reader: IndexReader
    /// 2026-01-01, +08:00.
    static let firstDay: Int64 = 1_767_196_800_000
    static let dayLength: Int64 = 86_400_000
    static let perDay = MadeUpLedger.officers * MadeUpLedger.perDocking
    /// As many as `IndexFeeder` gives at once.
    private static let lot = 2048

    struct Figures {
        var recordings = 0
        var indexSeconds = 0.0
        var matchSeconds = 0.0
        var linked = 0
    }

    init(path: String) throws {
        self.path = path
        writer = try IndexWriter.open(path: path, origin: MadeUpLedger.origin)
        reader = try IndexReader(path: path)
    }

    func close() throws { try writer.close() }

    /// - Parameter day: how many days behind the first; `dockings` at most, all officers' for nil.
    func take(day: Int64, dockings: Int? = nil) async throws -> Figures {
        var figures = Figures()
        let begin = Self.firstDay + day * Self.dayLength
        var ledger = MadeUpLedger(next: try writer.nextLeaf(), seed: UInt64(day + 1) &* 77_777)
        ledger.schedule(day: begin)
        for officer in 0..<min(dockings ?? .max, MadeUpLedger.officers) {
            ledger.dock(officer: officer, day: begin)
            figures.recordings += MadeUpLedger.perDocking
        }
        var rest = ledger.drain()[...]
        let clock = ContinuousClock()
        figures.indexSeconds = try await clock.measure {
            while !rest.isEmpty {
                try await writer.apply(Array(rest.prefix(Self.lot)))
                rest = rest.dropFirst(Self.lot)
            }
        }.seconds
        figures.matchSeconds = try await clock.measure {
            figures.linked = try await match(at: begin + 20 * 3_600_000)
        }.seconds
        return figures
    }

    private func match(at time: Int64) async throws -> Int {
        var (linked, leaf): (Int, Int64) = (0, -1)
        let known = ScheduleMemory()
        while true {
            let (rows, last, links) = try reader.oneLook { try decide(after: leaf, known) }
            guard let last else { return linked }
            linked += links
            var ledger = MadeUpLedger(next: try writer.nextLeaf(), seed: 1)
            ledger.assign(rows, at: time)
            try await writer.apply(ledger.drain())
            leaf = last
        }
    }

    private func decide(
        after leaf: Int64, _ known: ScheduleMemory
    ) throws -> (rows: [RecordRow], last: Int64?, links: Int) {
        let items = try reader.unmatched(after: leaf, limit: 500)
        var (rows, linked): ([RecordRow], Int) = ([], 0)
        let weights = MatchWeights()
        let matcher = Matcher(weights)
        try known.refresh(reader)
        for item in items {
            var subject = MatchSubject(begins: item.begins, ends: item.ends ?? item.begins)
            subject.recorder = item.recorder
            if let recorder = item.recorder {
                let holder = try reader.holder(of: recorder, at: item.begins, known: known)
                if holder.borrower == nil { subject.scheduledOfficer = holder.carrier }
                subject.registeredOfficer = holder.borrower ?? holder.owner
            }
            subject.claimedOfficer = item.claimedOfficer ?? item.officer
            subject.casesOfTake = item.ofTheTake
            let officers = [
                subject.scheduledOfficer, subject.registeredOfficer, subject.claimedOfficer,
            ].compactMap { $0 }
            let duties = try reader.duties(
                near: subject.begins...subject.ends, officers: Set(officers),
                recorder: subject.recorder, minutesBefore: weights.minutesBefore,
                minutesAfter: weights.minutesAfter, known: known)
            let result = matcher.match(
                subject, duties, refused: item.refused, keeping: MatchResult.kept,
                besides: Set(item.linked.compactMap(\.duty)))
            rows.append(
                MatchRow(
                    item: item.name, decision: result.decision.rawValue, proposed: [],
                    candidates: result.candidates.prefix(MatchResult.kept).map(\.record)
                ).row)
            guard result.decision == .assign, let best = result.candidates.first else {
                continue
            }
            linked += 1
            rows += best.duty.caseNumbers.map {
                AssignmentRow(
                    item: item.name, caseNumber: $0, step: .assigned, duty: best.duty.id,
                    points: Int64(best.points), reasons: best.reasons.map(\.record),
                    by: AssignmentRow.matcher
                ).row
            }
        }
        return (rows, items.last?.leaf, linked)
    }
}

extension Duration {
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
