import Dispatch
import DurableFiles
import Evidence
package import TransparencyLog

// What witnesses say, and what the ledger does about it.
extension CustodyLedger {
    /// The lines of witnesses below a checkpoint of ours are kept: in `log/checkpoint` while it is
    /// still that checkpoint, in what was carried to a notary, and where they are enough in
    /// `log/checkpoint.cosigned`, which only ever gives way to a larger one. Lines that stand there
    /// already stay. Durable when it returns; a power cut before leaves each file as it was, or as it
    /// will be. Whoever asks the witness again has the lines again.
    ///
    /// - Parameters:
    ///   - note: the text as it was signed, with every line that is to stand there, the log's first.
    ///     Its cosignatures are the caller's to verify.
    ///   - meetsQuorum: the policy has judged them enough.
    /// - Throws: a failure of the log's format, or `not-an-extension`, where the note is not a
    ///   checkpoint that this log has published: then nothing is written.
    package func keep(_ note: SignedNote, meetsQuorum: Bool) async throws {
        try await onQueue { try $0.keep(note, meetsQuorum: meetsQuorum) }
    }

    /// Nothing is entered or signed from now on, also after a restart; durable when it returns. What
    /// is waiting is told `signing-held`.
    package func hold(_ hold: SigningHold) async throws {
        try await onQueue { try $0.hold(hold) }
    }

    /// Work goes on; durable when it returns.
    package func release() async throws { try await onQueue { try $0.release() } }

    /// Why nothing is signed for now; nil where all is well.
    package func signingHold() async -> SigningHold? {
        await withCheckedContinuation { continuation in
            queue.async { [self] in continuation.resume(returning: desk.state.hold) }
        }
    }

    /// Remembers that the checkpoint of that size was carried to a notary; durable when it returns. A
    /// witness may then be at it, whether or not its answer ever comes back.
    package func noteRequested(_ note: SignedNote) async throws {
        try await onQueue { try $0.noteRequested(note) }
    }

    /// Remembers a size at which a witness says it is; durable when it returns.
    package func noteElsewhere(_ size: Int64) async throws {
        try await onQueue { try $0.noteElsewhere(size) }
    }

    /// The answer for that size, or a later one, has come: what was carried out before is forgotten.
    package func forgetRequested(below size: Int64) async throws {
        try await onQueue { try $0.forgetRequested(below: size) }
    }

    /// A checkpoint of ours is frozen as it stands, with queries and tokens for it, in
    /// `log/stamped/<size>/`; durable when it returns. What is there already stays as it is, and the
    /// rest is added: the first token over the same bytes says most.
    ///
    /// - Parameters:
    ///   - note: the exact bytes that the queries and tokens are over.
    ///   - files: by name: `sha256.tsq`, `sm3.tsq`, `sha256.tsr`, `sm3.tsr`. Verified by the caller.
    /// - Throws: `frozen-otherwise` where that size was frozen with other bytes: read it and ask about
    ///   those. `not-an-extension` where the note is not a checkpoint that this log has published.
    package func freeze(_ note: [UInt8], files: [String: [UInt8]]) async throws {
        try await onQueue { try $0.freeze(note, files: files) }
    }

    private func onQueue<Result: Sendable>(
        _ body: @escaping @Sendable (inout LedgerState) throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { [self] in
                if let failure = desk.failure {
                    continuation.resume(throwing: failure)
                    return
                }
                do { continuation.resume(returning: try body(&desk.state)) } catch let failure
                    as DurableFileFailure where LedgerState.isOver(after: failure)
                {
                    continuation.resume(throwing: stop(failure))
                } catch { continuation.resume(throwing: error) }
            }
        }
    }
}
