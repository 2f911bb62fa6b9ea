import DurableFiles
import Evidence
import TransparencyLog

// The lines of witnesses below our checkpoints: see ``CustodyLedger/keep(_:meetsQuorum:)``.
extension LedgerState {
    func keep(_ note: SignedNote, meetsQuorum: Bool) throws {
        let checkpoint = try Checkpoint.open(note.bytes, byOneOf: keys.all)
        guard try isOurs(checkpoint) else {
            throw CustodyFailure(.notAnExtension, detail: "cosigned: \(checkpoint.size)")
        }
        var places: [String] = []
        if checkpoint == published { places.append(LogPlaces.checkpoint) }
        let carried = LogPlaces.requested(checkpoint.size)
        if try root.exists(carried) { places.append(carried) }
        if meetsQuorum, try !isCosignedLarger(than: checkpoint) {
            places.append(LogPlaces.cosigned)
        }
        for place in places {
            let before = try? root.read(place, limit: SignedNote.byteLimit)
            let bytes = Self.union(note, before).bytes
            if bytes != before { try root.replace(bytes, at: place) }
        }
    }

    func freeze(_ note: [UInt8], files: [String: [UInt8]]) throws {
        let checkpoint = try Checkpoint.open(note, byOneOf: keys.all)
        guard try isOurs(checkpoint) else {
            throw CustodyFailure(.notAnExtension, detail: "time-stamped: \(checkpoint.size)")
        }
        let folder = LogPlaces.stamped(checkpoint.size)
        try root.makeDirectory(folder)
        let place = folder + "/checkpoint"
        if try root.exists(place) {
            guard try root.read(place, limit: SignedNote.byteLimit) == note else {
                throw CustodyFailure(.frozenOtherwise, detail: "\(checkpoint.size)")
            }
            // Who finds it does not know whether its sync was reached.
            try root.settle(place)
        } else {
            try root.publish(note, at: place)
        }
        for name in LogPlaces.stampNames {
            guard let bytes = files[name], bytes.count <= LogPlaces.stampByteLimit else { continue }
            let place = folder + "/" + name
            if try root.exists(place) {
                try root.settle(place)
            } else {
                try root.publish(bytes, at: place)
            }
        }
    }

    /// Whether this log had that checkpoint: by the tiles, not by what was signed.
    private func isOurs(_ checkpoint: Checkpoint) throws -> Bool {
        guard checkpoint.size <= published.size else { return false }
        let tiles = LedgerTiles.reader(root, size: published.size)
        return try LedgerTiles.root(ofSize: checkpoint.size, tiles) == checkpoint.root
    }

    /// One that is damaged, or was put there by another key, gives way.
    private func isCosignedLarger(than checkpoint: Checkpoint) throws -> Bool {
        let before = try? root.read(LogPlaces.cosigned, limit: SignedNote.byteLimit)
        let known = before.flatMap { try? Checkpoint.open($0, byOneOf: keys.all) }
        return known.map { $0.size > checkpoint.size } ?? false
    }

    /// What stands there below the same text and is by nobody in the note stays: lines that came by
    /// another way.
    private static func union(_ note: SignedNote, _ before: [UInt8]?) -> SignedNote {
        guard let known = before.flatMap({ try? SignedNote(parsing: $0) }), known.text == note.text
        else { return note }
        var all = note
        for line in known.signatures
        where !all.signatures.contains(where: { $0.keyID == line.keyID && $0.name == line.name }) {
            guard all.signatures.count < SignedNote.signatureLimit else { break }
            all.append(line)
        }
        return all
    }
}
