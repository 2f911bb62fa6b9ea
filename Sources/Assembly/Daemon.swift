package import Evidence
import Glibc
import Ingest
package import Logging
import NotaryLink
import Portal
import ServiceLifecycle
import Synchronization
import UnixSignals

/// `evidock serve`: watches the dock, answers the control socket, does the work that is left.
package struct Daemon: Sendable {
    private let settings: Settings
    private let makesNew: Bool
    private let language: Language
    private let log: Logger
    private let version: String
    /// Says something to whoever started it.
    private let tell: @Sendable (Bilingual) -> Void

    package init(
        settings: Settings, makesNew: Bool, language: Language, version: String, log: Logger,
        tell: @escaping @Sendable (Bilingual) -> Void
    ) {
        (self.settings, self.makesNew) = (settings, makesNew)
        (self.language, self.log) = (language, log)
        (self.version, self.tell) = (version, tell)
    }

    /// Runs until SIGTERM or SIGINT. Visits under way are then ended with their `undocking`, the
    /// last checkpoint is published, and the lock given back.
    package func run(ready: @escaping @Sendable (String) -> Void) async throws {
        var settings = settings
        if !makesNew { _ = try RootLayout.existing(at: settings.root) }
        settings.dockRoots = try DockRoots.resolved(settings.dockRoots)
        let socket = ControlSocket.path(settings: settings)
        try ControlSocket.requireUsable(socket, root: settings.root)
        let station = try await Station.open(
            settings: settings, makesNew: makesNew, note: socket, log: log)
        do {
            try await serve(station, at: socket, ready: ready)
        } catch {
            try? await station.close()
            throw error
        }
        try await station.close()
        log.notice("stopped cleanly")
    }

    private func serve(
        _ station: Station, at socket: String, ready: @escaping @Sendable (String) -> Void
    ) async throws {
        let roots = station.settings.dockRoots
        let notifier = SystemdNotifier { await station.isAlive() }
        let control = try ControlService(
            path: socket, operations: { Operations(station: station, language: $0) }, log: log)
        let readiness = Readiness { address in
            let scheme = station.settings.tls == nil ? "http" : "https"
            let portal =
                address.map { [$0.socket == nil ? "\(scheme)://\($0)" : "\($0)"] } ?? []
            let listening = (portal + [socket]).joined(separator: ", ")
            ready("listening on \(listening), watching \(roots.joined(separator: ", "))")
            notifier.ready()
        }
        let dock = DockService(
            stages: station.stages, board: station.board, active: station.active, dockRoots: roots,
            isReady: { readiness.isWatching() })
        let notary = try NotaryServices(station: station, log: log)
        var portal: [ServiceGroupConfiguration.ServiceConfiguration] = []
        if let address = station.settings.listen {
            let (endpoints, pages, firstLink) = try await served(station)
            portal.append(
                .init(
                    service: PortalService(
                        at: address, endpoints, pages: pages, tls: station.settings.tls,
                        mayBeAbsent: !station.settings.mustListen, log: log,
                        isListening: { address in
                            if let address, let firstLink { tellFirst(firstLink, at: address) }
                            readiness.isListening(at: address)
                        })))
        } else {
            readiness.isListening(at: nil)
        }
        var schedules: [ServiceGroupConfiguration.ServiceConfiguration] = []
        if let folder = station.settings.scheduleFolder {
            schedules.append(
                .init(service: ScheduleFolderService(folder: folder, station: station)))
        }
        let group = ServiceGroup(
            configuration: .init(
                services: portal + schedules + notary.services.map { .init(service: $0) } + [
                    .init(service: control), .init(service: notifier),
                    .init(service: BacklogService(stages: station.stages)),
                    .init(
                        service: ReplicationService(
                            backlog: station.replication, isDue: station.replicationIsDue, log: log)
                    ),
                    .init(
                        service: ScrubService(
                            backlog: station.scrubbing, every: station.settings.scrubEvery,
                            log: log)),
                    .init(
                        service: MatchService(
                            desk: station.matching, isDue: station.matchingIsDue)),
                    .init(
                        service: CompletenessService(
                            desk: station.completeness, matching: station.matching)),
                    .init(service: RetentionService(desk: station.retention, log: log)),
                    .init(
                        service: AlertService(
                            station, overview: StationOverview(station), log: log)),
                    .init(service: AnchorService(desk: station.anchors, log: log)),
                    .init(service: SlotLogService(board: station.board, log: log)),
                    .init(service: dock),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: log))
        try await group.run()
    }

    private func tellFirst(_ link: String, at address: ListenAddress) {
        // Behind a proxy only the site knows the name.
        let base = address.socket == nil ? "\(settings.portal.scheme)://\(address)" : ""
        let url = base + "/join/\(link)"
        tell(
            Bilingual(
                "The first administrator joins here, within a day: \(url)",
                "首位系统管理员请在一天内由此启用账号：\(url)"))
    }

    /// What the listener serves: all pages, or the ledger's files alone where the accounts cannot
    /// be read; and a one-time link where nobody can administer the station yet.
    private func served(
        _ station: Station
    ) async throws -> (endpoints: [any Endpoint], pages: Pages?, firstLink: String?) {
        let settings = station.settings.portal
        let ledger = LogEndpoint(station.stages.reader, for: settings.logAddresses)
        do {
            let people = try station.people()
            let name = station.layout.station.name
            let pages = try Pages(
                of: StationPortal(station: station), name: name, version: version,
                accounts: people.store, footage: StationFootage(station: station),
                cases: StationCases(station: station),
                inbox: StationInbox(station: station),
                spotChecks: StationSpotChecks(station: station),
                courtRequests: StationCourtRequests(station: station), people: people,
                settings: settings,
                log: ledger, now: { Clock.now() })
            // Where nothing can be entered now, the next start tells the link.
            return ([], pages, try? await people.firstLink())
        } catch let failure as any Failure {
            log.error(
                "no pages are served", metadata: ["problem": "\(failure.problem.english)"])
            return ([ledger], nil, nil)
        }
    }
}

/// Tells once that the daemon is ready: when the dock is watched and the listener is there, or is
/// known not to come.
private final class Readiness: Sendable {
    private struct State {
        var isWatching = false
        var listening: ListenAddress??
    }

    private let state = Mutex(State())
    private let tell: @Sendable (ListenAddress?) -> Void

    init(_ tell: @escaping @Sendable (ListenAddress?) -> Void) { self.tell = tell }

    func isWatching() { change { $0.isWatching = true } }

    func isListening(at address: ListenAddress?) { change { $0.listening = .some(address) } }

    private func change(_ body: (inout State) -> Void) {
        let state = state.withLock { state in
            body(&state)
            return state
        }
        // Each of the two is told once: the later one finds both.
        if state.isWatching, let address = state.listening { tell(address) }
    }
}

/// Describes what a crash left undescribed, once, in the background.
private struct BacklogService: Service {
    let stages: Stages

    func run() async throws {
        await cancelWhenGracefulShutdown {
            do {
                let count = try await DescriptionBacklog(stages: stages).catchUp()
                if count > 0 {
                    stages.log.notice(
                        "described what was left from before", metadata: ["items": "\(count)"])
                }
            } catch {
                stages.log.error("the backlog could not be described")
            }
            // A service that returns would end the group.
            try? await gracefulShutdown()
        }
    }
}

/// Says in the log, every ten seconds, how the slots that move are getting on.
private struct SlotLogService: Service {
    let board: DockBoard
    let log: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(10))
                for slot in board.slots
                where slot.state == .transferring || slot.state == .verifying || slot.state == .held
                {
                    log.info(
                        "\(slot.words.english)",
                        metadata: [
                            "slot": "\(slot.slot)", "bytes": "\(slot.bytesDone)",
                            "of": "\(slot.bytesTotal)", "rate": "\(slot.rate)",
                            "secondsLeft": "\(slot.secondsLeft.map(String.init) ?? "-")",
                        ])
                }
            }
        }
    }
}
