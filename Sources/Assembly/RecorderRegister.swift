import CaseIndex
import Custody
package import Evidence
import Ingest
package import Logging

extension Operations {
    /// Enters who has a recorder from a moment on.
    func register(
        _ recorder: String, _ step: RecorderIssueRow.Step, officer: String?, from: Timestamp?,
        by: String, _ answer: @Sendable (Answer) -> Void
    ) async throws -> ExitStatus {
        let now = Clock.now()
        let from = from ?? now
        let row = RecorderIssueRow(
            recorder: recorder, step: step, officer: officer, from: from, by: by)
        if step == .returned,
            RecorderHolder(try station.stages.index.recorderIssues(recorder, until: from)).officer
                == nil
        {
            throw AssemblyFailure(
                .wrongUsage, subject: SafeText.of(recorder),
                wanted: Bilingual("nobody has it at that time", "该时间无人持有"))
        }
        let receipts = try await station.stages.ledger.enter([
            NewCustodyEvent(kind: .recorderIssue, time: now, rows: [row.row])
        ])
        try await station.stages.feeder.catchUp()
        await match()
        answer(.line(RecorderRegister.json(row, leaf: receipts.first?.index)))
        return .done
    }

    /// Corrects who carried the recorder of an item, or of all items of a docking.
    func attribute(
        _ names: [String], officer: String, why: String, by: String,
        _ answer: @Sendable (Answer) -> Void
    ) async throws -> ExitStatus {
        let index = station.stages.index
        let rows = try names.map { name in
            if let visit = LedgerName(name), try index.hasVisit(visit) {
                return AttributionRow(visit: name, item: nil, officer: officer, why: why, by: by)
            }
            let item = try ItemLookup.one(name, in: index)
            try item.requireKept()
            return AttributionRow(visit: nil, item: item.name, officer: officer, why: why, by: by)
        }
        guard !rows.isEmpty else { throw AssemblyFailure(.noSuchItem) }
        let receipts = try await station.stages.ledger.enter([
            NewCustodyEvent(kind: .attribution, time: Clock.now(), rows: rows.map(\.row))
        ])
        try await station.stages.feeder.catchUp()
        await match()
        for row in rows {
            var members: [String: JSONValue] = ["officer": .string(row.officer)]
            members.set("visit", row.visit)
            members.set("item", row.item)
            members.set("leaf", receipts.first?.index)
            answer(.line(.object(members)))
        }
        return .done
    }
}

/// What the register says, as JSON.
enum RecorderRegister {
    static func json(_ row: RecorderIssueRow, leaf: Int64?) -> JSONValue {
        var members: [String: JSONValue] = [
            "recorder": .string(row.recorder), "step": .string(row.step.rawValue),
            "from": .string(row.from.description),
        ]
        members.set("officer", row.officer)
        members.set("leaf", leaf)
        return .object(members)
    }
}

extension StationReader {
    /// Who has each recorder at a moment; of one recorder its whole history.
    package func recorders(
        _ recorder: String?, at moment: Timestamp, log: Logger
    ) async throws -> [JSONValue] {
        let index = try await index(log: log)
        if let recorder {
            return try index.recorderIssues(recorder).map { RecorderRegister.json($0, leaf: nil) }
        }
        let issues = Dictionary(
            grouping: try index.recorderIssues(until: moment), by: \.recorder)
        let carriers = try index.carriers(at: moment)
        return Set(issues.keys).union(carriers.keys).sorted().compactMap { recorder in
            var holder = RecorderHolder(issues[recorder] ?? [])
            holder.carrier = carriers[recorder]
            guard let officer = holder.officer else { return nil }
            var members: [String: JSONValue] = [
                "recorder": .string(recorder), "officer": .string(officer),
            ]
            if officer != holder.owner { members.set("owner", holder.owner) }
            if holder.borrower == nil, holder.carrier != nil { members["bySchedule"] = true }
            return .object(members)
        }
    }
}
