import Custody
import DurableFiles
import Evidence
import EvidenceTestKit
import Fixity
import Synchronization
import TransparencyLog
import Witness

@testable import Notarization

/// A log in memory whose owner may go back and grow another way, and witnesses that are real.
final class WitnessedLog {
    let origin = "court.example/log"
    let key = SigningKey.generate()
    private(set) var leaves: [SHA256Digest] = []
    private(set) var notaries: [Notary] = []
    private var branch = 0

    /// A witness at a notary's, with its key and its disk.
    final class Notary {
        let name: String
        let key: SigningKey
        let directory = TemporaryDirectory()
        let witness: LogWitness

        init(_ name: String, of log: VerifierKey, key: SigningKey = .generate()) throws {
            (self.name, self.key) = (name, key)
            let shared = SharedClock()
            witness = try LogWitness(
                root: DurableRoot(path: directory.path), logs: [log],
                cosigners: [Cosigner(name: name, key: key)], clock: { shared.next() })
        }

        func newest(_ origin: String) throws -> [UInt8]? {
            try witness.newest(ofOriginHash: SHA256Digest.of(Array(origin.utf8)).hex)
        }
    }

    init(notaries names: [String] = ["n.example/w1"]) throws {
        let log = try VerifierKey(name: origin, of: key)
        notaries = try names.map { try Notary($0, of: log) }
    }

    var verifierKey: VerifierKey { try! VerifierKey(name: origin, of: key) }

    func grow(to size: Int) {
        while leaves.count < size {
            leaves.append(MerkleTree.leafHash(Array("\(branch) \(leaves.count)".utf8)))
        }
    }

    /// As if an older copy of the store had been put back.
    func rollBack(to size: Int) {
        leaves.removeSubrange(size...)
        branch += 1
    }

    func root(_ size: Int) -> SHA256Digest { MerkleTree.root(ofLeafHashes: leaves[..<size]) }

    func signed(_ size: Int? = nil) -> SignedCheckpoint {
        let size = size ?? leaves.count
        let checkpoint = try! Checkpoint(origin: origin, size: Int64(size), root: root(size))
        return try! SignedCheckpoint(checkpoint.signed(with: key).bytes, by: [verifierKey])
    }

    func request(_ question: WitnessDelegate.Question) throws -> [UInt8] {
        let proof = try ConsistencyProof.make(from: question.oldSize, to: question.signed.size) {
            level, index in
            let start = Int(index) << level
            return MerkleTree.root(ofLeafHashes: self.leaves[start..<start + 1 << level])
        }
        return try WitnessRequest(
            oldSize: question.oldSize, hashes: proof.hashes, note: question.signed.note
        ).bytes
    }

    /// The policy as a file: all witnesses, and how many of them must have cosigned.
    func policy(quorum: Int? = nil) throws -> TrustPolicy {
        var lines = ["log \(verifierKey)"]
        for (place, notary) in notaries.enumerated() {
            let key = try CosignerKey(name: notary.name, of: notary.key)
            lines.append("witness N\(place) \(key) https://n\(place).example/")
        }
        let members = notaries.indices.map { "N\($0)" }.joined(separator: " ")
        lines.append("group all \(quorum.map(String.init) ?? "all") \(members)")
        lines.append("quorum all")
        return try TrustPolicy(parsing: Array(lines.map { $0 + "\n" }.joined().utf8))
    }

    /// What a witness answers over HTTP.
    func ask(_ notary: Int, _ question: WitnessDelegate.Question) throws -> WitnessAnswer {
        let answer = notaries[notary].witness.decide(try request(question)).answer
        return try WitnessAnswer(
            status: answer.status, contentType: answer.contentType, body: answer.body)
    }

    func look(_ notary: Int) throws -> ShownHistory {
        try ShownHistory.compare(
            notaries[notary].newest(origin), keys: [verifierKey], size: Int64(leaves.count)
        ) { self.root(Int($0)) }
    }
}

/// A clock that goes on by a second whenever it is asked.
private final class SharedClock: Sendable {
    private let time = Mutex<Int64>(1_700_000_000)

    func next() -> Int64 {
        time.withLock { time in
            time += 1
            return time
        }
    }
}
