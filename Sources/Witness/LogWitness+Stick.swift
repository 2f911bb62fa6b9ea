import DurableFiles
import Evidence
import Fixity
package import TransparencyLog

/// A request that came as a folder: see ``StickExchange``. Parsed is not verified.
package struct StickQuestion: Sendable {
    package let note: SignedNote
    /// The text of the note.
    package let checkpoint: Checkpoint
    private let read: @Sendable (_ place: String, _ limit: Int) throws -> [UInt8]?

    /// - Parameter read: the bytes of a file of the folder, of at most so many bytes; nil where there
    ///   is none. What it throws is thrown on.
    /// - Throws: ``LogFailure`` where there is no checkpoint that can be read: then there is nobody to
    ///   answer.
    package init(
        _ read: @escaping @Sendable (_ place: String, _ limit: Int) throws -> [UInt8]?
    ) throws {
        guard let bytes = try read(StickExchange.checkpoint, SignedNote.byteLimit) else {
            throw LogFailure(.malformedRequest, "no checkpoint in the folder")
        }
        note = try SignedNote(parsing: bytes)
        checkpoint = try Checkpoint(parsing: note.text)
        self.read = read
    }

    /// The body that a witness would want to be sent which shows this as its newest checkpoint. From
    /// nothing, and to the same size, no proof is needed; where the folder has none from where the
    /// witness is, the log is told where that is.
    package func body(forWitnessAt newest: [UInt8]?) throws -> [UInt8] {
        let held = newest.flatMap {
            try? Checkpoint(parsing: SignedNote(parsing: $0).text).size
        }
        let size = held ?? 0
        if size > 0, size < checkpoint.size,
            let body = try read(StickExchange.request(from: size), WitnessRequest.byteLimit)
        {
            let request = try WitnessRequest(parsing: body)
            // What is decided is what goes back as `checkpoint`.
            guard request.note.text == note.text else {
                throw LogFailure(.malformedRequest, "two checkpoints in one folder")
            }
            return body
        }
        let old = size == checkpoint.size ? size : 0
        return try WitnessRequest(oldSize: old, hashes: [], note: note).bytes
    }

    /// The files that go back.
    ///
    /// - Parameter newest: what the witness shows of the log after it has answered.
    package func files(
        _ answer: WitnessAnswer, newest: [UInt8]?
    ) -> [(place: String, bytes: [UInt8])] {
        [(StickExchange.checkpoint, note.bytes), (StickExchange.answer, answer.file)]
            + [newest].compactMap { $0 }.map { (StickExchange.newest, $0) }
    }
}

extension LogWitness {
    /// Answers such a request: exactly as ``decide(_:)`` would have answered the one of its requests
    /// that begins where this witness is. As durable as that when it returns.
    package func answer(
        _ question: StickQuestion
    ) throws -> (decision: WitnessDecision, files: [(place: String, bytes: [UInt8])]) {
        let origin = SHA256Digest.of(Array(question.checkpoint.origin.utf8)).hex
        let body = try question.body(forWitnessAt: try newest(ofOriginHash: origin))
        let decision = decide(body)
        return (
            decision, question.files(decision.answer, newest: try newest(ofOriginHash: origin))
        )
    }
}
