package import DurableFiles
import Evidence
package import TransparencyLog

/// A witness of transparency logs (C2SP tlog-witness v1.0.0) without its HTTP: a request in, an
/// answer out. It never cosigns two checkpoints of one log that are inconsistent with each other.
///
/// Below its root: `origins/<hash>/checkpoint`, the newest cosigned one of each log, and `forks/`.
/// Requests of one log are taken one after the other, those of different logs side by side. Every
/// call may wait for the disk: it belongs on a thread of its own, never on the cooperative pool.
package final class LogWitness: Sendable {
    private let root: DurableRoot
    /// By the bytes of the origin: two that Unicode holds equal are two logs.
    private let desks: [[UInt8]: OriginDesk]

    /// Takes on every log that is new. The caller holds the root's lock for as long as it lives.
    ///
    /// - Parameters:
    ///   - logs: their keys; an origin may have several, say while a log changes its key.
    ///   - cosigners: at least one; each puts its line below every checkpoint.
    ///   - clock: POSIX seconds.
    /// - Throws: `witness-state-missing` where a log was taken on before and its file is gone: what
    ///   was cosigned must be known before anything more is.
    package init(
        root: DurableRoot, logs: [VerifierKey], cosigners: [Cosigner],
        clock: @escaping @Sendable () -> Int64
    ) throws {
        guard !cosigners.isEmpty else { throw WitnessFailure(.noKey) }
        try root.makeDirectory(WitnessPlaces.staging)
        _ = try root.sweepStaging()
        let byOrigin = Dictionary(grouping: logs) { Array($0.name.utf8) }
        desks = byOrigin.mapValues { keys in
            OriginDesk(
                origin: keys[0].name, keys: keys, root: root, cosigners: cosigners, clock: clock)
        }
        self.root = root
        for desk in desks.values { try desk.takeOn() }
    }

    /// Answers the body of one `add-checkpoint`. Where the answer is ``WitnessAnswer/cosigned(_:)``,
    /// the checkpoint and its cosignatures are durable; where it is a refusal, what does not agree is
    /// durable with what was cosigned before. A power cut before the answer leaves the state before
    /// or after, and no cosignature that anybody has seen is ever forgotten.
    package func decide(_ body: [UInt8]) -> WitnessDecision { decide(body, withheld: nil) }

    func decide(_ body: [UInt8], withheld: String?) -> WitnessDecision {
        let request: WitnessRequest
        do throws(LogFailure) { request = try WitnessRequest(parsing: body) } catch {
            return WitnessDecision(.malformed(Self.words(error, below: 0)))
        }
        guard let desk = desks[Array(request.checkpoint.origin.utf8)] else {
            return WitnessDecision(.unknownLog)
        }
        return desk.decide(request, withheld: withheld)
    }

    /// The newest cosigned checkpoint of a log, with the log's signatures and ours: the body of
    /// `<origin hash>/checkpoint`. Nil where nothing was cosigned. It is durable before it is shown.
    /// A log that is no longer in the policy is shown still.
    ///
    /// - Parameter hash: SHA-256 of the origin, 64 lower-case hexadecimal digits; anything else is
    ///   unknown.
    package func newest(ofOriginHash hash: String) throws -> [UInt8]? {
        guard let places = WitnessPlaces(hash: hash) else { return nil }
        if let desk = desks.values.first(where: { WitnessPlaces(origin: $0.origin).hash == hash }) {
            return try desk.newest()
        }
        guard try root.exists(places.checkpoint) else { return nil }
        try root.settle(places.checkpoint)
        let bytes = try root.read(places.checkpoint, limit: SignedNote.byteLimit)
        return bytes == CosignedState.nothingYet ? nil : bytes
    }

    /// What is wrong, for the log's people: the line and the words, nothing of the text itself.
    static func words(_ failure: LogFailure, below lines: Int) -> String {
        let place = failure.line == 0 ? "" : "line \(failure.line + lines): "
        return place + failure.code + (failure.detail.isEmpty ? "" : ", " + failure.detail)
    }
}
