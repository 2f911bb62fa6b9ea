import CaseIndex
import Custody
import DurableFiles
import Evidence
import Fixity
import Ingest
import Logging
import NotaryLink
import ServiceLifecycle
import Synchronization

/// Posts the digests of footage to an attestation interface, asks how far it is, and enters what it
/// answers: one `certificate` event for each word that counts. Nothing waits for it, and what it has
/// to do stands in the ledger: a restart forgets nothing but its pauses.
actor AttestationDesk {
    private let station: Station
    private let attestor: any Attestor
    private let address: String
    private let every: Duration
    /// Items whose answer was not taken, or not final: when each is asked about again.
    private var pauses: [String: (until: ContinuousClock.Instant, length: Duration)] = [:]
    /// Everything before this leaf is known to the interface.
    private var from: Int64 = 0
    /// What is wrong with it now.
    private var problem: Bilingual?

    private static let batch = 100
    /// Those that are looked over for such as are due.
    private static let mostWaiting = 10_000
    private static let longestPause: Duration = .seconds(3600)

    init(station: Station, attestor: any Attestor, settings: AttestationSettings) {
        (self.station, self.attestor) = (station, attestor)
        (address, every) = (settings.address, .seconds(settings.every))
    }

    /// Once over everything that is due. Looking and posting each end where the server does not
    /// answer; what it did not answer about comes later next time, so that nothing stands in the way.
    ///
    /// - Returns: what is wrong with the interface, nil where nothing is.
    func round() async -> Bilingual? {
        problem = nil
        await told { try await lookAtPending() }
        await told { try await postNew() }
        return problem
    }

    private func told(_ part: () async throws -> Void) async {
        do { try await part() } catch let failure as any Failure { problem = failure.problem } catch
        {
            problem = Bilingual("An unexpected fault.", "出现意外故障。")
        }
    }

    private func lookAtPending() async throws {
        let index = station.stages.index
        let pending = try index.pendingAttestations(by: attestor.name, limit: Self.mostWaiting)
        for one in due(pending, \.item) {
            guard let item = try item(one.item) else { continue }
            try await take(one.item) {
                let reply = try await attestor.look(at: one.number, sha256: item.sha256)
                guard reply.state != .pending else { return false }
                try await enter(reply, about: one.item)
                return true
            }
        }
    }

    private func postNew() async throws {
        let index = station.stages.index
        // Those that wait for their turn stay in front, and must not fill the batch.
        let new = try index.itemsToAttest(
            by: attestor.name, from: from,
            limit: Self.batch + min(pauses.count, Self.mostWaiting))
        // What is before the first of them is known.
        from = new.first.flatMap { LedgerName($0.item)?.leaf } ?? from
        for item in due(new, \.item) {
            try await take(item.item) {
                let reply = try await attestor.submit(subject(item))
                if let other = try index.attestation(number: reply.number, by: attestor.name),
                    other.item != item.item,
                    try self.item(other.item)?.sha256 != item.sha256
                {
                    throw AttestationFault(.contradictory, "a number given before")
                }
                try await enter(reply, about: item.item)
                return true
            }
        }
    }

    /// - Parameter ask: gives whether the item is done with for now.
    /// - Throws: where the server does not answer, or the ledger takes nothing.
    private func take(_ item: String, _ ask: () async throws -> Bool) async throws {
        do {
            if try await ask() { pauses[item] = nil } else { pause(item) }
        } catch let fault as AttestationFault {
            problem = fault.problem
            pause(item)
        } catch let failure as AssemblyFailure where failure.reason == .wrongUsage {
            // Its certificate is no PDF.
            problem = failure.problem
            pause(item)
        } catch let failure as LinkFailure {
            problem = failure.problem
            pause(item)
            // It may be away, or hang on this one alone: the next round begins with another one.
            guard failure.kind == .tooLong else { throw failure }
        }
    }

    /// Those whose turn it is: first such as were not asked about yet, so that one on which the server
    /// hangs stands in nobody's way.
    private func due<One>(_ all: [One], _ item: (One) -> String) -> [One] {
        let untried = all.filter { pauses[item($0)] == nil }
        let again = all.filter { one in pauses[item(one)].map { $0.until <= .now } ?? false }
        return Array((untried + again).prefix(Self.batch))
    }

    private func pause(_ item: String) {
        let length = pauses[item].map { min($0.length * 2, Self.longestPause) } ?? every
        pauses[item] = (.now + length, length)
    }

    private func item(_ name: String) throws -> ItemRecord? {
        guard case .one(let item) = try station.stages.index.item(name) else { return nil }
        return item
    }

    private func subject(_ item: ListedItem) -> AttestationSubject {
        AttestationSubject(
            device: item.recorder ?? "", sha256: item.sha256,
            role: item.role.flatMap { FileRole(rawValue: $0) } ?? .video, size: item.size,
            name: item.item, address: address, start: item.start, end: item.end,
            saved: item.ingested)
    }

    // MARK: - Entering

    private func enter(_ reply: AttestationReply, about item: String) async throws {
        let row = AttestationRow(
            item: item, attestor: attestor.name, state: reply.state, number: reply.number,
            chainDigest: reply.chainDigest)
        if reply.state == .done, let digest = reply.certificate {
            let pdf = try await attestor.certificate(
                reply.number, limit: Int(DocumentDesk.byteLimit))
            guard SHA256Digest.of(pdf) == digest else {
                throw AttestationFault(.contradictory, "the certificate has another digest")
            }
            let desk = CertificateDesk(station: station)
            // Nobody else may look into `staging`, and what a cut leaves there is swept.
            let folder = try OutgoingFolder(
                path: station.layout.path + "/staging/attestation-"
                    + RootLayout.random(digits: 16))
            try folder.put(pdf, at: "certificate-\(reply.number).pdf")
            let path = folder.temporary + "/certificate-\(reply.number).pdf"
            let document = try await desk.take(path, by: "serve")
            withExtendedLifetime(folder) {}
            let order = CertificateOrder(
                path: path, number: reply.number, office: attestor.name, issued: nil,
                items: [item], caseNumber: nil)
            _ = try await desk.enter(order, document, by: "serve", besides: [row.row])
            return
        }
        try await station.stages.ledger.enter([
            NewCustodyEvent(
                kind: .certificate, time: Clock.now(), previous: LedgerName(item)?.leaf,
                rows: [row.row])
        ])
        try await station.stages.feeder.catchUp()
    }
}

/// How the attestation interface does: for `docks`.
final class AttestationBoard: Sendable {
    private let state = Mutex<(name: String, problem: Bilingual?)?>(nil)

    /// Nil where there is no interface.
    var now: (name: String, problem: Bilingual?)? { state.withLock { $0 } }

    func set(_ name: String, _ problem: Bilingual?) { state.withLock { $0 = (name, problem) } }
}

/// Goes round as often as is set; while the interface does not answer, ever less often.
struct AttestationService: Service {
    let desk: AttestationDesk
    let name: String
    let every: Int
    let board: AttestationBoard
    let log: Logger

    func run() async throws {
        board.set(name, nil)
        await cancelWhenGracefulShutdown {
            var pause = every
            while !Task.isCancelled {
                let problem = await desk.round()
                board.set(name, problem)
                if let problem {
                    log.warning("attestation", metadata: ["problem": "\(problem.english)"])
                }
                pause = problem == nil ? every : min(max(pause * 2, every), max(every, 600))
                try? await Task.sleep(for: .seconds(pause))
            }
        }
    }
}
