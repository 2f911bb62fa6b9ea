import CaseIndex
import Casework
import Custody
import Evidence
import Ingest

/// Which field tasks are looked through for what is missing.
package enum CompletenessScope: Hashable, Sendable {
    case caseNumber(String)
    /// A day (`yyyy-MM-dd`, +08:00); only of that court where one is named.
    case day(String, court: String?)
    /// The last 31 days of a court.
    case court(String)

    var json: JSONValue {
        switch self {
        case .caseNumber(let number): ["case": .string(number)]
        case .day(let day, nil): ["day": .string(day)]
        case .day(let day, let court?): ["day": .string(day), "court": .string(court)]
        case .court(let court): ["court": .string(court)]
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

extension Operations {
    /// Looks through field tasks for what is missing. What is new, or no longer missing, is entered
    /// before it is told.
    func completeness(
        _ scope: CompletenessScope, by: String, _ answer: @Sendable (Answer) -> Void
    ) async throws -> ExitStatus {
        let (index, settings, now) = (station.stages.index, station.settings, Clock.now())
        let (duties, found, changes) = try await offPool {
            try Self.look(scope, index, settings, now: now, by: by)
        }
        if !changes.isEmpty {
            _ = try await station.stages.ledger.enter([
                NewCustodyEvent(kind: .finding, time: now, rows: changes.map(\.row))
            ])
            try await station.stages.feeder.catchUp()
        }
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

    private static func look(
        _ scope: CompletenessScope, _ index: IndexReader, _ settings: Settings, now: Timestamp,
        by: String
    ) throws -> (duties: Int, found: [CompletenessRow], changes: [CompletenessRow]) {
        let duties = try duties(in: scope, index, now: now)
        let check = CompletenessCheck(try settings.completenessTable(), now: now)
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
        in scope: CompletenessScope, _ index: IndexReader, now: Timestamp
    ) throws -> [DutyRow] {
        let day: Int64 = 86_400_000
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
            let first = Timestamp(milliseconds: now.milliseconds - 31 * day)
            return try index.duties(touching: first...now).filter { $0.court == court }
        }
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

extension DutyCoverage {
    fileprivate init(of duty: DutyRow, _ weights: MatchWeights, _ index: IndexReader) throws {
        let window = duty.window
        let times =
            Timestamp(
                milliseconds: window.lowerBound.milliseconds
                    - Int64(weights.minutesBefore) * 60_000)...Timestamp(
                milliseconds: window.upperBound.milliseconds
                    + Int64(weights.minutesAfter) * 60_000)
        let footage = try index.footage(of: duty.caseNumbers, touching: times).compactMap { file in
            try index.matchable(file.item).map { item in
                Footage(
                    item: file.item, recorder: item.recorder,
                    officer: try MatchQuestion(item, index).officer, begins: file.begins,
                    ends: file.ends, missing: file.missing, problem: file.problem,
                    clockOffset: item.clockOffset,
                    hasImpossibleTime: item.clockFlags.contains(where: \.makesTimeDoubtful))
            }
        }
        var recorders = Set(duty.recorders)
        for officer in duty.officers.compactMap(\.id) {
            for recorder in try index.recorders(everOf: officer)
            where try index.holder(of: recorder, at: window.lowerBound).officer == officer {
                recorders.insert(recorder)
            }
        }
        let over = duty.actualEnd ?? window.lowerBound
        let dockings = try recorders.map { ($0, try index.docking(of: $0, from: over)) }
        self.init(
            duty: duty, footage: footage,
            recorders: Dictionary(uniqueKeysWithValues: dockings.map { ($0, $1?.docked) }),
            refused: Dictionary(uniqueKeysWithValues: dockings.map { ($0, $1?.refused ?? 0) }))
    }
}
