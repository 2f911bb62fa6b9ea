import Evidence
import Fixity
import TransparencyLog

// A notary that keeps a copy cosigns only what it holds.
extension LogWitness {
    /// Cosigns what the mirror holds, with a proof from the mirror's own tiles; as durable as
    /// ``decide(_:)``. Nil where the mirror holds nothing yet.
    package func decide(over mirror: LedgerMirror) throws -> WitnessDecision? {
        guard let bytes = try mirror.note() else { return nil }
        let note = try SignedNote(parsing: bytes)
        let origin = SHA256Digest.of(Array(mirror.held.origin.utf8)).hex
        let held = try newest(ofOriginHash: origin).flatMap {
            try? Checkpoint(parsing: SignedNote(parsing: $0).text).size
        }
        let old = held ?? 0
        let hashes = old <= mirror.held.size ? try mirror.proof(from: old).hashes : []
        return decide(
            try WitnessRequest(oldSize: old, hashes: hashes, note: note).bytes)
    }

    /// Answers a log's own request where a mirror is kept: cosigned only where the mirror holds
    /// exactly that checkpoint. Else the log is told, in words, that the mirror is not there yet; it
    /// asks again.
    package func decide(_ body: [UInt8], holding mirror: LedgerMirror) -> WitnessDecision {
        guard let request = try? WitnessRequest(parsing: body),
            request.checkpoint.origin.utf8.elementsEqual(mirror.held.origin.utf8),
            request.checkpoint != mirror.held
        else { return decide(body) }
        // One that is not the log's, or contradicts what was cosigned, is refused and kept as evidence.
        let isHeld = request.checkpoint.size <= mirror.held.size
        return decide(
            body,
            withheld: isHeld ? nil : "the mirror holds \(mirror.held.size) entries; try again")
    }
}
