import Custody
import Evidence
import Ingest
import Logging
import NotaryLink
import Notarization
import ServiceLifecycle
import TimeStamping
import TransparencyLog

/// The daemon's services that ask others to vouch for the ledger, as far as settings name any.
struct NotaryServices: Sendable {
    private(set) var services: [any Service] = []

    /// - Throws: `malformed-setting` where a policy or a certificate cannot be used.
    init(station: Station, log: Logger) throws {
        let (stages, settings) = (station.stages, station.settings.notary)
        let keys = try station.layout.keys()
        if let policy = try settings.trustPolicy(root: station.layout.path, keys: keys),
            policy.witnesses.contains(where: { $0.url != nil })
        {
            services.append(
                CosigningService(
                    ledger: stages.ledger, reader: stages.reader, policy: policy, keys: keys.all,
                    line: try HTTPLine(), board: station.cosigning,
                    released: { [station] in try await station.enterKeyChanges() },
                    now: { Clock.now() }, log: log))
        }
        if let url = settings.timeStampURL, let trust = try settings.stampTrust() {
            services.append(
                StampService(
                    keeper: station.stampKeeper, authority: url, trust: trust,
                    pace: StampDesk.Pace(every: .seconds(settings.timeStampEvery)),
                    line: try HTTPLine(roots: settings.timeStampTLS.map(PolicyFile.certificates)),
                    log: log))
        }
        if let settings = station.settings.attestation {
            let attestor = try settings.attestor()
            services.append(
                AttestationService(
                    desk: AttestationDesk(
                        station: station, attestor: attestor, settings: settings),
                    name: attestor.name, every: settings.every, board: station.attestation,
                    log: log))
        }
    }
}

extension Station {
    var stampKeeper: StampKeeper {
        StampKeeper(ledger: stages.ledger, reader: stages.reader, now: { Clock.now() })
    }
}
