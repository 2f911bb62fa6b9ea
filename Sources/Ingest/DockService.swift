import Evidence
import Logging
import Recorders
import ServiceLifecycle
import Synchronization

/// Watches the dock roots and docks whatever is mounted there, several volumes at once.
package struct DockService: Service {
    private let stages: Stages
    private let board: DockBoard
    private let active: ActiveVisits
    private let dockRoots: [String]
    private let isReady: @Sendable () -> Void

    package init(
        stages: Stages, board: DockBoard, active: ActiveVisits, dockRoots: [String],
        isReady: @escaping @Sendable () -> Void
    ) {
        (self.stages, self.board, self.active) = (stages, board, active)
        (self.dockRoots, self.isReady) = (dockRoots, isReady)
    }

    private enum Input: Sendable {
        case mounted([Volume])
        case finished(Volume)
    }

    /// Runs until graceful shutdown; then visits under way end as interrupted, with their
    /// `undocking`, before it returns.
    package func run() async throws {
        let (inputs, feed) = AsyncStream<Input>.makeStream()
        let log = stages.log
        let watch = try MountWatch(roots: dockRoots) { sight in
            switch sight {
            case .success(let volumes): feed.yield(.mounted(volumes))
            case .failure(let failure):
                log.error("the mounts cannot be seen", metadata: ["error": "\(failure.code)"])
            }
        }
        defer { watch.stop() }
        isReady()
        await withGracefulShutdownHandler {
            await withTaskGroup(of: Void.self) { visits in
                var register = DockRegister(limit: stages.settings.volumes)
                var docked: [Volume: Docked] = [:]
                for await input in inputs {
                    let actions: [DockRegister.Action]
                    switch input {
                    case .mounted(let volumes): actions = register.see(volumes)
                    case .finished(let volume): actions = register.finished(volume)
                    }
                    for action in actions {
                        switch action {
                        case .wait(let volume):
                            docked[volume] = Docked(slot: open(volume, isWaiting: true))
                        case .start(let volume):
                            let here =
                                docked[volume] ?? Docked(slot: open(volume, isWaiting: false))
                            here.presence.begin()
                            docked[volume] = here
                            visits.addTask {
                                await dock(volume, in: here)
                                feed.yield(.finished(volume))
                            }
                        case .gone(let volume):
                            guard let here = docked.removeValue(forKey: volume) else { break }
                            if here.presence.leave() { clear(here) }
                        }
                    }
                }
                visits.cancelAll()
            }
        } onGracefulShutdown: {
            feed.finish()
        }
    }

    /// A volume at the dock: its slot on the board, and whether it is still there.
    private struct Docked: Sendable {
        let slot: String
        let presence = Presence()
    }

    /// Opens the slot of a volume: named as below its dock root; by its whole path where another
    /// dock root has the same name.
    private func open(_ volume: Volume, isWaiting: Bool) -> String {
        let path = volume.mountPoint.utf8
        let root = dockRoots.map { $0.hasSuffix("/") ? $0 : $0 + "/" }
            .filter { path.starts(with: $0.utf8) }.max { $0.utf8.count < $1.utf8.count }
        let below = path.dropFirst(root?.utf8.count ?? 0)
        let names = [below, path[...]].map { SafeText.of(bytes: Array($0)) }
        return board.open(names) { slot in
            var status = SlotStatus(slot: slot, state: isWaiting ? .held : .recognised)
            status.label = volume.label
            if isWaiting {
                status.reason = Bilingual(
                    "Other recorders are being read; this one is next in turn.",
                    "其他记录仪正在采集，请等待轮到本机。")
            }
            return status
        }
    }

    private func dock(_ volume: Volume, in here: Docked) async {
        let slot = here.slot
        while true {
            do {
                _ = try await VisitConductor(stages: stages, board: board, active: active).run(
                    volume: volume, overrides: RecorderOverrides(), slot: slot, by: "serve",
                    waitsForRoom: true,
                    isMounted: { here.presence.isThere }, tell: { _ in })
            } catch  where Self.mayPass(error) && here.presence.isThere && !Task.isCancelled {
                await hold(slot, for: error)
                if here.presence.isThere, !Task.isCancelled { continue }
            } catch {
                stages.log.error(
                    "a docking failed",
                    metadata: ["slot": "\(slot)", "error": "\(Self.words(error))"])
            }
            break
        }
        if here.presence.end() { clear(here) }
    }

    /// Whether the same docking may end well a little later: the store was full to the last byte, or
    /// the system was short. What the recorder itself did is not tried again before it is docked
    /// again.
    private static func mayPass(_ error: any Error) -> Bool {
        guard let failure = error as? any Failure, !(error is RecorderFailure) else { return false }
        return failure.disposition == .retry
    }

    private func hold(_ slot: String, for error: any Error) async {
        stages.log.error(
            "a docking could not go on; the slot is held, and it is tried again",
            metadata: ["slot": "\(slot)", "error": "\(Self.words(error))"])
        board.update(slot) {
            $0.state = .held
            $0.reason = (error as? any Failure)?.problem
        }
        try? await Task.sleep(for: stages.settings.roomPoll)
    }

    /// Takes a slot off the board: its volume is gone, and its visit, if it had begun, is over.
    private func clear(_ here: Docked) {
        board.remove(here.slot)
        stages.log.notice("a volume is gone", metadata: ["slot": "\(here.slot)"])
    }

    private static func words(_ error: any Error) -> String {
        (error as? any Failure).map { "\($0.code): \($0.problem.english)" } ?? "\(error)"
    }
}

/// Whether a volume is still mounted, as the mount table said last, and whether its visit is under
/// way.
private final class Presence: Sendable {
    private let state = Mutex((isThere: true, isVisited: false))

    var isThere: Bool { state.withLock { $0.isThere } }

    func begin() { state.withLock { $0.isVisited = true } }

    /// Whether nothing keeps the slot any more: of ``leave()`` and ``end()`` the later one says so,
    /// and it alone. A visit that is cut off says so in the ledger first.
    func leave() -> Bool {
        state.withLock {
            $0.isThere = false
            return !$0.isVisited
        }
    }

    /// The visit is over. See ``leave()``.
    func end() -> Bool {
        state.withLock {
            $0.isVisited = false
            return !$0.isThere
        }
    }
}
