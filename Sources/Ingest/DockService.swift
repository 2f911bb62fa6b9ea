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
                var present: [Volume: Presence] = [:]
                for await input in inputs {
                    let actions: [DockRegister.Action]
                    switch input {
                    case .mounted(let volumes): actions = register.see(volumes)
                    case .finished(let volume): actions = register.finished(volume)
                    }
                    for action in actions {
                        switch action {
                        case .start(let volume):
                            let presence = Presence()
                            present[volume] = presence
                            visits.addTask {
                                await dock(volume, presence: presence)
                                feed.yield(.finished(volume))
                            }
                        case .gone(let volume):
                            present[volume]?.leave()
                            present[volume] = nil
                            clear(volume)
                        }
                    }
                }
                visits.cancelAll()
            }
        } onGracefulShutdown: {
            feed.finish()
        }
    }

    static func slot(of volume: Volume) -> String {
        let name = volume.mountPoint.utf8.split(separator: UInt8(ascii: "/")).last
        return SafeText.of(bytes: Array(name ?? "dock".utf8[...]))
    }

    private func dock(_ volume: Volume, presence: Presence) async {
        let slot = Self.slot(of: volume)
        while true {
            do {
                _ = try await VisitConductor(stages: stages, board: board, active: active).run(
                    volume: volume, overrides: RecorderOverrides(), slot: slot, by: "serve",
                    waitsForRoom: true,
                    isMounted: { presence.isThere }, tell: { _ in })
            } catch  where Self.mayPass(error) && presence.isThere && !Task.isCancelled {
                await hold(slot, for: error)
                if presence.isThere, !Task.isCancelled { continue }
            } catch {
                stages.log.error(
                    "a docking failed",
                    metadata: ["slot": "\(slot)", "error": "\(Self.words(error))"])
            }
            break
        }
        if !presence.isThere { clear(volume) }
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

    /// Takes a slot off the board when its volume is gone, unless it has something left to say.
    private func clear(_ volume: Volume) {
        let slot = Self.slot(of: volume)
        guard let status = board.status(of: slot) else { return }
        switch status.state {
        case .mayBeRemoved, .failed, .unfinished, .locked: board.remove(slot)
        case .recognised, .transferring, .verifying, .held: break
        }
        stages.log.notice("a volume is gone", metadata: ["slot": "\(slot)"])
    }

    private static func words(_ error: any Error) -> String {
        (error as? any Failure).map { "\($0.code): \($0.problem.english)" } ?? "\(error)"
    }
}

/// Whether a volume is still mounted, as the mount table said last.
private final class Presence: Sendable {
    private let there = Mutex(true)

    var isThere: Bool { there.withLock { $0 } }
    func leave() { there.withLock { $0 = false } }
}
