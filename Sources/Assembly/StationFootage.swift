import CaseIndex
import Casework
import Custody
import Evidence
import Ingest
import Portal
import Synchronization

/// Footage of an open station, as its pages work on it.
struct StationFootage: FootageDesk {
    private static let pageLength = 25
    /// Field tasks that are named for an item.
    private static let candidates = 4

    let station: Station

    func ownership(of item: String) async throws -> ItemOwnership? {
        try await offPool { [index = station.stages.index] in
            guard case .one(let found) = try index.item(item), found.name == item else {
                return nil
            }
            return ItemOwnership(officer: found.officer)
        }
    }

    func inbox(of officer: String, after cursor: String?, by: String) async throws -> InboxPage {
        let page = try await offPool { try self.page(of: officer, after: cursor) }
        guard !page.items.isEmpty else { return page }
        // Who saw it stands in the ledger before he does.
        let rows = page.items.map {
            DisclosureRow(item: $0.item, by: by, how: "list", why: "inbox").row
        }
        let stages = station.stages
        try await stages.ledger.integrate([
            NewCustodyEvent(kind: .disclosure, time: stages.now(), rows: rows)
        ])
        try await stages.publish()
        return page
    }

    private func page(of officer: String, after cursor: String?) throws -> InboxPage {
        var filter = ListFilter()
        (filter.officer, filter.isUnassigned) = (officer, true)
        filter.after = cursor.flatMap { ListCursor($0) }
        filter.limit = Self.pageLength + 1
        let index = station.stages.index
        let listed = try index.list(filter)
        let weights = try station.settings.matchTable()
        let items = try listed.prefix(Self.pageLength).map { try item($0, index, weights) }
        let isLast = listed.count <= Self.pageLength
        return InboxPage(
            items: items,
            next: isLast ? nil : listed[Self.pageLength - 1].cursor.description)
    }

    private func item(
        _ listed: ListedItem, _ index: IndexReader, _ weights: MatchWeights
    ) throws -> InboxItem {
        let matchable = try index.matchable(listed.item)
        let result = try matchable.map {
            try MatchQuestion($0, index).answer(weights, keeping: Self.candidates)
        }
        return InboxItem(
            item: listed.item, path: listed.path?.display, begins: matchable?.begins,
            isTimeSure: !["fileSystem", "taken", nil].contains(listed.startFrom),
            seconds: listed.durationMicroseconds.map { ($0 + 500_000) / 1_000_000 },
            bytes: listed.size, recorder: listed.recorder,
            isImportant: listed.marks.contains("important"),
            isProposed: !listed.proposed.isEmpty,
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
}

/// Why a request was not carried out, as its answer says it.
private struct RefusedRequest: Failure {
    let code: String
    let problem: Bilingual
    let nextStep: Bilingual
    var disposition: Disposition { .quarantine }
}
