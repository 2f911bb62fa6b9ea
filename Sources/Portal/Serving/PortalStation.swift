package import Accounts
package import Evidence

/// What a slot shows to whoever stands before the dock: nothing that names a person.
package struct WallSlot: Hashable, Sendable {
    package var slot: String
    package var state: String
    package var words: Bilingual
    /// The docking; a card never outlives it.
    package var docking: String?
    package var recorder: String?
    /// The last digits of the number of the officer who has the recorder.
    package var officer: String?
    package var bytesDone: Int64
    package var bytesTotal: Int64
    package var filesDone: Int64
    package var filesTotal: Int64
    package var rate: Int64
    package var secondsLeft: Int64?
    package var needLook: Int64
    package var notTaken: Int64
    package var reason: Bilingual?
    /// Further facts of a docking that has ended, each in words.
    package var notes: [Bilingual]

    package init(slot: String, state: String, words: Bilingual) {
        (self.slot, self.state, self.words) = (slot, state, words)
        (bytesDone, bytesTotal, filesDone, filesTotal) = (0, 0, 0, 0)
        (rate, needLook, notTaken, notes) = (0, 0, 0, [])
    }

    var json: JSONValue {
        func both(_ words: Bilingual) -> JSONValue {
            ["en": .string(words.english), "zh": .string(words.chinese)]
        }
        var members: [String: JSONValue] = [
            "slot": .string(slot), "state": .string(state), "words": both(words),
            "bytesDone": .integer(bytesDone), "bytesTotal": .integer(bytesTotal),
            "filesDone": .integer(filesDone), "filesTotal": .integer(filesTotal),
            "rate": .integer(rate), "needLook": .integer(needLook),
            "notTaken": .integer(notTaken), "notes": .array(notes.map(both)),
        ]
        members.set("docking", docking)
        members.set("recorder", recorder)
        members.set("officer", officer)
        members.set("secondsLeft", secondsLeft)
        if let reason { members["reason"] = both(reason) }
        return .object(members)
    }
}

/// How the station is.
package struct StationState: Hashable, Sendable {
    /// Entries under the newest checkpoint, and under the newest that the notary cosigned.
    package var entries: Int64
    package var cosigned: Int64?
    package var slots: Int
    package var bytesFree: Int64
    package var bytesTotal: Int64
    /// Entries that the index does not have yet.
    package var indexBehind: Int64
    /// Whether the ledger takes events.
    package var isWorking: Bool
    package var hasInspector: Bool
    /// Whether the disk has room for a docking.
    package var hasRoom: Bool

    package init(
        entries: Int64, cosigned: Int64?, slots: Int, bytesFree: Int64,
        bytesTotal: Int64, indexBehind: Int64, isWorking: Bool, hasInspector: Bool, hasRoom: Bool
    ) {
        (self.entries, self.cosigned) = (entries, cosigned)
        (self.slots, self.bytesFree, self.bytesTotal) = (slots, bytesFree, bytesTotal)
        (self.indexBehind, self.isWorking) = (indexBehind, isWorking)
        (self.hasInspector, self.hasRoom) = (hasInspector, hasRoom)
    }

    /// What is wrong; empty where nothing is.
    package var troubles: [String] {
        [
            (isWorking, "the custody log takes no entries"),
            (indexBehind < 10_000, "the index is far behind the custody log"),
            (hasInspector, "the inspector is missing"),
            (hasRoom, "the disk is full"),
        ].compactMap { isWell, words in isWell ? nil : words }
    }
}

/// The station, as the pages see it.
package protocol PortalStation: Sendable {
    func wall() async throws -> [WallSlot]
    func state() async throws -> StationState
}

/// Who may sign in: each change stands in the ledger before it holds.
package protocol PeopleDesk: Sendable {
    func accounts() async throws -> [Account]
    /// - Returns: the text of a one-time link.
    func add(
        _ name: String, roles: Set<Role>, court: String?, by: String
    ) async throws -> String
    func invite(_ name: String, by: String) async throws -> String
    func setDisabled(_ isDisabled: Bool, _ name: String, by: String) async throws
    /// Takes a one-time link up; see ``AccountStore/take(_:password:code:now:)``.
    func join(_ token: String, password: String, code: String?) async throws -> [String]
}
