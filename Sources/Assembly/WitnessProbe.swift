import NotaryLink
import TransparencyLog

/// Asks witnesses whether they take a key: by putting to them the checkpoint that they have, or could
/// have, under that key's signature alone. A witness judges the signature first (C2SP tlog-witness).
struct WitnessProbe {
    let key: VerifierKey
    let line: HTTPLine

    /// The names of those that do not, or were not reached.
    func refusals(of policy: TrustPolicy?, note bytes: [UInt8]) async throws -> [String] {
        let note = try SignedNote(parsing: bytes).kept { key.isClaimed(in: $0) }
        let checkpoint = try Checkpoint(parsing: note.text)
        let request = try WitnessRequest(oldSize: checkpoint.size, hashes: [], note: note).bytes
        var refusals: [String] = []
        for witness in policy?.witnesses ?? [] where try await !isAccepted(request, by: witness) {
            refusals.append(witness.name.description)
        }
        return refusals
    }

    private func isAccepted(
        _ request: [UInt8], by witness: TrustPolicy.Witness
    ) async throws -> Bool {
        guard let url = witness.url,
            let answer = try? await line.ask(
                (url.hasSuffix("/") ? String(url.dropLast()) : url) + "/add-checkpoint",
                post: (request, "text/plain; charset=utf-8"), limit: WitnessAnswer.byteLimit,
                within: .seconds(30)),
            let read = try? WitnessAnswer(
                status: answer.status, contentType: answer.contentType, body: answer.body)
        else { return false }
        return switch read {
        case .cosigned, .conflict: true
        case .malformed, .forbidden, .unknownLog, .inconsistent, .unavailable: false
        }
    }
}
