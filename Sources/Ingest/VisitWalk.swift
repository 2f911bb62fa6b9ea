import CaseIndex
import Custody
import Evidence
import Fixity
import Logging
import Recorders
import Vault

/// The walk of one visit, step by step. Owned by one task; what its child tasks need is `Sendable`.
final class VisitWalk {
    let stages: Stages
    let board: DockBoard
    let slot: String
    let active: ActiveVisits
    let tree: RecorderTree
    let visit: RecorderVisit
    let overrides: RecorderOverrides
    let by: String
    let waitsForRoom: Bool
    let isAlive: @Sendable () -> Bool
    let tell: @Sendable (FileOutcome) -> Void
    let announcer: Announcer
    let describer: Describer
    let checksums: ChecksumCheck

    /// The visit's name, once its `docking` is entered.
    var name = LedgerName(station: "", leaf: 0)
    var summary = VisitSummary()
    var refusals: [RefusalRow] = []
    var ingestedItems: [(item: String, sha256: SHA256Digest)] = []
    /// Items that were there before and are on this card.
    var knownItems: [String: SHA256Digest] = [:]
    var allConfirmed = true
    /// The recorder went, or the station is stopping.
    var isInterrupted = false
    /// A file could not be taken now, but might be the next time.
    var hasUntaken = false
    /// Files seen before that were not read again.
    var unconfirmed: Int64 = 0
    /// The store had no room and nobody waits for it.
    var lacksRoom = false
    /// Paths that were replaced while they were copied, and were queued once more.
    var retaken: Set<RecorderPath> = []

    init(
        stages: Stages, board: DockBoard, slot: String, active: ActiveVisits, tree: RecorderTree,
        visit: RecorderVisit, overrides: RecorderOverrides, by: String, waitsForRoom: Bool,
        isAlive: @escaping @Sendable () -> Bool, tell: @escaping @Sendable (FileOutcome) -> Void
    ) {
        (self.stages, self.board, self.slot, self.active) = (stages, board, slot, active)
        (self.tree, self.visit, self.by) = (tree, visit, by)
        self.overrides = overrides
        (self.waitsForRoom, self.isAlive, self.tell) = (waitsForRoom, isAlive, tell)
        announcer = Announcer(publish: { try await stages.publish() }, tell: tell)
        describer = Describer(stages: stages)
        checksums = ChecksumCheck(visit: visit)
    }

    func run() async throws -> VisitSummary {
        let start = ContinuousClock.now
        try await enterDocking()
        let description = Task { [describer] in await describer.run() }
        do {
            let (new, seen) = await partition()
            board.update(slot) {
                $0.state = .transferring
                $0.filesTotal = Int64(new.count)
                $0.bytesTotal = new.reduce(0) { $0 + $1.size }
            }
            try await take(new)
            try await enterRefusals(visit.refused.map(refusal(of:)))
            var removable = sayMayBeRemovedWhenPublished()
            let changed = try await confirm(seen)
            if !changed.isEmpty {
                // The green word was too early: it is taken back until they are sealed too.
                try await removable.value
                board.update(slot) {
                    $0.state = .transferring
                    $0.filesTotal += Int64(changed.count)
                    $0.bytesTotal += changed.reduce(0) { $0 + $1.size }
                }
                try await take(changed)
                removable = sayMayBeRemovedWhenPublished()
            }
            try await replicate()
            describer.finish()
            await description.value
            try await enterUndocking(elapsed: start.duration(to: .now))
            if !waitsForRoom { try await stages.publish(isLast: true) }
            try await removable.value
            try await announcer.finish()
        } catch {
            describer.finish()
            await description.value
            throw error
        }
        try await end()
        return summary
    }

    private func enterDocking() async throws {
        let inventory = visit.inventoryBytes()
        let row = VisitRow(visit: visit, by: by, inventory: SHA256Digest.of(inventory))
        let receipts = try await stages.ledger.enter([
            NewCustodyEvent(kind: .docking, time: stages.now(), rows: [row.row])
        ])
        name = LedgerName(station: stages.station.code, leaf: receipts.first?.index ?? 0)
        summary.visit = name.description
        summary.recorder = visit.recorder
        summary.profile = visit.profile
        summary.unfinished = Int64(visit.unfinished)
        summary.findings = visit.findings
        summary.copies = stages.copies
        board.update(slot) {
            $0.recorder = visit.recorder
            $0.source = visit.source
            $0.visit = name.description
            $0.unfinished = summary.unfinished
        }
        stages.log.notice(
            "a recorder was docked",
            metadata: [
                "slot": "\(slot)", "visit": "\(name)", "profile": "\(visit.profile)",
                "files": "\(visit.files.count)",
            ])
        try await enterFindings(
            visit.findings.map {
                FindingRow(visit: name.description, item: nil, path: nil, finding: $0)
            })
    }

    /// Files not seen before, and those that look as they did at an earlier docking.
    private func partition() async -> (new: [FootageFile], seen: [(FootageFile, KnownFile)]) {
        let result = try? await offPool { [stages, tree, visit] in
            var new: [FootageFile] = []
            var seen: [(FootageFile, KnownFile)] = []
            for file in visit.files {
                if let known = try SeenBefore.known(
                    file, visit: visit, tree: tree, index: stages.index, now: stages.now())
                {
                    seen.append((file, known))
                } else {
                    new.append(file)
                }
            }
            return (new, seen)
        }
        // Where the index cannot be asked, everything is new: it costs time, and loses nothing.
        return result ?? (visit.files, [])
    }

    /// Every new file is sealed: the dock says so as soon as their events are published, whatever
    /// else is still done with files seen before.
    private func sayMayBeRemovedWhenPublished() -> Task<Void, any Error> {
        describer.hurry()
        summary.safeToRemove = !isInterrupted && !lacksRoom && !hasUntaken
        let isEmpty = visit.files.isEmpty && visit.refused.isEmpty
        return Task {
            [announcer, board, slot, name, log = stages.log, safe = summary.safeToRemove] in
            try await announcer.finish()
            guard safe else { return }
            board.update(slot) {
                $0.state = .mayBeRemoved
                $0.bytesDone = $0.bytesTotal
                if isEmpty { $0.reason = DockWords.nothingFound }
            }
            log.notice("done, may be removed", metadata: ["slot": "\(slot)", "visit": "\(name)"])
        }
    }

    private func enterUndocking(elapsed: Duration) async throws {
        summary.milliseconds =
            elapsed.components.seconds * 1000 + elapsed.components.attoseconds
            / 1_000_000_000_000_000
        let isWhole = summary.refused == 0 && summary.quarantined == 0 && visit.unfinished == 0
        summary.mayBeCleared = summary.safeToRemove && allConfirmed && isWhole
        if visit.files.isEmpty { summary.mayBeCleared = false }
        if summary.mayBeCleared, try await hasDoubts() { summary.mayBeCleared = false }
        let outcome: UndockingRow.Outcome =
            isInterrupted ? .interrupted : lacksRoom || hasUntaken ? .failed : .complete
        let row = UndockingRow(
            visit: name.description, outcome: outcome, ingested: summary.ingested,
            duplicate: summary.duplicate, quarantined: summary.quarantined,
            refused: summary.refused, bytes: summary.bytes, milliseconds: summary.milliseconds,
            mayBeRemoved: summary.safeToRemove, mayBeCleared: summary.mayBeCleared,
            unconfirmed: unconfirmed)
        _ = try await stages.ledger.integrate([
            NewCustodyEvent(
                kind: .undocking, time: stages.now(), previous: name.leaf, rows: [row.row])
        ])
    }

    /// Whether something on this card, taken at an earlier docking, needs a look still: the card may
    /// hold the better original.
    private func hasDoubts() async throws -> Bool {
        let index = stages.index
        let doubted = try await offPool { try index.itemsNeedingALook() }
        return knownItems.keys.contains { doubted.contains($0) }
    }

    /// The `undocking` is published: the visit is over for everybody to see.
    private func end() async throws {
        summary.treeSize = try await stages.publish(isLast: !waitsForRoom)
        await stages.items.forget(before: summary.treeSize)
        board.update(slot) { status in
            status.mayBeCleared = summary.mayBeCleared
            if isInterrupted {
                status.state = .unfinished
                status.reason = IngestFailure(.recorderGone).problem
            } else if lacksRoom || hasUntaken {
                status.state = .failed
                status.reason = IngestFailure(lacksRoom ? .noRoom : .filesNotTaken).problem
            }
        }
        stages.log.notice(
            "the docking is over",
            metadata: [
                "slot": "\(slot)", "visit": "\(name)", "interrupted": "\(isInterrupted)",
                "ingested": "\(summary.ingested)", "duplicate": "\(summary.duplicate)",
                "quarantined": "\(summary.quarantined)", "refused": "\(summary.refused)",
            ])
    }

    // MARK: - Entering and telling

    /// Who carried the recorder: what was said by hand, the file's own claim, the visit's.
    func officer(of file: FootageFile) -> String? {
        overrides.officer ?? file.claims.officer ?? visit.officer
    }

    /// Counts what became of files, and tells it when its events are published.
    func announce(_ outcomes: [FileOutcome]) async {
        for outcome in outcomes { summary.count(outcome) }
        board.update(slot) {
            ($0.needLook, $0.notTaken) = (summary.quarantined, summary.refused)
        }
        await announcer.add(outcomes)
    }

    func refusal(of refused: RecorderVisit.Refused) -> (FileOutcome, RefusalRow) {
        refusal(path: refused.path, size: nil, code: refused.code, reason: refused.reason)
    }

    func refusal(
        path: RecorderPath, size: Int64?, code: String, reason: Bilingual
    ) -> (FileOutcome, RefusalRow) {
        (
            FileOutcome(path: path, kind: .refused, size: size, code: code, reason: reason),
            RefusalRow(
                visit: name.description, path: path, code: code, reason: reason.english)
        )
    }

    /// Enters files that could not be taken, all in one leaf.
    func enterRefusals(_ refused: [(FileOutcome, RefusalRow)]) async throws {
        guard !refused.isEmpty else { return }
        let leaf = try await stages.ledger.integrate([
            NewCustodyEvent(
                kind: .refusal, time: stages.now(), previous: name.leaf,
                rows: refused.map(\.1.row))
        ]).first
        await announce(
            refused.map { outcome, _ in
                FileOutcome(
                    path: outcome.path, kind: outcome.kind, size: outcome.size, code: outcome.code,
                    reason: outcome.reason, leaf: leaf)
            })
    }

    func enterFindings(_ rows: [FindingRow]) async throws {
        guard !rows.isEmpty else { return }
        for row in rows {
            stages.log.warning(
                "a finding about a docking",
                metadata: ["visit": "\(name)", "code": "\(row.finding.code)"])
        }
        _ = try await stages.ledger.integrate([
            NewCustodyEvent(
                kind: .finding, time: stages.now(), previous: name.leaf, rows: rows.map(\.row))
        ])
    }

    /// Writes the second copy of everything on this card that has none, where one is set.
    private func replicate() async throws {
        guard let place = stages.copyPlace else { return }
        var rows: [RecordRow] = []
        var missing = 0
        let items = try await withoutCopy(at: place)
        for (number, (item, sha256)) in items.enumerated() {
            do {
                try await stages.vault.replicate(sha256)
                rows.append(ReplicationRow(item: item, sha256: sha256, place: place).row)
            } catch {
                stages.log.error(
                    "the second copy could not be written",
                    metadata: ["item": "\(item)", "error": "\(error)"])
                missing += 1
                guard (error as? VaultFailure)?.isOriginals == true else {
                    // Its disk failed: the others would fare no better, and are tried again later.
                    missing = items.count - number
                    break
                }
            }
        }
        if !rows.isEmpty {
            _ = try await stages.ledger.integrate([
                NewCustodyEvent(kind: .replication, time: stages.now(), rows: rows)
            ])
        }
        guard missing > 0 else { return }
        allConfirmed = false
        guard !Task.isCancelled else { return }
        let finding = Finding.secondCopyFailed(at: place, missing: missing)
        summary.findings.append(finding)
        try await enterFindings([
            FindingRow(visit: name.description, item: nil, path: nil, finding: finding)
        ])
    }

    /// Items of this card that are not on the second copy: new ones, and those of earlier dockings
    /// from before it was set.
    private func withoutCopy(
        at place: String
    ) async throws -> [(item: String, sha256: SHA256Digest)] {
        let (new, known, index) = (ingestedItems, knownItems, stages.index)
        return try await offPool {
            new
                + (try known.filter { try !index.hasCopy(item: $0.key, at: place) }
                    .sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        }
    }
}
