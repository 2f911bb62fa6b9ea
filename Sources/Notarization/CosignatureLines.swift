import Evidence
import TransparencyLog

/// The lines of an answer that may stand below a checkpoint: verified, one for each key.
struct CosignatureLines {
    let lines: [NoteSignature]
    /// What the witness's own line says, POSIX seconds; 0 where it is not checked here.
    let time: Int64

    /// Nil unless the witness itself cosigned, and every line that claims to be by a key of the
    /// policy holds (C2SP signed-note). Lines by others are left out: nobody could tell whose they
    /// are, and a checkpoint is not a place for whatever a witness likes to write. A line by a key
    /// that is not checked here is taken by its form, once, and never counts as checked.
    init?(
        _ lines: [NoteSignature], below note: SignedNote, by key: CosignerKey,
        among keys: [CosignerKey]
    ) {
        let keys = keys.contains(key) ? keys : keys + [key]
        var signed = note
        for line in lines { signed.append(line) }
        guard lines.count <= SignedNote.signatureLimit, let words = try? signed.words(of: keys)
        else { return nil }
        var found: [NoteSignature] = []
        var own: Int64?
        for (one, word) in zip(keys, words) {
            switch word {
            case .absent: continue
            case .cosigned(let cosignatures):
                // The earliest says most: it was there by then. A witness must state its time.
                guard let first = cosignatures.first, first.time > 0 else { return nil }
                found.append(first.line)
                if one == key { own = first.time }
            case .notChecked:
                guard let line = lines.first(where: { one.isClaimed(in: $0) }) else { continue }
                found.append(line)
                if one == key { own = 0 }
            }
        }
        guard let own else { return nil }
        (self.lines, time) = (found, own)
    }
}
