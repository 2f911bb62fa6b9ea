import DurableFiles
import Evidence
import TransparencyLog

/// The newest checkpoint of one log that this witness cosigned: one file, replaced as a whole, which
/// is at once the witness's memory and what it serves to everybody.
struct CosignedState {
    /// Nil where nothing was cosigned yet.
    let checkpoint: Checkpoint?
    /// The file's bytes; a signed note where there is a checkpoint.
    let bytes: [UInt8]
    /// POSIX seconds of our newest cosignature; 0 where there is none.
    let time: Int64

    var size: Int64 { checkpoint?.size ?? 0 }

    /// What the file holds from when a log is taken on: a file that is gone is never mistaken for it.
    static let nothingYet = Array("nothing cosigned yet\n".utf8)

    /// Reads the file. It must be about this log, and signed by one of its keys or cosigned by one of
    /// ours; both may have changed since, but not at once.
    init(
        at place: String, in root: DurableRoot, origin: String, logKeys: [VerifierKey],
        cosigners: [CosignerKey]
    ) throws {
        do { bytes = try root.read(place, limit: SignedNote.byteLimit) } catch {
            guard let failure = error as? DurableFileFailure, failure.code == "missing" else {
                throw error
            }
            throw WitnessFailure(.stateMissing, place)
        }
        if bytes == Self.nothingYet {
            (checkpoint, time) = (nil, 0)
            return
        }
        do {
            let note = try SignedNote(parsing: bytes)
            let checkpoint = try Checkpoint(parsing: note.text)
            let words = try note.words(of: cosigners)
            let times = words.flatMap { word -> [Int64] in
                if case .cosigned(let found) = word { found.map(\.time) } else { [] }
            }
            // Always asked: a signature that no longer holds is damage, whoever else vouches.
            let isLogs = try !note.signers(among: logKeys).isEmpty
            guard checkpoint.origin.utf8.elementsEqual(origin.utf8), isLogs || !times.isEmpty
            else { throw WitnessFailure(.stateDamaged, place) }
            (self.checkpoint, time) = (checkpoint, times.max() ?? 0)
        } catch is LogFailure { throw WitnessFailure(.stateDamaged, place) }
    }
}
