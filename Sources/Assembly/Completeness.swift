import CaseIndex
import Casework
import Custody
import Evidence
import Ingest
import Logging
import ServiceLifecycle

/// Which field tasks are looked through for what is missing.
package enum CompletenessScope: Hashable, Sendable {
    case caseNumber(String)
    /// A day (`yyyy-MM-dd`, +08:00); only of that court where one is named.
    case day(String, court: String?)
    /// The last 31 days of a court.
    case court(String)
    /// What is over for so long that its recorders ought to be docked, of the last 31 days.
    case lately

    var json: JSONValue {
        switch self {
        case .caseNumber(let number): ["case": .string(number)]
        case .day(let day, nil): ["day": .string(day)]
        case .day(let day, let court?): ["day": .string(day), "court": .string(court)]
        case .court(let court): ["court": .string(court)]
        case .lately: [:]
        }
    }

    init?(json: JSONValue?) {
        let court = json?[key: "court"]?.stringValue
        if let number = json?[key: "case"]?.stringValue {
            self = .caseNumber(number)
        } else if let day = json?[key: "day"]?.stringValue {
            self = .day(day, court: court)
        } else if let court {
            self = .court(court)
        } else {
            return nil
        }
    }
}

/// Looks through field tasks for what is missing.
struct CompletenessDesk: Sendable {
    let stages: Stages
    let settings: Settings
    /// The same thing is found once.
    private let turns = Turns()

    init(stages: Stages, settings: Settings) { (self.stages, self.settings) = (stages, settings) }

    /// What is new, or no longer missing, is in the ledger and the index on return.
    ///
    /// - Returns: how many field tasks there were, what they lack, and how much of that is new.
    func look(
        _ scope: CompletenessScope, by: String
    ) async throws -> (duties: Int, found: [CompletenessRow], new: Int) {
        try await turns.take { [stages, settings] in
            let (index, now) = (stages.index, stages.now())
            let (duties, found, changes) = try await offPool {
                try Self.look(scope, index, settings, now: now, by: by)
            }
            if !changes.isEmpty {
                _ = try await stages.ledger.enter([
                    NewCustodyEvent(kind: .finding, time: now, rows: changes.map(\.row))
                ])
                try await stages.feeder.catchUp()
            }
            return (duties, found, changes.count { $0.state == .open })
        }
    }
    private static func look(
        _ scope: CompletenessScope, _ index: IndexReader, _ settings: Settings, now: Timestamp,
        by: String
    ) throws -> (duties: Int, found: [CompletenessRow], changes: [CompletenessRow]) {
        let rules = try settings.completenessTable()
        let duties = try duties(in: scope, index, rules, now: now)
        let check = CompletenessCheck(rules, now: now)
        let weights = try settings.matchTable()
        var found: [CompletenessRow] = []
        var changes: [CompletenessRow] = []
        for duty in duties {
            let coverage = try DutyCoverage(of: duty, weights, index)
            var known = Dictionary(
                uniqueKeysWithValues: try index.missing(ofDuty: duty.id).filter {
                    $0.state != .gone
                }.map { ($0.id, $0) })
            for finding in check.findings(coverage) {
                if let before = known.removeValue(forKey: finding.id) {
                    found.append(before)
                    continue
                }
                let row = CompletenessRow(
                    id: finding.id, code: finding.code.rawValue, duty: duty.id,
                    subject: finding.subject.isEmpty ? nil : finding.subject,
                    words: finding.words, state: .open, by: by)
                found.append(row)
                changes.append(row)
            }
            for var gone in known.values.sorted(by: { $0.id < $1.id }) {
                (gone.state, gone.why, gone.by) = (.gone, nil, by)
                changes.append(gone)
            }
        }
        return (duties.count, found, changes)
    }

    private static func duties(
        in scope: CompletenessScope, _ index: IndexReader, _ rules: CompletenessRules,
        now: Timestamp
    ) throws -> [DutyRow] {
        let day: Int64 = 86_400_000
        let month = Timestamp(milliseconds: now.milliseconds - 31 * day)...now
        switch scope {
        case .caseNumber(let text):
            return try index.duties(of: .caseNumber, CaseNumber(asked: text).description)
        case .day(let text, let court):
            guard PlainText.isDay(text), let midnight = CivilTime(text + "T00:00:00") else {
                throw AssemblyFailure(
                    .wrongUsage, subject: "--day",
                    wanted: Bilingual("write it like 2026-08-04", "请写成 2026-08-04 的形式"))
            }
            let first = ZoneOffset.china.timestamp(of: midnight)
            let last = Timestamp(milliseconds: first.milliseconds + day - 1)
            return try index.duties(touching: first...last).filter { court ?? $0.court == $0.court }
        case .court(let court):
            return try index.duties(touching: month).filter { $0.court == court }
        case .lately:
            let docked = now.milliseconds - Int64(rules.hoursToDock) * 3_600_000
            return try index.duties(touching: month)
                .filter { $0.window.upperBound.milliseconds <= docked }
        }
    }
}

extension Operations {
    /// Looks through field tasks for what is missing. What is new, or no longer missing, is entered
    /// before it is told.
    func completeness(
        _ scope: CompletenessScope, by: String, _ answer: @Sendable (Answer) -> Void
    ) async throws -> ExitStatus {
        let (duties, found, _) = try await station.completeness.look(scope, by: by)
        for finding in found { answer(.line(.object(finding.row.members))) }
        let open = found.count { $0.state == .open }
        answer(
            .line([
                "summary": [
                    "duties": .integer(Int64(duties)), "open": .integer(Int64(open)),
                    "explained": .integer(Int64(found.count - open)),
                ]
            ]))
        // Nothing to check is no success.
        return open > 0 || duties == 0 ? .findings : .done
    }

    /// Says why something is missing; in the ledger when it returns.
    func explain(
        _ id: String, why: String, by: String, _ answer: @Sendable (Answer) -> Void
    ) async throws -> ExitStatus {
        guard var finding = try station.stages.index.missing(id), finding.state != .gone else {
            throw AssemblyFailure(
                .wrongUsage, subject: SafeText.of(id),
                wanted: Bilingual(
                    "it is no open finding: look at what completeness lists",
                    "没有该核查发现，请以应录未录核查的结果为准"))
        }
        (finding.state, finding.why, finding.by) = (.explained, why, by)
        _ = try await station.stages.ledger.enter([
            NewCustodyEvent(kind: .finding, time: Clock.now(), rows: [finding.row])
        ])
        try await station.stages.feeder.catchUp()
        answer(.line(.object(finding.row.members)))
        return .done
    }
}

/// Looks once a day through the field tasks of the last 31 days, so that nobody has to ask.
struct CompletenessService: Service {
    private static let interval: Duration = .seconds(24 * 3600)

    let desk: CompletenessDesk
    let matching: MatchDesk

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await look()
                try? await Task.sleep(for: Self.interval)
            }
        }
    }

    private func look() async {
        let log = desk.stages.log
        do {
            // What came while nothing ran is linked first.
            await matching.catchUpOrSay()
            let (duties, _, new) = try await desk.look(.lately, by: "evidock")
            guard new > 0 else { return }
            log.notice(
                "field tasks lack something",
                metadata: ["tasks": "\(duties)", "new": "\(new)"])
        } catch is CancellationError {
        } catch {
            log.error(
                "field tasks could not be looked through",
                metadata: ["error": "\((error as? any Failure)?.code ?? "unexpected")"])
        }
    }
}
