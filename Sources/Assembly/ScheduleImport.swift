import CaseIndex
import Casework
import Custody
package import Evidence
import Fixity
import Glibc
import Ingest
package import Logging

/// Takes a schedule of cases and duties in, or a register of recorders: every row of the file is accounted
/// for, and all that is new or changed stands in one `schedule` event, or one `recorder-issue` event.
struct ScheduleImport {
    let station: Station
    /// The most bytes of a schedule.
    static let byteLimit = 256 << 20

    /// Reads the whole file before anything is entered: it is taken whole or not at all.
    ///
    /// - Parameter tell: each line of the account, as ``ScheduleReport`` writes it.
    /// - Throws: `unreadable-file`; a ``ScheduleFailure`` where the file is no schedule.
    func run(
        _ path: String, zone: String?, by: String, tell: @escaping @Sendable (String) -> Void
    ) async throws -> (row: ScheduleFileRow, leaf: Int64?) {
        guard FileFacts(at: path)?.kind == S_IFREG,
            let bytes = try SmallFile.read(path, limit: Self.byteLimit)
        else { throw AssemblyFailure(.unreadableFile, subject: path) }
        let (index, settings) = (station.stages.index, station.settings)
        let (file, rows) = try await offPool {
            try Self.account(
                of: bytes, zone: zone, index: index, settings: settings, by: by, tell: tell)
        }
        guard !rows.isEmpty else { return (file, nil) }
        // What a file says of recorders stands where all else of the register does.
        let issues = rows.filter { $0.kind == RecorderIssueRow.kind }
        let schedule = rows.filter { $0.kind != RecorderIssueRow.kind }
        let now = Clock.now()
        var events: [NewCustodyEvent] = []
        if !schedule.isEmpty {
            events.append(
                NewCustodyEvent(kind: .schedule, time: now, rows: [file.row] + schedule))
        }
        if !issues.isEmpty {
            events.append(
                NewCustodyEvent(kind: .recorderIssue, time: now, rows: [file.row] + issues))
        }
        let receipts = try await station.stages.ledger.enter(events)
        try await station.stages.feeder.catchUp()
        return (file, receipts.first?.index)
    }

    private static func account(
        of bytes: [UInt8], zone: String?, index: IndexReader, settings: Settings, by: String,
        tell: (String) -> Void
    ) throws -> (ScheduleFileRow, [RecordRow]) {
        let reader = try ScheduleReader(
            zone: zone.flatMap { ScheduleZone($0) } ?? .china, mapping: settings.scheduleHeaders(),
            courts: settings.courtTable(), types: settings.caseTypeTable())
        var file = ScheduleFileRow(
            sha256: SHA256Digest.of(bytes), size: Int64(bytes.count), encoding: "", accepted: 0,
            changed: 0, unchanged: 0, refused: 0, by: by)
        var rows: [RecordRow] = []
        var problem: (any Error)?
        tell(ScheduleReport.header)
        let summary = try reader.read(bytes) { verdict in
            guard problem == nil else { return }
            do {
                let answer = try Self.answer(to: verdict, index)
                switch (answer, verdict.result) {
                case (.accepted, .acceptedCase(let row)), (.changed, .acceptedCase(let row)):
                    rows.append(row.row)
                case (.accepted, .acceptedDuty(let row)), (.changed, .acceptedDuty(let row)):
                    rows.append(row.row)
                case (.accepted, .acceptedIssue(var row)), (.changed, .acceptedIssue(var row)):
                    row.by = by
                    rows.append(row.row)
                default: break
                }
                switch answer {
                case .accepted: file.accepted += 1
                case .changed: file.changed += 1
                case .unchanged, .repeated: file.unchanged += 1
                case .refused: file.refused += 1
                }
                tell(ScheduleReport.line(verdict, answer))
            } catch { problem = error }
        }
        if let problem { throw problem }
        file.encoding = summary.encoding
        return (file, rows)
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
        let (file, leaf) = try await ScheduleImport(station: station).run(
            path, zone: zone, by: by, tell: { answer(.line(["report": .string($0)])) })
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
        let query = try text.map { text in
            guard let query = CaseNumberQuery(text) else {
                throw AssemblyFailure(
                    .wrongUsage, subject: SafeText.of(text),
                    wanted: Bilingual("a part of a case number is wanted", "应为案号或案号的一部分"))
            }
            return query
        }
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
