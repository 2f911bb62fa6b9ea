import CaseIndex
import Casework
import Custody
import Evidence
import Ingest
import Logging
import Synchronization

/// Links footage to the cases of the field tasks that it is of: whatever has not been looked at
/// since it, its officer, its recorder or the schedule last changed. Each decision stands in the
/// ledger with all candidates and reasons.
///
/// What a person linked is not looked at; a case that a person took away is not linked again.
actor MatchDesk {
    private let stages: Stages
    private let settings: Settings
    private var last: Task<Int, any Error>?
    /// Items in one event.
    private static let batch = 500
    private static let rounds = 4

    init(stages: Stages, settings: Settings) {
        (self.stages, self.settings) = (stages, settings)
    }

    /// Looks at all there is to look at; what came of it is in the ledger and the index on return.
    /// One run after the other.
    ///
    /// - Returns: how many items were looked at.
    /// - Throws: `malformed-setting` where the site's table of points cannot be used.
    @discardableResult
    func catchUp() async throws -> Int {
        let before = last
        let run = Task {
            _ = try? await before?.value
            return try await self.run()
        }
        last = run
        return try await run.value
    }

    /// The same; what fails is said in the log, and done by a later run.
    func catchUpOrSay() async {
        do {
            let count = try await catchUp()
            if count > 0 {
                stages.log.notice("footage was matched", metadata: ["items": "\(count)"])
            }
        } catch is CancellationError {
            return
        } catch {
            stages.log.error(
                "footage could not be matched",
                metadata: ["problem": "\((error as? any Failure)?.problem.english ?? "")"])
        }
    }

    private func run() async throws -> Int {
        try await stages.measureBySatellites()
        let count = try await link()
        try await stages.offerFootage()
        return count
    }

    private func link() async throws -> Int {
        guard try stages.index.hasDuties() else { return 0 }
        let weights = try settings.matchTable()
        var count = 0
        // What is linked in one round may decide about other files of its take in the next.
        for _ in 0..<Self.rounds {
            let done = try await round(weights)
            count += done
            if done == 0 { break }
        }
        return count
    }

    private func round(_ weights: MatchWeights) async throws -> Int {
        var (count, leaf): (Int, Int64) = (0, -1)
        let known = Mutex(ScheduleMemory())
        while true {
            let (rows, items, end) = try await offPool { [stages, leaf] in
                try known.withLock { try Self.decide(after: leaf, stages.index, weights, $0) }
            }
            guard items > 0 else { return count }
            _ = try await stages.ledger.enter([
                NewCustodyEvent(kind: .assignment, time: stages.now(), rows: rows)
            ])
            try await stages.feeder.catchUp()
            (count, leaf) = (count + items, end)
        }
    }

    private static func decide(
        after leaf: Int64, _ index: IndexReader, _ weights: MatchWeights, _ known: ScheduleMemory
    ) throws -> (rows: [RecordRow], items: Int, last: Int64) {
        try index.oneLook {
            let items = try index.unmatched(after: leaf, limit: batch)
            try known.refresh(index)
            let seen = try index.nextLeaf()
            let rows = try items.flatMap { item in
                let result = try MatchQuestion(item, index, known: known).answer(
                    weights, keeping: MatchResult.kept,
                    besides: Set(item.linked.compactMap(\.duty)))
                return Self.rows(of: item, result, seen: seen)
            }
            return (rows, items.count, items.last?.leaf ?? leaf)
        }
    }

    /// What is to be entered of a decision: itself, and the links that change by it.
    ///
    /// - Parameter seen: how many leaves of the ledger were known.
    static func rows(of item: MatchableItem, _ result: MatchResult, seen: Int64) -> [RecordRow] {
        let best = result.candidates.first
        let cases = result.decision == .inbox ? [] : best?.duty.caseNumbers ?? []
        let wanted = result.decision == .assign ? cases : []
        var rows = [
            MatchRow(
                item: item.name, decision: result.decision.rawValue,
                proposed: result.decision == .propose ? cases : [],
                candidates: result.candidates.prefix(MatchResult.kept).map(\.record), seen: seen
            ).row
        ]
        for old in item.linked where !wanted.contains(old.caseNumber) {
            rows.append(
                AssignmentRow(
                    item: item.name, caseNumber: old.caseNumber, step: .withdrawn,
                    duty: old.duty, reasons: result.reasonsAgainst(old),
                    by: AssignmentRow.matcher
                ).row)
        }
        for number in wanted {
            guard let best else { break }
            let link = AssignmentRow(
                item: item.name, caseNumber: number, step: .assigned, duty: best.duty.id,
                points: Int64(best.points), reasons: best.reasons.map(\.record),
                by: AssignmentRow.matcher)
            if !item.linked.contains(link) { rows.append(link.row) }
        }
        return rows
    }
}

/// What is asked of the matcher about one item.
struct MatchQuestion {
    private let subject: MatchSubject
    private let refused: Set<CaseNumber>
    private let index: IndexReader
    private let known: ScheduleMemory

    init(
        _ item: MatchableItem, _ index: IndexReader, known: ScheduleMemory = ScheduleMemory()
    ) throws {
        var subject = MatchSubject(begins: item.begins, ends: item.ends ?? item.begins)
        subject.recorder = item.recorder
        if item.isAttributed { subject.attributedOfficer = item.officer }
        if let recorder = item.recorder {
            let holder = try index.holder(of: recorder, at: item.begins, known: known)
            if holder.borrower == nil { subject.scheduledOfficer = holder.carrier }
            subject.registeredOfficer = holder.borrower ?? holder.owner
        }
        subject.claimedOfficer = item.claimedOfficer ?? (item.isAttributed ? nil : item.officer)
        subject.hasDoubtfulClock =
            ["fileSystem", "taken"].contains(item.startFrom ?? "taken")
            || item.clockFlags.contains(where: \.makesTimeDoubtful)
        subject.isImportant = item.marks.contains("important")
        subject.casesOfTake = item.ofTheTake
        subject.points = item.places.map {
            MatchSubject.Point(
                latitude: Int($0.latitudeE7 / 10), longitude: Int($0.longitudeE7 / 10))
        }
        (self.subject, refused) = (subject, item.refused)
        (self.index, self.known) = (index, known)
    }

    /// Whom we believe to have carried it.
    var officer: String? { subject.officer }

    func answer(
        _ weights: MatchWeights, keeping count: Int = .max, besides: Set<String> = []
    ) throws -> MatchResult {
        let officers = [
            subject.attributedOfficer, subject.scheduledOfficer, subject.registeredOfficer,
            subject.claimedOfficer,
        ].compactMap { $0 }
        let duties = try index.duties(
            near: subject.begins...subject.ends, officers: Set(officers),
            recorder: subject.recorder, minutesBefore: weights.minutesBefore,
            minutesAfter: weights.minutesAfter, known: known)
        return Matcher(weights).match(
            subject, duties, refused: refused, keeping: count, besides: besides)
    }
}

extension MatchResult {
    /// Why a link no longer stands: what is said now of the field task that it rested on.
    fileprivate func reasonsAgainst(_ link: AssignmentRow) -> [JSONValue] {
        candidates.first { $0.duty.id == link.duty }?.reasons.map(\.record) ?? []
    }
}
