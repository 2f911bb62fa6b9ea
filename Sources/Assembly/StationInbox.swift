import CaseIndex
import Casework
import Custody
import Evidence
import Ingest
import Portal
import Synchronization

/// What officers say of their footage, in an open station.
struct StationInbox: InboxDesk {
    private static let pageLength = 25
    /// Field tasks that are named for an item.
    private static let candidates = 4
    private static let mostClaims = 500
    /// A field task may be said so long after it began.
    private static let latest: Int64 = 3_600_000
    /// Footage is to be linked within a week.
    static let overdueAfter: Int64 = 7 * 86_400_000

    let station: Station

    func inbox(
        of officer: String, docking: String?, after cursor: String?
    ) async throws -> InboxPage {
        try await offPool { try self.page(of: officer, docking: docking, after: cursor) }
    }

    private func page(
        of officer: String, docking: String?, after cursor: String?
    ) throws -> InboxPage {
        var filter = ListFilter()
        (filter.officer, filter.isUnassigned) = (officer, true)
        filter.after = cursor.flatMap { ListCursor($0) }
        filter.limit = Self.pageLength + 1
        let index = station.pageIndex
        var listed: [ListedItem]
        if let docking {
            // One docking has few files: they are all looked at.
            let wanted = try index.unlinkedItems(ofDocking: docking)
            filter.limit = .max
            listed = try index.list(filter).filter { wanted.contains($0.item) }
        } else {
            listed = try index.list(filter)
        }
        let weights = try station.settings.matchTable()
        let items = try listed.prefix(Self.pageLength).map { try item($0, index, weights) }
        let isLast = listed.count <= Self.pageLength
        var page = InboxPage(
            items: items,
            next: isLast ? nil : listed[Self.pageLength - 1].cursor.description)
        page.requests = try index.orders(isWaiting: true).map(\.order)
            .filter { $0.officers.contains(officer) }
        // What is still open is not told: it would say which items there are.
        page.claims = try index.claims(by: officer, limit: Self.pageLength)
            .filter { $0.state != .open || !$0.isMine }.map(\.claim)
        return page
    }

    private func item(
        _ listed: ListedItem, _ index: IndexReader, _ weights: MatchWeights
    ) throws -> InboxItem {
        let matchable = try index.matchable(listed.item)
        let result = try matchable.map {
            try MatchQuestion($0, index).answer(weights, keeping: Self.candidates)
        }
        let name = LedgerName(listed.item)
        let age = station.stages.now().milliseconds - listed.ingested.milliseconds
        return InboxItem(
            item: listed.item, path: listed.path?.display, begins: matchable?.begins,
            isTimeSure: !["fileSystem", "taken", nil].contains(listed.startFrom),
            seconds: listed.durationMicroseconds.map { ($0 + 500_000) / 1_000_000 },
            bytes: listed.size, recorder: listed.recorder,
            isImportant: listed.marks.contains("important"),
            isOverdue: age > Self.overdueAfter,
            isDisowned: try name.map { try index.claims(on: $0) }?.contains {
                $0.state == .open && !$0.isMine
            } ?? false,
            notes: try name.map { try index.notes(about: $0).map(\.text) } ?? [],
            isPlayable: listed.role == "video"
                && PlayableFilm.isPlayable(listed.path?.display ?? ""),
            candidates: (result?.candidates ?? []).filter { $0.points > 0 }.map { candidate in
                InboxItem.Candidate(
                    caseNumbers: candidate.duty.caseNumbers.map(\.description),
                    action: candidate.duty.kind, begins: candidate.duty.window.lowerBound,
                    ends: candidate.duty.window.upperBound, place: candidate.duty.place,
                    points: candidate.points,
                    reasons: candidate.reasons.sorted { abs($0.points) > abs($1.points) }
                        .map { ($0.points, $0.words) })
            })
    }

    func link(_ item: String, to caseNumber: String, by: String) async throws {
        try await perform(
            .assign(
                AssignmentOrder(
                    item: item, caseNumber: caseNumber, step: .assigned, why: "inbox")), by: by)
    }

    func setAside(_ item: String, why: String, by: String) async throws {
        try await perform(
            .retention(RetentionRequest(.markPrivate, names: [item], why: why)), by: by)
    }

    /// Carries a command's request out; its failure is thrown.
    private func perform(_ request: Request, by: String) async throws {
        let refusal = Mutex<RefusedRequest?>(nil)
        let status = await Operations(station: station, language: .english)
            .perform(request, by: by) { answer in
                if case .failure(let code, let problem, let nextStep) = answer {
                    refusal.withLock {
                        $0 = RefusedRequest(code: code, problem: problem, nextStep: nextStep)
                    }
                }
            }
        if let refused = refusal.withLock({ $0 }) { throw refused }
        guard status == .done else { throw AssemblyFailure(.daemonGone) }
    }

    // MARK: - Notes and claims

    func note(_ items: [String], text: String?, mark: String?, by: String) async throws {
        try PlainText.check(text, of: "note", limit: 1000)
        try await enter(
            .annotation,
            items.map { NoteRow(item: $0, text: text, mark: mark, by: by).row })
        await station.matching.catchUpOrSay()
    }

    func isKnown(_ item: String) async throws -> Bool {
        try await offPool { [index = station.pageIndex] in
            guard case .one(let found) = try index.item(item) else { return false }
            return found.name == item && found.deleted == nil
        }
    }

    func claim(_ claims: [ClaimRow]) async throws {
        for claim in claims { try PlainText.check(claim.why, of: "why", limit: 1000) }
        try await enter(.annotation, claims.map(\.row))
    }

    func openClaims() async throws -> [Claim] {
        try await offPool { [index = station.pageIndex] in
            try index.openClaims(limit: Self.mostClaims).map { listed in
                var claim = listed.claim
                if case .one(let item) = try index.item(listed.item) {
                    claim.begins = item.begins
                    (claim.recorder, claim.officer) = (item.recorder, item.officer)
                }
                return claim
            }
        }
    }

    func answer(_ claim: ClaimRow, officer: String?) async throws {
        try PlainText.check(claim.why, of: "why", limit: 1000)
        try PlainText.check(officer, of: "--officer", limit: 64)
        let isOpen = try await offPool { [index = station.pageIndex] in
            try LedgerName(claim.item).map { try index.claims(on: $0) }?.contains {
                $0.account == claim.account && $0.state == .open && $0.isMine == claim.isMine
            } ?? false
        }
        guard isOpen else {
            throw AssemblyFailure(
                .wrongUsage, subject: SafeText.of(claim.item),
                wanted: Bilingual("this was answered already", "该申报已处理"))
        }
        let row = AttributionRow(
            visit: nil, item: claim.item, officer: officer ?? "", why: claim.why, by: claim.by)
        let stages = station.stages
        let now = stages.now()
        // Both or neither.
        let given =
            claim.state == .confirmed && officer != nil
            ? [NewCustodyEvent(kind: .attribution, time: now, rows: [row.row])] : []
        _ = try await stages.ledger.enter(
            given + [NewCustodyEvent(kind: .annotation, time: now, rows: [claim.row])])
        try await stages.feeder.catchUp()
        await station.matching.catchUpOrSay()
    }

    private func enter(_ kind: CustodyEventKind, _ rows: [RecordRow]) async throws {
        let stages = station.stages
        _ = try await stages.ledger.enter([
            NewCustodyEvent(kind: kind, time: stages.now(), rows: rows)
        ])
        try await stages.feeder.catchUp()
    }

    // MARK: - Field tasks

    func actions() async throws -> [String] {
        try await offPool { try ScheduleWords().actions }
    }

    func recorder(of officer: String) async throws -> String? {
        try await offPool { [index = station.pageIndex, now = station.stages.now()] in
            try index.recorders(everOf: officer).last { recorder in
                let holder = try index.holder(of: recorder, at: now)
                return (holder.borrower ?? holder.carrier ?? holder.owner) == officer
            }
        }
    }

    func add(_ task: FieldTask, by: String) async throws {
        try PlainText.check(task.place, of: "place", limit: 200)
        try PlainText.check(task.recorder, of: "--recorder", limit: 64)
        for officer in task.officers { try PlainText.check(officer, of: "--officer", limit: 64) }
        let number = try CaseNumber(asked: task.caseNumber)
        guard task.begins <= task.ends else {
            throw AssemblyFailure(
                .wrongUsage, subject: "--to",
                wanted: Bilingual("it ends after it begins", "结束应晚于开始"))
        }
        let own = task.officers.first ?? ""
        func refuse(_ english: String, _ chinese: String) -> AssemblyFailure {
            AssemblyFailure(
                .wrongUsage, subject: "field task", wanted: Bilingual(english, chinese))
        }
        let now = station.stages.now()
        // It is said before he leaves: nobody draws to himself what others have recorded already.
        guard task.begins.milliseconds >= now.milliseconds - Self.latest else {
            throw refuse("it begins now or later", "外勤任务应于当前或之后开始")
        }
        guard try await actions().contains(task.action) else {
            throw refuse("this action is not known", "未知的任务类别")
        }
        let index = station.pageIndex
        let holder = try await offPool { () -> String? in
            guard let recorder = task.recorder else { return nil }
            let holder = try index.holder(of: recorder, at: now)
            return holder.borrower ?? holder.carrier ?? holder.owner
        }
        guard holder == nil || holder == own else {
            throw refuse("this recorder is somebody else's", "该记录仪由他人领用")
        }
        let duty = DutyRow(
            id: "\(own)/\(number)/\(task.action)/\(task.begins)", caseNumbers: [number],
            kind: task.action, court: task.court ?? number.court,
            officers: task.officers.map { ScheduledOfficer(id: $0, name: nil) },
            recorders: task.recorder.map { [$0] } ?? [],
            carriers: task.recorder.map { [$0: own] } ?? [:], plannedStart: task.begins,
            plannedEnd: task.ends, place: task.place)
        try await enter(.schedule, [duty.row])
        await station.matching.catchUpOrSay()
    }
}

extension ListedClaim {
    fileprivate var claim: Claim {
        Claim(
            row: ClaimRow(
                item: item, account: account, isMine: isMine, state: state,
                why: answer ?? why, by: answeredBy ?? account), time: time)
    }
}

/// Why a request was not carried out, as its answer says it.
private struct RefusedRequest: Failure {
    let code: String
    let problem: Bilingual
    let nextStep: Bilingual
    var disposition: Disposition { .quarantine }
}
