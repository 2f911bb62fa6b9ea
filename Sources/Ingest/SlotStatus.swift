package import Evidence

/// What stands on one slot of the dock now: a value, shown by `docks`, the log and later the wall.
package struct SlotStatus: Hashable, Sendable {
    package enum State: String, Sendable, CaseIterable {
        case recognised, transferring, verifying
        case mayBeRemoved = "may-be-removed"
        /// Waits for something of ours, and goes on by itself.
        case held
        case failed
        /// An earlier docking of it never came to its end.
        case unfinished
        /// On the bus, but shows no volume.
        case locked
    }

    package var slot: String
    package var state: State
    package var label: String?
    package var recorder: String?
    /// Whose recorder it is; nil while that is not known.
    package var source: RecorderSource?
    package var visit: String?
    package var bytesDone: Int64 = 0
    package var bytesTotal: Int64 = 0
    package var filesDone: Int64 = 0
    package var filesTotal: Int64 = 0
    /// Files kept that need a look, and files that could not be taken.
    package var needLook: Int64 = 0
    package var notTaken: Int64 = 0
    /// Unfinished files that were left alone on the recorder.
    package var unfinished: Int64 = 0
    /// Bytes a second over the last seconds, while it moves.
    package var rate: Int64 = 0
    package var reason: Bilingual?
    package var mayBeCleared = false
    /// Mounted writable: never called untouched.
    package var isWritable = false
    /// How many copies the station keeps of everything; nil where that is not known here.
    package var copies: Int64?

    package init(slot: String, state: State) { (self.slot, self.state) = (slot, state) }

    /// Seconds left at the present rate; nil where nothing moves.
    package var secondsLeft: Int64? {
        guard isMoving, rate > 0, bytesTotal > bytesDone else { return nil }
        return (bytesTotal - bytesDone + rate - 1) / rate
    }

    private var isMoving: Bool { state == .transferring || state == .verifying }

    /// The words of the dock, from the house's catalogue.
    package var words: Bilingual {
        switch state {
        case .recognised: DockWords.recognised
        case .transferring: DockWords.transferring
        case .verifying: DockWords.verifying
        case .mayBeRemoved: DockWords.mayBeRemoved
        case .held: DockWords.waiting
        case .failed, .locked: DockWords.problem
        case .unfinished: DockWords.unfinished
        }
    }

    package func json(in language: Language) -> JSONValue {
        var members: [String: JSONValue] = [
            "slot": .string(slot), "state": .string(state.rawValue),
            "words": .string(words.text(in: language)),
            "bytesDone": .integer(bytesDone), "bytesTotal": .integer(bytesTotal),
            "filesDone": .integer(filesDone), "filesTotal": .integer(filesTotal),
            "rate": .integer(isMoving ? rate : 0), "mayBeCleared": .bool(mayBeCleared),
            "quarantined": .integer(needLook), "refused": .integer(notTaken),
            "unfinished": .integer(unfinished),
        ]
        members.set("volume", label)
        members.set("recorder", recorder)
        members.set("source", source == .notary ? RecorderSource.notary.rawValue : nil)
        members.set("visit", visit)
        members.set("secondsLeft", secondsLeft)
        members.set("copies", copies)
        members.set("reason", reason?.text(in: language))
        if isWritable { members["mountedWritable"] = true }
        return .object(members)
    }
}
