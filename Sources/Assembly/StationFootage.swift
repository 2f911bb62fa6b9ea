import CaseIndex
import Casework
import Custody
import Evidence
import Ingest
import Portal
import Synchronization
import Vault

/// Footage of an open station, as its pages work on it.
struct StationFootage: FootageDesk {
    private static let pageLength = 25
    /// Field tasks that are named for an item.
    private static let candidates = 4

    let station: Station
    /// What is known of objects that were asked for lately: a player asks for one again and again.
    private let known = KnownObjects()

    init(station: Station) { self.station = station }

    func ownership(of item: String) async throws -> ItemOwnership? {
        try await offPool { [station] () -> ItemOwnership? in
            guard let found = try station.stages.index.kept(item) else { return nil }
            let desk = try CaseStandings(station)
            let links = found.cases.map(\.assignment)
            let whole = Set(links.filter { $0.from == nil && $0.to == nil }.map(\.caseNumber))
            let standings = try Set(links.map(\.caseNumber)).map { try desk.standing(of: $0) }
                .sorted { $0.number < $1.number }
            return ItemOwnership(
                officer: found.officer, cases: standings.filter { whole.contains($0.number) },
                isRestricted: standings.contains(where: \.isRestricted))
        }
    }

    func object(of name: String) async throws -> FootageObject? {
        try await offPool { [station, known] () -> FootageObject? in
            if let object = known[name] { return object }
            guard let item = try station.stages.index.kept(name) else { return nil }
            let rows = try station.stages.reader.rows(of: item.leaf).map(\.row)
            let listed = try rows.first { $0.kind == BlocksRow.kind }.map { try BlocksRow($0) }
            let blocks = listed?.digests ?? [item.sha256]
            let (sha256, size) = (item.sha256, item.size)
            let count = (size + VaultedItem.blockSize - 1) / VaultedItem.blockSize
            guard blocks.count == max(1, Int(count)) else { throw VaultFailure(.damagedObject) }
            let vault = try StationReader(settings: station.settings).vaultReader()
            let object = FootageObject(
                sha256: sha256, size: size, type: MediaType.of(item),
                fileName: item.name + MediaType.ending(of: item)
            ) { number in
                try await offPool {
                    try vault.block(of: sha256, size: size, number, digest: blocks[number])
                }
            }
            known[name] = object
            return object
        }
    }

    func inbox(of officer: String, after cursor: String?) async throws -> InboxPage {
        try await offPool { try self.page(of: officer, after: cursor) }
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
            isPlayable: listed.role == "video" && MediaType.isPlayable(listed.path),
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

/// Objects by their items' names. That an item is still there is for whoever asks to know.
private final class KnownObjects: Sendable {
    private static let limit = 64
    private let objects = Mutex<[String: FootageObject]>([:])

    subscript(name: String) -> FootageObject? {
        get { objects.withLock { $0[name] } }
        set {
            objects.withLock { objects in
                if objects.count >= Self.limit { objects = [:] }
                objects[name] = newValue
            }
        }
    }
}

extension IndexReader {
    /// The item of that very name whose bytes are still there; nil where there is none.
    fileprivate func kept(_ name: String) throws -> ItemRecord? {
        guard case .one(let item) = try item(name), item.name == name else { return nil }
        do { try item.requireKept() } catch is AssemblyFailure { return nil }
        return item
    }
}

/// What a browser is told that footage is: by the ending of its name, which decides nothing but how
/// it is shown.
private enum MediaType {
    private static let known = [
        "mp4": "video/mp4", "m4v": "video/mp4", "mov": "video/quicktime", "webm": "video/webm",
        "mkv": "video/x-matroska", "avi": "video/x-msvideo", "ts": "video/mp2t",
        "3gp": "video/3gpp", "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png",
        "m4a": "audio/mp4", "mp3": "audio/mpeg", "wav": "audio/wav", "aac": "audio/aac",
    ]

    static func of(_ item: ItemRecord) -> String {
        known[fileExtension(item)] ?? "application/octet-stream"
    }

    /// `.mp4`; nothing for an ending that nobody knows.
    static func ending(of item: ItemRecord) -> String {
        let ending = fileExtension(item)
        return known[ending] == nil ? "" : "." + ending
    }

    static func isPlayable(_ path: RecorderPath?) -> Bool {
        ["mp4", "m4v", "mov", "webm"].contains(path?.fileExtension.lowercased())
    }

    private static func fileExtension(_ item: ItemRecord) -> String {
        item.names.first?.path.fileExtension.lowercased() ?? ""
    }
}

/// Why a request was not carried out, as its answer says it.
private struct RefusedRequest: Failure {
    let code: String
    let problem: Bilingual
    let nextStep: Bilingual
    var disposition: Disposition { .quarantine }
}
