import Custody
import Evidence
import Fixity
import Glibc
import Logging
import Recorders
import Synchronization
import Vault

extension VisitWalk {
    /// A source that was opened, and what it was then.
    struct Opened: Sendable {
        let file: FootageFile
        let descriptor: CInt
        let identity: RecorderTree.FileState
    }

    /// What a child task brings back: each file of a group with its result.
    struct GroupResult: Sendable {
        enum Result: Sendable {
            case sealed(VaultedItem)
            /// Sealed, but by now another file stands under that name.
            case replaced(VaultedItem)
            case failed(code: String, disposition: Disposition, problem: Bilingual)
        }

        var results: [(file: FootageFile, result: Result)]
    }

    /// Takes files off the recorder: transfers some at a time, enters what became of each.
    func take(_ files: [FootageFile]) async throws {
        var waiting = files
        while !waiting.isEmpty {
            let lackingRoom = try await transfer(waiting)
            waiting = []
            guard !lackingRoom.isEmpty else { break }
            guard waitsForRoom, !isInterrupted, try await waitForRoom(lackingRoom) else {
                lacksRoom = true
                try await enterRefusals(
                    lackingRoom.map {
                        refusal(
                            path: $0.path, size: $0.size, code: "no-room",
                            reason: IngestFailure(.noRoom).problem)
                    })
                return
            }
            waiting = lackingRoom
        }
    }

    /// One round over those files; gives those for which the store had no room.
    private func transfer(_ files: [FootageFile]) async throws -> [FootageFile] {
        var groups = SourceGroups(files, settings: stages.settings)
        var again: [FootageFile] = []
        var lackingRoom: [FootageFile] = []
        var unreached: [FootageFile] = []
        // What finished while events were entered is entered together with the next.
        let finished = FinishedGroups()
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            var inFlight = 0
            while true {
                while inFlight < active.share(of: stages.settings.transfers) {
                    let next: [FootageFile]?
                    if let file = again.popLast() { next = [file] } else { next = groups.next() }
                    guard let group = next else { break }
                    if isInterrupted || Task.isCancelled || !lackingRoom.isEmpty {
                        if lackingRoom.isEmpty {
                            isInterrupted = true
                            unreached += group
                        } else {
                            lackingRoom += group
                        }
                        continue
                    }
                    inFlight += 1
                    let work = GroupTransfer(
                        stages: stages, board: board, slot: slot, tree: tree, isAlive: isAlive)
                    tasks.addTask { finished.add(await work.run(group)) }
                }
                guard try await tasks.next() != nil else { break }
                inFlight -= 1
                let settled = try await settle(finished.take())
                lackingRoom += settled.lackingRoom
                again += settled.again
            }
        }
        try await enterRefusals(
            unreached.map {
                refusal(
                    path: $0.path, size: $0.size, code: "not-reached",
                    reason: IngestFailure(.recorderGone).problem)
            })
        return lackingRoom
    }

    private func waitForRoom(_ files: [FootageFile]) async throws -> Bool {
        let needed = files.map(\.size).min() ?? 0
        board.update(slot) {
            $0.state = .held
            $0.reason = IngestFailure(.noRoom).problem
        }
        stages.log.error(
            "the store is full; the slot is held", metadata: ["slot": "\(slot)"])
        while !Task.isCancelled, isAlive() {
            if try await offPool({ [stages] in try stages.vault.room(for: needed) }) {
                board.update(slot) {
                    $0.state = .transferring
                    $0.reason = nil
                }
                return true
            }
            try? await Task.sleep(for: stages.settings.roomPoll)
        }
        isInterrupted = true
        return false
    }

    // MARK: - Entering what became of a group

    /// An event about one file, and what to do when its leaf is known.
    private struct Draft {
        enum Kind {
            case ingestion
            case duplicate(LedgerName)
            case quarantine(code: String, reason: Bilingual)
        }

        let kind: Kind
        let file: FootageFile
        let sealed: VaultedItem
        let event: NewCustodyEvent
    }

    private func settle(
        _ group: GroupResult
    ) async throws -> (lackingRoom: [FootageFile], again: [FootageFile]) {
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

    // MARK: - Drafting

    private func fileRow(
        _ file: FootageFile, _ sealed: VaultedItem, item: LedgerName? = nil
    ) -> FileRow {
        FileRow(
            item: item?.description, visit: name.description, recorder: visit.recorder,
            officer: officer(of: file), zone: visit.zone.description,
            file: FootageFile(
                path: file.path, size: sealed.size, modified: file.modified, role: file.role,
                claims: file.claims, sidecarOf: file.sidecarOf),
            sha256: sealed.sha256, sm3: sealed.sm3,
            blocks: SHA256Digest.of(sealed.blocks.flatMap(\.bytes)), probe: sealed.probe,
            isNewName: item != nil)
    }

    private func event(
        _ kind: CustodyEventKind, _ file: FootageFile, _ sealed: VaultedItem, previous: Int64,
        rows: [RecordRow]
    ) -> NewCustodyEvent {
        let isFootage = file.role.isFootage
        return NewCustodyEvent(
            kind: kind, time: stages.now(), sha256: isFootage ? sealed.sha256 : nil,
            sm3: isFootage ? sealed.sm3 : nil, size: isFootage ? sealed.size : nil,
            previous: previous, rows: rows)
    }

    private func ingestion(_ file: FootageFile, _ sealed: VaultedItem) -> Draft {
        var rows = [fileRow(file, sealed).row]
        if sealed.blocks.count > 1 { rows.append(BlocksRow(digests: sealed.blocks).row) }
        return Draft(
            kind: .ingestion, file: file, sealed: sealed,
            event: event(.ingestion, file, sealed, previous: name.leaf, rows: rows))
    }

    private func duplicate(
        of item: LedgerName, _ file: FootageFile, _ sealed: VaultedItem
    ) -> Draft {
        Draft(
            kind: .duplicate(item), file: file, sealed: sealed,
            event: event(
                .duplicate, file, sealed, previous: item.leaf,
                rows: [fileRow(file, sealed, item: item).row]))
    }

    private func incomplete(_ file: FootageFile, _ sealed: VaultedItem) -> Draft {
        let ranges = sealed.unreadable.map { "\($0.lowerBound) to \($0.upperBound)" }
            .joined(separator: ", ")
        return quarantine(
            file, sealed, code: "incomplete",
            reason: Bilingual(
                "The recorder could not give bytes \(ranges); the rest is kept.",
                "记录仪无法读出字节 \(ranges)，其余部分已保存。"))
    }

    private func quarantine(
        _ file: FootageFile, _ sealed: VaultedItem, code: String, reason: Bilingual
    ) -> Draft {
        let row = QuarantineRow(
            item: nil, visit: name.description, path: file.path, code: code,
            reason: reason.english, size: sealed.size, sha256: sealed.sha256, sm3: sealed.sm3,
            unreadable: sealed.unreadable)
        return Draft(
            kind: .quarantine(code: code, reason: reason), file: file, sealed: sealed,
            event: event(.quarantine, file, sealed, previous: name.leaf, rows: [row.row]))
    }
}

/// Groups whose transfer is over and whose events are not entered yet.
private final class FinishedGroups: Sendable {
    private let results = Mutex<[(file: FootageFile, result: VisitWalk.GroupResult.Result)]>([])

    func add(_ group: VisitWalk.GroupResult) { results.withLock { $0 += group.results } }

    func take() -> VisitWalk.GroupResult {
        results.withLock { results in
            defer { results = [] }
            return VisitWalk.GroupResult(results: results)
        }
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
