import DurableFiles
import Evidence
import Fixity
import TransparencyLog

/// Where checkpoints are kept that do not agree: `forks/<log>/<what>/offered` beside `cosigned`, the
/// one that this witness had cosigned. Each is a signed note that anybody can verify.
struct ForkShelf {
    /// What is wrong with the offered checkpoint.
    enum Kind: String {
        /// The same size and another root: proof in itself that the log signed two histories.
        case fork
        /// Larger, and not shown to extend the cosigned one; the tiles would tell.
        case unproven
        /// Smaller than what was cosigned. A request that was held up looks the same.
        case rollback
        /// A tree without entries, whose root is not that of no entries.
        case notEmpty = "not-empty"
    }

    let root: DurableRoot
    /// Below the root.
    let place: String
    /// The most pairs that are kept of one log: only its own key can make them, but without end.
    var limit = 1000

    /// Both checkpoints are durable when it returns; a pair that is there already is kept once,
    /// however often it is offered.
    ///
    /// - Parameter offered: a note with signatures of the log alone.
    /// - Returns: the pair's place, or nil where the shelf is full.
    func keep(
        _ kind: Kind, offered: (note: [UInt8], checkpoint: Checkpoint), held: CosignedState
    ) throws -> String? {
        // Of the texts, not of the notes: time stamps of cosignatures change, histories do not.
        let pair = offered.checkpoint.text + [0] + (held.checkpoint?.text ?? [])
        let id = SHA256Digest.of(pair).hex.prefix(16)
        let name = "\(kind.rawValue)-\(held.size)-\(offered.checkpoint.size)-\(id)"
        let folder = place + "/" + name
        guard try root.exists(folder) || root.names(in: place).count < limit else {
            return nil
        }
        try root.makeDirectory(folder)
        try put(offered.note, at: folder + "/offered")
        if held.checkpoint != nil { try put(held.bytes, at: folder + "/cosigned") }
        return folder
    }

    /// One that a kill left here, before or after its sync, is as good: the name binds its text.
    private func put(_ bytes: [UInt8], at place: String) throws {
        if try root.exists(place) {
            try root.settle(place)
        } else {
            try root.publish(bytes, at: place)
        }
    }
}
