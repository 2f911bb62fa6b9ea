import Evidence
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
        func settleFinished() async throws {
            let settled = try await settle(finished.take())
            lackingRoom += settled.lackingRoom
            again += settled.again
        }
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
                // The next groups are under way while the events of these are entered.
                try await settleFinished()
                if !again.isEmpty, inFlight < active.share(of: stages.settings.transfers) {
                    continue
                }
                guard try await tasks.next() != nil else { break }
                inFlight -= 1
                // One transfer at a time is one thing at a time, in the same order in every run.
                if stages.settings.transfers == 1 { try await settleFinished() }
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
