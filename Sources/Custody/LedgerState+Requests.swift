import DurableFiles
import Evidence
import TransparencyLog

// What was carried to a notary on a stick and may have been cosigned there.
extension LedgerState {
    /// The most that are remembered: of more, those in the middle go, and a witness at one of them
    /// says so and is asked once more.
    static let requestLimit = 64

    func noteRequested(_ note: SignedNote) throws {
        let checkpoint = try Checkpoint.open(note.bytes, byOneOf: keys.all)
        guard checkpoint.size <= publishedSize else {
            throw CustodyFailure(.notAnExtension, detail: "asked for: \(checkpoint.size)")
        }
        let sizes = try LogPlaces.requestedSizes(root.names(in: LogPlaces.requested))
        if sizes.contains(checkpoint.size) { return }
        try root.makeDirectory(LogPlaces.requested)
        if sizes.count >= Self.requestLimit {
            try root.remove(LogPlaces.requested(sizes[sizes.count / 2]))
        }
        try root.publish(note.bytes, at: LogPlaces.requested(checkpoint.size))
    }

    /// A size at which a witness is, and nothing more is known of it.
    func noteElsewhere(_ size: Int64) throws {
        guard (1...max(publishedSize, 1)).contains(size),
            try !root.exists(LogPlaces.requested(size))
        else { return }
        try root.makeDirectory(LogPlaces.requested)
        try root.publish([0x0a], at: LogPlaces.requested(size))
    }

    func forgetRequested(below size: Int64) throws {
        for old in try LogPlaces.requestedSizes(root.names(in: LogPlaces.requested))
        where old < size {
            try root.remove(LogPlaces.requested(old))
        }
    }
}
