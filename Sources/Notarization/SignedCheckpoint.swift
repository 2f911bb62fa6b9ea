package import Evidence
package import TransparencyLog

/// A checkpoint of our own log as it is sent to witnesses: with the log's signatures, and nobody
/// else's line.
package struct SignedCheckpoint: Hashable, Sendable {
    package let note: SignedNote
    package let checkpoint: Checkpoint

    package var size: Int64 { checkpoint.size }

    /// Reads `log/checkpoint`, whatever lines stand below it. Throws unless one of these keys signed
    /// it and the key's name is its origin.
    package init(_ bytes: [UInt8], by keys: [VerifierKey]) throws(LogFailure) {
        let note = try SignedNote(parsing: bytes)
        let checkpoint = try Checkpoint(parsing: note.text)
        let signers = try note.signers(among: keys).filter {
            $0.name.utf8.elementsEqual(checkpoint.origin.utf8)
        }
        guard !signers.isEmpty else { throw LogFailure(.unsigned) }
        self.note = note.kept { line in signers.contains { $0.isClaimed(in: line) } }
        self.checkpoint = checkpoint
    }
}

/// What a witness shows of our log, compared with the log itself.
package enum ShownHistory: Hashable, Sendable {
    /// It shows nothing, or nothing that one of our keys signed.
    case nothing
    /// A checkpoint that our log had; of this size.
    case ours(Int64)
    /// Signed by our key, and larger than our log: a signed note.
    case longer(Int64, [UInt8])
    /// Signed by our key, and no part of our log.
    case fork(Int64, [UInt8])

    /// - Parameters:
    ///   - note: what the witness's public address gave; nil where it gave nothing.
    ///   - keys: of our log.
    ///   - size: how many leaves our log has published.
    ///   - root: the root that our log had at a size, from its tiles.
    package static func compare(
        _ note: [UInt8]?, keys: [VerifierKey], size: Int64, root: (Int64) throws -> SHA256Digest
    ) rethrows -> ShownHistory {
        guard let note, let shown = try? SignedCheckpoint(note, by: keys) else { return .nothing }
        if shown.size > size { return .longer(shown.size, shown.note.bytes) }
        return try root(shown.size) == shown.checkpoint.root
            ? .ours(shown.size) : .fork(shown.size, shown.note.bytes)
    }
}
