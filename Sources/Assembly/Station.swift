import CLinux
import CaseIndex
import Casework
import Custody
import DurableFiles
package import Evidence
import Fixity
import Glibc
package import Ingest
import Inspection
import NotaryLink
package import Logging
import Recorders
import Synchronization
import Vault

/// A station opened for writing: it holds the root's lock until it is closed.
package final class Station: Sendable {
    package let layout: RootLayout
    package let settings: Settings
    package let stages: Stages
    /// What pages ask of the index: however long a search takes, footage is taken in meanwhile.
    let pageIndex: IndexReader
    package let board = DockBoard()
    package let active: ActiveVisits
    let cosigning = CosigningBoard()
    let attestation = AttestationBoard()
    let alerts = AlertBoard()
    let replication: ReplicationBacklog
    let scrubbing: ScrubBacklog
    let anchors: AnchorDesk
    let matching: MatchDesk
    let retention: RetentionDesk
    let completeness: CompletenessDesk
    /// A docking is over, or another second copy is set: there may be something to copy.
    let replicationIsDue = Nudge()
    /// A docking is over: there may be footage to match.
    let matchingIsDue = Nudge()
    let volumes: StationVolumes
    /// One disk is added at a time.
    let adding = Mutex(())
    /// Opened by one command for itself: nobody else asks anything of it.
    package let isAlone: Bool
    let root: DurableRoot
    private let accountDesk = Mutex<AccountDesk?>(nil)
    private let courtTable = Mutex<CourtTable?>(nil)
    private let lock: RootLock
    private let index: IndexWriter

    /// Opens the root, takes its lock, recovers what a crash left, and brings the index up to the
    /// ledger.
    ///
    /// - Parameters:
    ///   - makesNew: whether an empty root becomes a station by itself.
    ///   - note: what the lock file says of the holder: the control socket, where there is one.
    ///   - now: the time of what the stages enter, and by which completeness is told. The ledger keeps
    ///     its own clock, which it holds against the machine's.
    /// - Throws: `in-use` where another process holds the root; whatever says that the store
    ///   cannot be trusted.
    package static func open(
        settings: Settings, makesNew: Bool, note: String, log: Logger,
        now: @escaping @Sendable () -> Timestamp = { Clock.now() }
    ) async throws -> Station {
        raiseDescriptorLimit()
        try RootLayout.requireOwn(settings.root)
        let layout: RootLayout
        switch try RootLayout.look(at: settings.root) {
        case .station(let found): layout = found
        case .vacant:
            guard makesNew else { throw AssemblyFailure(.notAStation, subject: settings.root) }
            layout = try RootLayout.make(
                at: settings.root, name: nil, court: nil, origin: nil, now: Clock.now())
            log.notice("a new station was made", metadata: ["station": "\(layout.station.code)"])
        }
        let root = try DurableRoot(path: layout.path)
        let lock = try RootLock.acquire(root: root, note: note)
        do {
            return try await Station(
                layout: layout, settings: settings, root: root, lock: lock,
                isAlone: note.isEmpty, log: log, now: now)
        } catch {
            lock.release()
            throw error
        }
    }

    /// Eight groups of small files may be open at once: the soft limit goes up to the hard one.
    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = min(limit.rlim_max, 65_536)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    private init(
        layout: RootLayout, settings: Settings, root: DurableRoot, lock: RootLock,
        isAlone: Bool, log: Logger, now: @escaping @Sendable () -> Timestamp
    ) async throws {
        try LibCrypto.requireDigests()
        _ = try RootLayout.signingKey(in: layout.path)
        try KeyChange.settle(root, layout)
        let keys = try layout.keys()
        volumes = StationVolumes(root: root, origin: layout.station.origin)
        let disks = try volumes.open(copies: settings.copies)
        let vault = try Vault(
            root: root, furtherVolumes: disks.further, copies: disks.copies,
            settings: settings.vault)
        let ledger = try CustodyLedger.open(
            root: root, station: layout.station, keys: keys,
            settings: CustodySettings(
                integrateEvery: .milliseconds(settings.integrateEvery),
                publishEvery: .milliseconds(settings.publishEvery)),
            now: { Clock.now() })
        let reader = try LedgerReader(rootPath: layout.path)
        let catalogue = try ProfileCatalogue.load(directory: settings.profiles)
        for fault in catalogue.faults {
            log.error(
                "a recorder profile is left out", metadata: ["problem": "\(fault.problem.english)"])
        }
        index = try await IndexFile.openForWriting(layout: layout, log: log)
        let feeder = IndexFeeder(reader: reader, index: index)
        self.layout = layout
        self.settings = settings
        self.root = root
        self.lock = lock
        self.isAlone = isAlone
        stages = Stages(
            station: layout.station, vault: vault, ledger: ledger, reader: reader,
            index: try IndexReader(path: IndexFile.path(in: layout.path)), feeder: feeder,
            inspector: Inspector(executable: InspectorProgram.path(settings.inspector)),
            catalogue: catalogue, settings: settings.ingest, log: log, now: now)
        pageIndex = try IndexReader(path: IndexFile.path(in: layout.path))
        active = ActiveVisits(hasLeft: { [replicationIsDue, matchingIsDue] in
            replicationIsDue.fire()
            matchingIsDue.fire()
        })
        let isBusy: @Sendable () -> Bool = { [board] in
            board.slots.contains { [.recognised, .transferring, .verifying].contains($0.state) }
        }
        replication = ReplicationBacklog(stages: stages, isBusy: isBusy)
        anchors = AnchorDesk(stages: stages)
        matching = MatchDesk(stages: stages, settings: settings)
        retention = RetentionDesk(stages: stages, settings: settings, root: root)
        completeness = CompletenessDesk(stages: stages, settings: settings)
        scrubbing = ScrubBacklog(
            stages: stages,
            vault: { try StationReader(settings: settings).vaultReader() }, isBusy: isBusy)
        cosigning.set(await ledger.signingHold())
        try await feeder.catchUp()
        try await enterKeyChanges()
    }

    /// Publishes what is left, ends the inspector, gives the lock back.
    package func close() async throws {
        defer { lock.release() }
        stages.inspector.close()
        try await stages.ledger.close()
        try await stages.feeder.catchUp()
    }

    /// Who may sign in; opened by whoever asks first. A fault there is no reason to take no
    /// footage.
    ///
    /// - Throws: `accounts-unavailable`.
    func people() throws -> AccountDesk {
        try accountDesk.withLock { desk in
            if let desk { return desk }
            let made = try AccountDesk(root: root, path: layout.path, stages: stages)
            desk = made
            return made
        }
    }

    /// The courts that the site knows, read by whoever asks first.
    ///
    /// - Throws: `malformed-setting`.
    func courts() throws -> CourtTable {
        try courtTable.withLock { table in
            if let table { return table }
            let read = try settings.courtTable()
            table = read
            return read
        }
    }

    /// Recorder profiles that are left out because they cannot be used.
    package var profileFaults: [any Failure] { stages.catalogue.faults }

    /// Whether the ledger still takes events.
    package func isAlive() async -> Bool { await stages.ledger.isWorking() }

    /// The control socket of whoever holds the root; nil where nobody says that he does.
    package static func controlSocket(of settings: Settings) -> String? {
        RootLock.note(rootPath: settings.root)
    }

    /// Drops the index and replays the whole ledger into a new one.
    ///
    /// - Returns: the leaves replayed, and the SHA-256 of an ordered dump of all rows.
    /// - Throws: `in-use` where another process holds the root.
    package static func rebuildIndex(
        settings: Settings, log: Logger
    ) async throws -> (leaves: Int64, dump: String) {
        let layout = try RootLayout.existing(at: settings.root)
        try RootLayout.requireOwn(layout.path)
        let root = try DurableRoot(path: layout.path)
        let lock = try RootLock.acquire(root: root, note: "")
        defer { lock.release() }
        IndexFile.remove(in: layout.path)
        let index = try await IndexFile.openForWriting(layout: layout, log: log)
        let leaves = try await IndexFeeder(
            reader: try LedgerReader(rootPath: layout.path), index: index
        ).catchUp()
        try index.close()
        let reader = try IndexReader(path: IndexFile.path(in: layout.path))
        return (leaves, try await IndexComparison.digest(reader))
    }
}

/// The station's own clock.
package enum Clock {
    package static func now() -> Timestamp { Timestamp(milliseconds: clinux_now()) }
}
