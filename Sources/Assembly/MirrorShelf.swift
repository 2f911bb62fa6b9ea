import DurableFiles
import Evidence
import Fixity
import Logging
import NotaryLink
import Synchronization
import TransparencyLog
import Witness

/// A notary's copies of the logs of its policy. One that is asked to cosign more than its copy holds
/// brings the copy up first, from the address that the policy has for the log.
final class MirrorShelf: Sendable {
    /// One log's copy; used by one request at a time.
    private final class Shelf: @unchecked Sendable {
        // Touched within `turn` alone.
        let mirror: LedgerMirror
        let url: String?
        let turn = Mutex(())

        init(_ mirror: LedgerMirror, url: String?) { (self.mirror, self.url) = (mirror, url) }
    }

    private let shelves: [[UInt8]: Shelf]
    private let line: HTTPLine

    init(root: DurableRoot, policy: TrustPolicy) throws {
        line = try HTTPLine()
        var shelves: [[UInt8]: Shelf] = [:]
        for log in policy.logs where shelves[Array(log.origin.utf8)] == nil {
            let keys = policy.keys(ofLog: log.origin)
            guard !keys.isEmpty else { continue }
            let hash = SHA256Digest.of(Array(log.origin.utf8)).hex
            let url = policy.logs.first { $0.origin == log.origin && $0.url != nil }?.url
            shelves[Array(log.origin.utf8)] = Shelf(
                try LedgerMirror(root: root, place: "mirror/\(hash)", keys: keys), url: url)
        }
        self.shelves = shelves
    }

    /// Cosigned only where the copy holds exactly that checkpoint.
    func decide(_ body: [UInt8], by witness: LogWitness, log: Logger) -> WitnessDecision {
        guard let request = try? WitnessRequest(parsing: body),
            let shelf = shelves[Array(request.checkpoint.origin.utf8)]
        else { return witness.decide(body) }
        return shelf.turn.withLock { _ in
            if request.checkpoint.size > shelf.mirror.held.size, let url = shelf.url {
                // Nothing is fetched for a checkpoint that is refused anyhow.
                let first = witness.decide(body, holding: shelf.mirror)
                guard case .unavailable = first.answer else { return first }
                do { try shelf.mirror.pull(from: HTTPTileSource(url, line: line)) } catch {
                    log.error(
                        "the mirror could not be brought up",
                        metadata: [
                            "log": "\(request.checkpoint.origin)",
                            "problem": "\((error as? any Failure)?.problem.english ?? "")",
                        ])
                }
            }
            return witness.decide(body, holding: shelf.mirror)
        }
    }

    /// Brings the copy of whatever log is served there up, and cosigns what it then holds.
    func pull(from source: some TileSource, by witness: LogWitness) throws -> (
        Checkpoint, WitnessDecision?
    ) {
        let offered = try SignedNote(parsing: source.checkpoint(limit: SignedNote.byteLimit))
        let origin = try Checkpoint(parsing: offered.text).origin
        guard let shelf = shelves[Array(origin.utf8)] else {
            throw AssemblyFailure(
                .wrongUsage, subject: "--policy",
                wanted: Bilingual(
                    "it has no log of this origin: \(origin)", "其中没有该来源的日志：\(origin)"))
        }
        return try shelf.turn.withLock { _ in
            try shelf.mirror.pull(from: source)
            return (shelf.mirror.held, try witness.decide(over: shelf.mirror))
        }
    }

    /// As ``pull(from:by:)``, from an address.
    func pull(from url: String, by witness: LogWitness) throws -> (Checkpoint, WitnessDecision?) {
        try pull(from: HTTPTileSource(url, line: line), by: witness)
    }
}
