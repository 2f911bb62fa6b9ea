import Custody
import Evidence

extension VisitWalk {
    /// Enters what became of a group; gives the files for which the store had no room, and those
    /// that are to be taken once more.
    func settle(
        _ group: GroupResult
    ) async throws -> (lackingRoom: [FootageFile], again: [FootageFile]) {
        guard !group.results.isEmpty else { return ([], []) }
        var drafts: [Draft] = []
        var twins: [(FootageFile, VaultedItem)] = []
        var fresh: Set<SHA256Digest> = []
        var refused: [(FileOutcome, RefusalRow)] = []
        var lackingRoom: [FootageFile] = []
        var again: [FootageFile] = []
        var earlier = try await earlierItems(group)
        for (file, result) in group.results {
            switch result {
            case .sealed(let sealed) where sealed.isWhole:
                if let known = earlier.removeFirst() {
                    drafts.append(duplicate(of: known, file, sealed))
                } else if sealed.size > 0, !fresh.insert(sealed.sha256).inserted {
                    twins.append((file, sealed))
                } else {
                    drafts.append(ingestion(file, sealed))
                }
            case .sealed(let sealed):
                drafts.append(incomplete(file, sealed))
            case .replaced(let sealed):
                drafts.append(
                    quarantine(
                        file, sealed, code: "replaced-while-copied",
                        reason: Bilingual(
                            "Another file took its name while it was copied.", "采集过程中该文件被替换。")))
                if retaken.insert(file.path).inserted { again.append(file) }
            case .failed("no-room", _, _):
                lackingRoom.append(file)
            case .failed(let code, .stop, let problem):
                throw StoreFailure(code: code, problem: problem)
            case .failed(let code, let disposition, let problem):
                if code == "source-gone" || code == "stopped" { isInterrupted = true }
                if disposition == .retry || code == "missing" { hasUntaken = true }
                refused.append(
                    refusal(path: file.path, size: file.size, code: code, reason: problem))
            }
        }
        try await enter(drafts)
        var late: [Draft] = []
        for (file, sealed) in twins {
            let known = try await stages.items.item(
                recorder: visit.recorder, sha256: sealed.sha256, path: file.path)
            late.append(known.map { duplicate(of: $0, file, sealed) } ?? ingestion(file, sealed))
        }
        try await enter(late)
        try await enterRefusals(refused)
        return (lackingRoom, again)
    }

    /// For each whole file of a group, in order, the item that it was before.
    private func earlierItems(_ group: GroupResult) async throws -> ArraySlice<LedgerName?> {
        let contents = group.results.compactMap {
            file, result -> (sha256: SHA256Digest, path: RecorderPath)? in
            guard case .sealed(let sealed) = result, sealed.isWhole else { return nil }
            return (sealed.sha256, file.path)
        }
        return try await stages.items.items(recorder: visit.recorder, contents: contents)[...]
    }

    private func enter(_ drafts: [Draft]) async throws {
        guard !drafts.isEmpty else { return }
        let leaves = try await stages.ledger.integrate(drafts.map(\.event))
        var outcomes: [FileOutcome] = []
        for (draft, leaf) in zip(drafts, leaves) {
            outcomes.append(try await outcome(of: draft, leaf: leaf))
        }
        board.update(slot) { $0.filesDone += Int64(drafts.count) }
        await announce(outcomes)
    }

    private func outcome(of draft: Draft, leaf: Int64) async throws -> FileOutcome {
        let (file, sealed) = (draft.file, draft.sealed)
        func outcome(
            _ kind: FileOutcome.Kind, item: String?, code: String? = nil, reason: Bilingual? = nil
        ) -> FileOutcome {
            FileOutcome(
                path: file.path, kind: kind, item: item, sha256: sealed.sha256, sm3: sealed.sm3,
                size: sealed.size, code: code, reason: reason, leaf: leaf)
        }
        switch draft.kind {
        case .duplicate(let item):
            knownItems[item.description] = sealed.sha256
            return outcome(.duplicate, item: item.description)
        case .quarantine(let code, let reason):
            return outcome(.quarantined, item: nil, code: code, reason: reason)
        case .ingestion:
            let item = LedgerName(station: stages.station.code, leaf: leaf)
            await stages.items.remember(
                item, recorder: visit.recorder, sha256: sealed.sha256, path: file.path)
            ingestedItems.append((item.description, sealed.sha256))
            describer.add(
                Describer.Pending(
                    item: item.description, sha256: sealed.sha256, size: sealed.size,
                    name: file.path))
            guard
                let finding = await checksums.finding(
                    for: file, sealed: sealed, tree: tree, vault: stages.vault)
            else { return outcome(.ingested, item: item.description) }
            try await enterDoubt(finding, file: file, sealed: sealed, item: item)
            return outcome(
                .quarantined, item: item.description, code: finding.code, reason: finding.message)
        }
    }

    /// An item that is whole, but that its own recorder's checksum speaks against.
    private func enterDoubt(
        _ finding: Finding, file: FootageFile, sealed: VaultedItem, item: LedgerName
    ) async throws {
        let row = QuarantineRow(
            item: item.description, visit: name.description, path: file.path, code: finding.code,
            reason: finding.message.english, size: sealed.size, sha256: sealed.sha256,
            sm3: sealed.sm3, unreadable: [])
        _ = try await stages.ledger.integrate([
            NewCustodyEvent(
                kind: .quarantine, time: stages.now(), previous: item.leaf, rows: [row.row])
        ])
        try await enterFindings([
            FindingRow(
                visit: name.description, item: item.description, path: file.path, finding: finding)
        ])
    }
}

/// The store itself failed: nothing more is done with it.
struct StoreFailure: Failure {
    let code: String
    let problem: Bilingual

    var disposition: Disposition { .stop }
    var nextStep: Bilingual {
        Bilingual(
            "Stop, look at the store's disk, and run: evidock audit",
            "请停止使用，检查存储磁盘，并运行 evidock audit。")
    }
}
