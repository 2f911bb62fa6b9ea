package import Evidence
import Logging
package import Recorders
import Synchronization
import Vault

/// Walks one docked volume through all stages: listing, `docking`, transfer, ledger, description,
/// confirmation of what was seen before, `undocking`.
package struct VisitConductor: Sendable {
    private let stages: Stages
    private let board: DockBoard
    private let active: ActiveVisits

    package init(stages: Stages, board: DockBoard, active: ActiveVisits) {
        (self.stages, self.board, self.active) = (stages, board, active)
    }

    /// Docks one volume once.
    ///
    /// When it returns, every file is accounted for: each outcome was told after its event stood
    /// under a durable, signed checkpoint and in the index; what was sealed is described, or is
    /// left for the next start where the inspector could not be asked. A cancelled task, or a
    /// recorder that goes, ends it with an `undocking` that says `interrupted`.
    ///
    /// - Parameters:
    ///   - slot: the slot's name on the board, opened there by the caller.
    ///   - by: the account that caused it, for the record.
    ///   - waitsForRoom: whether a full store holds the slot until there is room (the daemon), or
    ///     ends the visit (`evidock ingest`).
    ///   - mount: says whether the volume is still there.
    ///   - tell: called once a file.
    package func run(
        volume: Volume, overrides: RecorderOverrides, slot: String, by: String, waitsForRoom: Bool,
        isMounted: @escaping @Sendable () -> Bool = { true },
        tell: @escaping @Sendable (FileOutcome) -> Void
    ) async throws -> VisitSummary {
        active.enter()
        defer { active.leave() }
        var status = SlotStatus(slot: slot, state: .recognised)
        status.label = volume.label
        status.isWritable = !volume.isReadOnly && !volume.isFolder
        status.copies = stages.copies
        board.set(status)
        do {
            let (tree, visit) = try await offPool { [stages] in
                guard !OwnDisks.lie(on: volume, disks: stages.vault.diskPaths) else {
                    throw IngestFailure(.overlapsRoot)
                }
                let tree = try RecorderTree(at: volume.mountPoint)
                let visit = try Recognition.visit(
                    volume: volume, tree: tree, catalogue: stages.catalogue,
                    overrides: overrides, notaryRecorders: stages.settings.notaryRecorders,
                    now: stages.now())
                return (tree, visit)
            }
            let walk = VisitWalk(
                stages: stages, board: board, slot: slot, active: active, tree: tree, visit: visit,
                overrides: overrides, by: by, waitsForRoom: waitsForRoom,
                isAlive: { isMounted() && tree.isAlive() }, tell: tell)
            return try await walk.run()
        } catch {
            let failure = error as? any Failure
            board.update(slot) {
                $0.state = .failed
                $0.reason =
                    failure?.problem
                    ?? Bilingual("An unexpected fault.", "出现意外故障。")
            }
            throw error
        }
    }
}

/// How many visits are under way, so that each takes its fair share of the transfers.
package final class ActiveVisits: Sendable {
    private let count = Mutex(0)
    private let hasLeft: @Sendable () -> Void

    /// - Parameter hasLeft: called when a visit is over.
    package init(hasLeft: @escaping @Sendable () -> Void = {}) { self.hasLeft = hasLeft }

    func enter() { count.withLock { $0 += 1 } }

    func leave() {
        count.withLock { $0 -= 1 }
        hasLeft()
    }

    /// Transfers that one visit may have under way now.
    func share(of transfers: Int) -> Int { max(1, transfers / max(1, count.withLock { $0 })) }
}
