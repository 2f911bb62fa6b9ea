import Custody
import DurableFiles
import Evidence
import EvidenceTestKit
import Fixity
import Testing
import TransparencyLog
import Witness

@testable import Notarization

@Suite("A station, its ledger and its witnesses together")
struct WitnessedStationTests {
    private let station: Station

    init() throws { station = try Station() }

    /// Does what the desk says, as the service will: the network is a call.
    private final class Errands {
        let station: Station
        let ledger: CustodyLedger
        let witnesses: [LogWitness]
        var desk: CosigningDesk
        var now = Duration.zero
        var findings: [String] = []
        var isNetworkUp = true

        init(_ station: Station, _ ledger: CustodyLedger, _ notaries: Notaries) async throws {
            (self.station, self.ledger, witnesses) = (station, ledger, notaries.witnesses)
            // The same witnesses, reachable.
            let text = notaries.policyText.split(separator: "\n").map {
                $0.hasPrefix("witness") ? $0 + " https://witness.example/" : $0 + ""
            }
            desk = CosigningDesk(
                policy: try TrustPolicy(parsing: Array((text.joined(separator: "\n") + "\n").utf8)),
                origin: station.identity.origin, cosigned: try station.reader().cosignedNote(),
                hold: await ledger.signingHold())
        }

        func run(_ event: CosigningDesk.Event) async throws {
            var events = [event]
            while !events.isEmpty {
                for action in desk.take(events.removeFirst(), at: now, jitter: { 1 }) {
                    switch action {
                    case .ask(let name, let question):
                        guard isNetworkUp else {
                            events.append(.unanswered(name, question.number))
                            continue
                        }
                        let body = try question.request(station.reader()).bytes
                        events.append(
                            .answered(name, question.number, witness(name).decide(body).answer))
                    case .look(let name, let number):
                        let hash = SHA256Digest.of(Array(station.identity.origin.utf8)).hex
                        let shown = try ShownHistory.compare(
                            witness(name).newest(ofOriginHash: hash), keys: [station.verifierKey],
                            size: station.reader().size(), root: station.reader().root(ofSize:))
                        events.append(.looked(name, number, shown))
                    case .keep(let note, let meetsQuorum):
                        try await ledger.keep(note, meetsQuorum: meetsQuorum)
                    case .hold(let hold): try await ledger.hold(hold)
                    case .release: try await ledger.release()
                    case .report(let finding): findings.append(finding.code)
                    }
                }
            }
        }

        func published() async throws {
            try await run(
                .published(
                    SignedCheckpoint(station.reader().checkpoint().note, by: [station.verifierKey]))
            )
        }

        private func witness(_ name: PolicyName) -> LogWitness {
            witnesses[Int(name.description.dropFirst()) ?? 0]
        }
    }

    private func cosigned() throws -> Int64? {
        try station.reader().cosignedNote().map {
            try Checkpoint(parsing: SignedNote(parsing: $0).text).size
        }
    }

    @Test("Three days off line lose nothing: the first answer covers all of it")
    func offline() async throws {
        let notaries = try Notaries(2, of: station)
        let ledger = try station.open()
        let errands = try await Errands(station, ledger, notaries)
        try await ledger.enter(station.events(3))
        try await errands.published()
        #expect(try cosigned() == 3)
        errands.isNetworkUp = false
        for _ in 0..<72 {
            try await ledger.enter(station.events(4))
            try await errands.published()
            errands.now += .seconds(3600)
            try await errands.run(.tick)
        }
        #expect(try cosigned() == 3)
        #expect(errands.desk.standings.allSatisfy { $0.standing.code == "away" })
        errands.isNetworkUp = true
        errands.now += .seconds(60)
        try await errands.run(.tick)
        #expect(try cosigned() == station.reader().size())
        #expect(try notaries.policy.judge(station.reader().checkpoint().note).isQuorumMet)
        #expect(errands.findings.isEmpty)
        try await ledger.close()
    }

    @Test("A whole store put back to yesterday signs nothing more once the witness was asked")
    func rolledBack() async throws {
        let notaries = try Notaries(1, of: station)
        var ledger = try station.open()
        try await ledger.enter(station.events(300))
        try await ledger.close()
        let yesterday = try station.copy("yesterday")
        ledger = try station.open()
        var errands = try await Errands(station, ledger, notaries)
        try await ledger.enter(station.events(20))
        try await errands.published()
        try await ledger.close()

        try station.putBack(yesterday)
        ledger = try station.open()
        errands = try await Errands(station, ledger, notaries)
        try await errands.published()
        #expect(errands.findings == ["witness-ahead-of-us", "second-history"])
        await #expect {
            try await ledger.enter(station.events(1))
        } throws: { ($0 as? CustodyFailure)?.reason == .signingHeld }
        #expect(await ledger.signingHold()?.reason == .proven)
        try await ledger.close()
        // A restart does not forget, and no witness releases it.
        ledger = try station.open()
        errands = try await Errands(station, ledger, notaries)
        try await errands.published()
        #expect(await ledger.signingHold()?.reason == .proven)
        try await ledger.close()
    }

    @Test("Two stations under one key: the second to ask is found out, and held")
    func twins() async throws {
        let notaries = try Notaries(1, of: station)
        var ledger = try station.open()
        try await ledger.enter(station.events(30))
        try await ledger.close()
        let twin = try station.copy("twin")
        // The twin, elsewhere, goes on and is cosigned.
        ledger = try station.open()
        var errands = try await Errands(station, ledger, notaries)
        try await ledger.enter(station.events(5))
        try await errands.published()
        try await ledger.close()
        try station.putBack(twin)
        // The original goes on as well, and further.
        ledger = try station.open()
        try await ledger.enter(station.events(50))
        errands = try await Errands(station, ledger, notaries)
        try await errands.published()
        #expect(errands.findings.contains("second-history"))
        #expect(await ledger.signingHold()?.reason == .proven)
        try await ledger.close()
    }
}
