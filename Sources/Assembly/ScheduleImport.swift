import CaseIndex
import Casework
import Custody
package import Evidence
import Fixity
import Glibc
import Ingest
package import Logging

/// Takes a schedule of cases and duties in, or a register of recorders: every row of the file is
/// accounted for, and all that is new or changed stands in `schedule` or `recorder-issue` events.
struct ScheduleImport {
    let station: Station
    /// The most bytes of a schedule.
    static let byteLimit = 256 << 20
    /// Rows in one event: enough for few syncs, few enough for flat memory.
    private static let rowLimit = 4096

    /// Reads the whole file before anything is entered: one that cannot be read to its end leaves
    /// nothing. Where entering fails on the way, some of its rows stand; given again, the others
    /// follow.
    ///
    /// - Parameter tell: each line of the account, as ``ScheduleReport`` writes it.
    /// - Returns: what came of the file, and its first leaf.
    /// - Throws: `unreadable-file`; a ``ScheduleFailure`` where the file is no schedule.
    func run(
        _ path: String, zone: String?, by: String, tell: @escaping @Sendable (String) -> Void
    ) async throws -> (row: ScheduleFileRow, leaf: Int64?) {
        guard FileFacts(at: path)?.kind == S_IFREG,
            let bytes = try SmallFile.read(path, limit: Self.byteLimit)
        else { throw AssemblyFailure(.unreadableFile, subject: path) }
        return try await run(bytes, zone: zone, by: by, tell: tell)
    }

    /// The same of what a file would hold.
    func run(
        _ bytes: [UInt8], zone: String?, by: String, tell: @escaping @Sendable (String) -> Void
    ) async throws -> (row: ScheduleFileRow, leaf: Int64?) {
        let (index, settings) = (station.stages.index, station.settings)
        let reader = try ScheduleReader(
            zone: zone.flatMap { ScheduleZone($0) } ?? .china, mapping: settings.scheduleHeaders(),
            courts: settings.courtTable(), types: settings.caseTypeTable())
        let (file, isNew) = try await offPool {
            try Self.account(of: bytes, reader, index: index, by: by, tell: tell)
        }
        guard isNew.contains(true) else { return (file, nil) }
        let ledger = station.stages.ledger
        let leaf = try await offPool { try Self.enter(bytes, reader, isNew, file, ledger) }
        try await station.stages.publish()
        return (file, leaf)
    }

    /// What becomes of each row: told, and whether it is new or changed.
    private static func account(
        of bytes: [UInt8], _ reader: ScheduleReader, index: IndexReader, by: String,
        tell: (String) -> Void
    ) throws -> (ScheduleFileRow, isNew: [Bool]) {
        var file = ScheduleFileRow(
            sha256: SHA256Digest.of(bytes), size: Int64(bytes.count), encoding: "", accepted: 0,
            changed: 0, unchanged: 0, refused: 0, by: by)
        var isNew: [Bool] = []
        tell(ScheduleReport.header)
        let summary = try rows(of: bytes, reader) { verdict in
            let answer = try Self.answer(to: verdict, index)
            switch answer {
            case .accepted: file.accepted += 1
            case .changed: file.changed += 1
            case .unchanged, .repeated: file.unchanged += 1
            case .refused: file.refused += 1
            }
            switch answer {
            case .accepted, .changed: isNew.append(true)
            case .unchanged, .repeated, .refused: isNew.append(false)
            }
            tell(ScheduleReport.line(verdict, answer))
        }
        file.encoding = summary.encoding
        return (file, isNew)
    }

    /// Enters the rows that are new or changed, which are made a second time: all of them at once
    /// would not be flat memory. What a file says of recorders stands where all else of the
    /// register does.
    ///
    /// - Returns: the first leaf.
    private static func enter(
        _ bytes: [UInt8], _ reader: ScheduleReader, _ isNew: [Bool], _ file: ScheduleFileRow,
        _ ledger: CustodyLedger
    ) throws -> Int64? {
        var waiting: [CustodyEventKind: [RecordRow]] = [.schedule: [], .recorderIssue: []]
        var (file, first): (ScheduleFileRow, Int64?) = (file, nil)
        func enter(_ kind: CustodyEventKind) throws {
            let rows = [file.row] + (waiting[kind] ?? [])
            waiting[kind] = []
            let event = NewCustodyEvent(kind: kind, time: Clock.now(), rows: rows)
            let places = try waitFor { try await ledger.integrate([event]) }
            first = first ?? places.first
            file.part += 1
        }
        var number = 0
        _ = try rows(of: bytes, reader) { verdict in
            defer { number += 1 }
            guard isNew[number], let (kind, row) = entry(verdict, by: file.by) else { return }
            waiting[kind, default: []].append(row)
            if waiting[kind]?.count == rowLimit { try enter(kind) }
        }
        for kind in [CustodyEventKind.schedule, .recorderIssue]
        where waiting[kind]?.isEmpty == false {
            try enter(kind)
        }
        return first
    }

    private static func entry(
        _ verdict: RowVerdict, by: String
    ) -> (CustodyEventKind, RecordRow)? {
        switch verdict.result {
        case .acceptedCase(let row): return (.schedule, row.row)
        case .acceptedDuty(let row): return (.schedule, row.row)
        case .acceptedIssue(var row):
            row.by = by
            return (.recorderIssue, row.row)
        case .repeated, .refused: return nil
        }
    }

    /// Every row's verdict; what `take` throws ends it.
    private static func rows(
        of bytes: [UInt8], _ reader: ScheduleReader, _ take: (RowVerdict) throws -> Void
    ) throws -> ScheduleSummary {
        var problem: (any Error)?
        let summary = try reader.read(bytes) { verdict in
            guard problem == nil else { return }
            do { try take(verdict) } catch { problem = error }
        }
        if let problem { throw problem }
        return summary
    }

    private static func answer(
        to verdict: RowVerdict, _ index: IndexReader
    ) throws -> ScheduleDifference.Answer {
        switch verdict.result {
        case .acceptedCase(let row):
            let known = try index.knownCase(row.caseNumber)
            return ScheduleDifference(cases: known.map { [row.id: $0] } ?? [:]).answer(to: verdict)
        case .acceptedDuty(let row):
            let known = try index.knownDuty(row.id)
            return ScheduleDifference(duties: known.map { [row.id: $0] } ?? [:])
                .answer(to: verdict)
        case .acceptedIssue(let row):
            let known = try index.recorderIssues(row.recorder, until: row.from)
                .last { $0.from == row.from }
            return ScheduleDifference(issues: known.map { [row.id: $0] } ?? [:])
                .answer(to: verdict)
        case .repeated, .refused: return ScheduleDifference().answer(to: verdict)
        }
    }
}

extension Operations {
    func importSchedule(
        _ path: String, zone: String?, by: String, _ answer: @escaping @Sendable (Answer) -> Void
    ) async throws -> ExitStatus {
        guard zone == nil || zone.flatMap({ ScheduleZone($0) }) != nil else {
            throw AssemblyFailure(
                .wrongUsage, subject: "--zone",
                wanted: Bilingual(
                    "write it like +08:00 or Asia/Shanghai", "请写成 +08:00 或 Asia/Shanghai 的形式"))
        }
        return try await tell(
            of: try await ScheduleImport(station: station).run(
                path, zone: zone, by: by, tell: { answer(.line(["report": .string($0)])) }), answer)
    }

    /// Takes in one case; of one that is known only what is told of it changes.
    func addCase(
        _ told: [String: JSONValue], by: String, _ answer: @escaping @Sendable (Answer) -> Void
    ) async throws -> ExitStatus {
        let number = try CaseNumber(asked: told["caseNumber"]?.stringValue ?? "")
        let index = station.stages.index
        let known = try await offPool { try index.knownCase(number)?.row.members ?? [:] }
        let merged = known.merging(told) { $1 }
            .merging(["caseNumber": .string(number.description)]) { $1 }
        let bytes = Array(JSONWriter.line(["cases": [.object(merged)]]).utf8)
        return try await tell(
            of: try await ScheduleImport(station: station).run(
                bytes, zone: nil, by: by, tell: { answer(.line(["report": .string($0)])) }), answer)
    }

    private func tell(
        of taken: (row: ScheduleFileRow, leaf: Int64?),
        _ answer: @escaping @Sendable (Answer) -> Void
    ) async throws -> ExitStatus {
        let (file, leaf) = taken
        var members: [String: JSONValue] = [
            "accepted": .integer(file.accepted), "changed": .integer(file.changed),
            "unchanged": .integer(file.unchanged), "refused": .integer(file.refused),
            "sha256": .string(file.sha256.hex), "encoding": .string(file.encoding),
        ]
        members.set("leaf", leaf)
        await match()
        answer(.line(.object(members)))
        return file.refused > 0 ? .partlyTaken : .done
    }
}

extension StationReader {
    /// Cases that fit a part of a case number, the newest first; all for nil.
    ///
    /// - Throws: `wrong-usage` where the text has signs that no case number has.
    package func cases(_ text: String?, limit: Int, log: Logger) async throws -> [JSONValue] {
        let query = try text.map(CaseNumberQuery.init(asked:))
        return try await index(log: log).cases(query, limit: limit).map { .object($0.row.members) }
    }

    /// A case with its duties and certificates.
    ///
    /// - Throws: `no-such-case`.
    package func showCase(_ text: String, log: Logger) async throws -> JSONValue {
        let number = try CaseNumber(asked: text)
        let index = try await index(log: log)
        let duties = try index.duties(of: .caseNumber, number.description)
        let known = try index.knownCase(number)
        guard known != nil || !duties.isEmpty else {
            throw AssemblyFailure(.noSuchCase, subject: number.description)
        }
        var members = known?.row.members ?? ["caseNumber": .string(number.description)]
        members["duties"] = .array(duties.map { .object($0.row.members) })
        let certificates = try index.certificates(caseNumber: number.description)
        members["certificates"] = .array(certificates.map(\.json))
        return .object(members)
    }
}
