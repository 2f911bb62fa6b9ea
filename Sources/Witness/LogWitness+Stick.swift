import DurableFiles
import Evidence
import Fixity
import TransparencyLog

// A log that reaches no network comes by on a stick.
extension LogWitness {
    /// What was decided, and the files that go back: see ``StickExchange``.
    package struct StickDecision: Sendable {
        package let decision: WitnessDecision
        package let files: [(place: String, bytes: [UInt8])]
    }

    /// Answers a request that came as a folder: exactly as ``decide(_:)`` would have answered the one
    /// of its requests that begins where this witness is. As durable as that when it returns.
    ///
    /// - Parameter read: the bytes of a file of the folder, of at most so many bytes; nil where there
    ///   is none. What it throws is thrown on.
    /// - Throws: ``LogFailure`` where there is no checkpoint that can be read: then there is nobody to
    ///   answer.
    package func answer(
        _ read: (_ place: String, _ limit: Int) throws -> [UInt8]?
    ) throws -> StickDecision {
        guard let bytes = try read(StickExchange.checkpoint, SignedNote.byteLimit) else {
            throw LogFailure(.malformedRequest, "no checkpoint in the folder")
        }
        let note = try SignedNote(parsing: bytes)
        let checkpoint = try Checkpoint(parsing: note.text)
        let decision = decide(try request(for: note, checkpoint, read))
        var files = [
            (StickExchange.checkpoint, note.bytes), (StickExchange.answer, decision.answer.file),
        ]
        if let newest = try newest(ofOrigin: checkpoint.origin) {
            files.append((StickExchange.newest, newest))
        }
        return StickDecision(decision: decision, files: files)
    }

    private func newest(ofOrigin origin: String) throws -> [UInt8]? {
        try newest(ofOriginHash: SHA256Digest.of(Array(origin.utf8)).hex)
    }

    /// The body that this witness would want to be sent. From nothing, and to the same size, no proof
    /// is needed; where the folder has none from where we are, the log is told where that is.
    private func request(
        for note: SignedNote, _ checkpoint: Checkpoint,
        _ read: (_ place: String, _ limit: Int) throws -> [UInt8]?
    ) throws -> [UInt8] {
        let held = try newest(ofOrigin: checkpoint.origin).flatMap {
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
}
