import DurableFiles
import Evidence
import EvidenceTestKit
import Fixity
import Testing
import TransparencyLog

@testable import Witness

/// A witness with a root of its own, and the log that it watches.
final class WitnessBench {
    let directory = TemporaryDirectory()
    let clock = HandClock()
    let witnessKey = SigningKey.generate()
    var log = LyingLog()

    static let name = "notary.example/w1"

    var cosignerKey: CosignerKey { try! CosignerKey(name: Self.name, of: witnessKey) }

    func root(_ calls: DiskCalls = .kernel) throws -> DurableRoot {
        try DurableRoot(path: directory.path, calls: calls)
    }

    /// A witness as it starts: what an earlier one left on the disk is all that it knows.
    func witness(
        _ calls: DiskCalls = .kernel, logs: [VerifierKey]? = nil, keys: [SigningKey]? = nil
    ) throws -> LogWitness {
        try LogWitness(
            root: root(calls), logs: logs ?? [log.verifierKey],
            cosigners: (keys ?? [witnessKey]).map { try Cosigner(name: Self.name, key: $0) },
            clock: { [clock] in clock.now })
    }

    var places: WitnessPlaces { WitnessPlaces(origin: log.origin) }

    func newest(_ witness: LogWitness) throws -> Checkpoint? {
        try witness.newest(ofOriginHash: places.hash).map {
            try Checkpoint(parsing: SignedNote(parsing: $0).text)
        }
    }

    /// The times that a 200 states, every cosignature being good for this checkpoint.
    func times(_ answer: WitnessAnswer, over request: WitnessRequest) throws -> [Int64] {
        guard case .cosigned(let lines) = answer else { return [] }
        var note = request.note
        for line in lines { note.append(line) }
        let words = try SignedNote(parsing: note.bytes).words(of: [cosignerKey])
        guard case .cosigned(let found) = words[0] else { return [] }
        return found.map(\.time)
    }

    func policy() throws -> TrustPolicy {
        try TrustPolicy(
            parsing: Array(
                "log \(log.verifierKey)\nwitness N \(cosignerKey)\nquorum N\n".utf8))
    }
}
