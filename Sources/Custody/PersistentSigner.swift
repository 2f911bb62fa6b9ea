import DurableFiles
import Evidence
import Fixity
import TransparencyLog

/// The log's keys with a memory: they sign a checkpoint only where the tiles on the disk show that it
/// extends the last one they signed.
///
/// What it is about to sign is durable before the signature is made (C2SP tlog-checkpoint: a log must
/// never sign two inconsistent checkpoints). The memory lies beside the keys, apart from the log, so
/// that a log put back to yesterday does not take it along.
struct PersistentSigner {
    private let root: DurableRoot
    private let keys: [SigningKey]
    private let origin: String
    /// The last checkpoint that was, or was about to be, signed; nil where nothing is remembered.
    private(set) var last: Checkpoint?
    /// Nothing is signed while it stands.
    private(set) var hold: SigningHold?

    /// The text of the last checkpoint, without a signature.
    static let memory = "keys/log.signed"
    static let holdPlace = "keys/log.held"

    /// Reads what is remembered. Throws `signer-memory-damaged` where that is no checkpoint of this
    /// log: it is never taken for nothing.
    init(root: DurableRoot, origin: String, keys: [SigningKey]) throws {
        (self.root, self.origin, self.keys) = (root, origin, keys)
        last = try Self.read(Self.memory, SignedNote.byteLimit, root).flatMap { text in
            let last: Checkpoint
            do throws(LogFailure) { last = try Checkpoint(parsing: text) } catch {
                throw CustodyFailure(.signerMemoryDamaged, detail: error.problem.english)
            }
            if last.origin.utf8.elementsEqual(origin.utf8) { return last }
            // A making that was cut off leaves a log of another name and without an entry; it
            // contradicts nothing.
            guard last.size == 0 else {
                throw CustodyFailure(.signerMemoryDamaged, detail: "of another log")
            }
            return nil
        }
        do {
            hold = try Self.read(Self.holdPlace, SigningHold.byteLimit, root)
                .map { SigningHold(file: $0) }
            // The run that put it there may have been killed before its sync.
            if hold != nil { try root.settle(Self.holdPlace) }
        } catch let failure as DurableFileFailure where failure.disposition == .stop {
            hold = SigningHold(file: [])
        }
    }

    private static func read(
        _ place: String, _ limit: Int, _ root: DurableRoot
    ) throws -> [UInt8]? {
        do { return try root.read(place, limit: limit) } catch let failure as DurableFileFailure
            where failure.code == "missing"
        { return nil }
    }

    // MARK: - Signing

    /// Signs. When it returns, the checkpoint is remembered durably; the caller makes the signature
    /// durable before anybody sees it. A power cut between leaves it remembered and unsigned, and the
    /// next start signs it: nothing else of that size ever will be.
    ///
    /// - Parameter tiles: those on the disk, of the checkpoint's size.
    /// - Throws: `signing-held`; `not-an-extension`, which is final; a failure of the disk.
    mutating func sign(_ checkpoint: Checkpoint, tiles: TileHashReader) throws -> SignedNote {
        guard hold == nil else { throw CustodyFailure(.signingHeld) }
        try remember(checkpoint, tiles: tiles)
        return try checkpoint.signed(with: keys)
    }

    /// Signs again what is remembered: under the same keys the same bytes (RFC 8032).
    func signLast() throws -> SignedNote? { try last?.signed(with: keys) }

    /// Takes over a checkpoint that bears a signature of the log's already: where an earlier version, or a
    /// copy of the root that is newer than the memory, signed it.
    mutating func adopt(_ checkpoint: Checkpoint, tiles: TileHashReader) throws {
        try remember(checkpoint, tiles: tiles)
    }

    private mutating func remember(_ checkpoint: Checkpoint, tiles: TileHashReader) throws {
        guard checkpoint != last else { return }
        guard checkpoint.origin.utf8.elementsEqual(origin.utf8), tiles.size == checkpoint.size,
            try LedgerTiles.root(ofSize: tiles.size, tiles) == checkpoint.root
        else { throw CustodyFailure(.notAnExtension, detail: "the tiles have another root") }
        if let last {
            guard checkpoint.size >= last.size else {
                throw CustodyFailure(
                    .notAnExtension, detail: "\(checkpoint.size) after \(last.size)")
            }
            let proof = try ConsistencyProof.make(from: last.size, to: checkpoint.size) {
                try tiles.hash(level: $0, index: $1)
            }
            guard proof.verify(oldRoot: last.root, newRoot: checkpoint.root) else {
                throw CustodyFailure(
                    .notAnExtension, detail: "\(checkpoint.size) and \(last.size) differ")
            }
        }
        try root.makeDirectory("keys", mode: 0o700)
        try root.replace(checkpoint.text, at: Self.memory, mode: 0o600)
        last = checkpoint
    }

    // MARK: - Holding

    /// Nothing is signed from now on, also after a restart: durable when it returns. What is proven
    /// is never replaced by what is only claimed.
    mutating func hold(_ hold: SigningHold) throws {
        if self.hold?.reason == .proven, hold.reason != .proven { return }
        var hold = hold
        if self.hold?.isRestored == true { hold.isRestored = true }
        // Held in any case, whatever the disk says.
        self.hold = hold
        try root.makeDirectory("keys", mode: 0o700)
        try root.replace(try JSONWriter.canonical(hold.json), at: Self.holdPlace, mode: 0o600)
    }

    /// What was proof against us is none any more where our log holds that checkpoint by now: it lacked
    /// entries and has them back. The witness is still asked before anything is signed. Durable when
    /// it returns.
    ///
    /// - Parameter tiles: those on the disk, of the published size.
    mutating func reconsider(_ tiles: TileHashReader) throws {
        guard let hold, hold.reason == .proven,
            let note = hold.evidence.flatMap({ try? SignedNote(parsing: $0) }),
            let known = try? Checkpoint(parsing: note.text), known.size <= tiles.size,
            try LedgerTiles.root(ofSize: known.size, tiles) == known.root
        else { return }
        var claimed = SigningHold(
            .claimed, witness: hold.witness, claimedSize: hold.claimedSize, ownSize: hold.ownSize)
        claimed.isRestored = true
        try root.replace(try JSONWriter.canonical(claimed.json), at: Self.holdPlace, mode: 0o600)
        self.hold = claimed
    }

    /// Signing may go on: durable when it returns.
    mutating func release() throws {
        try root.remove(Self.holdPlace)
        hold = nil
    }
}
