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
        let key = try VerifierKey(
            name: stages.station.origin, of: RootLayout.key(in: station.layout.path))
        if let policy = try settings.trustPolicy(root: station.layout.path, key: key),
            policy.witnesses.contains(where: { $0.url != nil })
        {
            services.append(
                CosigningService(
                    ledger: stages.ledger, reader: stages.reader, policy: policy, key: key,
                    line: try HTTPLine(), board: station.cosigning,
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
    }
}

extension Station {
    var stampKeeper: StampKeeper {
        StampKeeper(ledger: stages.ledger, reader: stages.reader, now: { Clock.now() })
    }
}
