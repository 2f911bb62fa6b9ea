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
    /// Of a docking that has ended: how long its footage is, and how much of it is linked to no
    /// case.
    package var minutes: Int64?
    package var unlinked: Int64?
    /// Whether somebody said that he brought it.
    package var isAcknowledged = false

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
        members.set("minutes", minutes)
        members.set("unlinked", unlinked)
        if isAcknowledged { members["acknowledged"] = true }
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

/// What a list of digests was answered with, line by line.
package struct DigestAnswers: Sendable {
    package struct Line: Sendable {
        package let json: JSONValue
        /// `known`, `unknown`, `matches`, `differs`, `malformed`.
        package let result: String
        package let note: Bilingual?
    }

    package private(set) var lines: [Line] = []
    /// The lines of the answer as a table (RFC 4180), where that is what was asked for: then there
    /// are no others.
    package private(set) var table: [String] = []
    /// A sentence each.
    package var summary: [Bilingual] = []

    package init() {}

    package mutating func add(_ json: JSONValue, result: String, note: Bilingual?) {
        lines.append(Line(json: json, result: result, note: note))
    }

    package mutating func add(row: String) { table.append(row) }
}

/// What was sent is no list of digests.
package struct MalformedList: Failure, Hashable {
    /// Line, column and what is the matter there.
    package let place: Bilingual

    package init(where place: Bilingual) { self.place = place }

    package var code: String { "malformed-list" }
    package var disposition: Disposition { .quarantine }
    package var problem: Bilingual {
        Bilingual(
            "This is no list of digests: \(place.english)", "不是哈希值列表：\(place.chinese)")
    }
    package var nextStep: Bilingual {
        Bilingual(
            "One digest a line (64 hexadecimal digits), or what sha256sum writes.",
            "每行一个哈希值（64 位十六进制数字），或 sha256sum 的输出。")
    }
}

/// Who vouches for the ledger, and the texts by which that can be checked elsewhere.
package struct Vouching: Sendable {
    package let checkpoint: String
    /// Of that checkpoint; the root in Base64, as it has it.
    package let size: Int64
    package let root: String
    package let logKey: String
    package var cosigned: Int64?
    package var cosigners: [(name: String, time: Timestamp?)] = []
    package var timeStamped: Int64?
    package var findings: [Bilingual] = []

    package init(checkpoint: String, size: Int64, root: String, logKey: String) {
        (self.checkpoint, self.size) = (checkpoint, size)
        (self.root, self.logKey) = (root, logKey)
    }
}

/// The station, as the pages see it.
package protocol PortalStation: Sendable {
    func wall() async throws -> [WallSlot]
    func state() async throws -> StationState
    /// Looks every digest of a list up; see `evidock verify --list`.
    ///
    /// - Parameter language: of a table; nil for lines.
    /// - Throws: ``MalformedList``.
    func verify(_ list: [UInt8], tableIn language: Language?) async throws -> DigestAnswers
    /// An entry and the proof that it is in the log (C2SP tlog-proof), under the cosigned
    /// checkpoint where that covers it; nil where there is no such entry.
    func proof(of leaf: Int64) async throws -> (entry: [UInt8], proof: [UInt8])?
    func vouching() async throws -> Vouching
    /// Whether two checkpoints are of this log, and the one the beginning of the other.
    ///
    /// - Throws: a `Failure` for what is no checkpoint of it.
    func consistency(_ first: String, _ second: String) async throws -> Consistency
    /// What notaries signed off, the newest first.
    func signOffs() async throws -> [SignOff]
    /// Enters that somebody looked at how the log stood at a size.
    ///
    /// - Returns: false, and nothing is entered, where the log never had that root at that size.
    func signOff(_ text: String, size: Int64, root: String, by: String) async throws -> Bool
    /// The leaf after all that can be told now.
    func newsEnd() async throws -> Int64
    /// What happened from a leaf on, of the kinds that are told, and the leaf after all that was
    /// looked at.
    func news(from leaf: Int64, limit: Int) async throws -> (news: [News], next: Int64)
    /// What somebody must look at, the oldest first.
    func alerts() async throws -> [AlertBook.Entry]
    /// Somebody takes an alert up: it is not told again while it lasts.
    func acknowledge(alert code: String, by: String) async throws
    /// How all that is taken in stands, for those who oversee it.
    func overview() async throws -> Overview
    /// A docking with what came of it; nil where there is none.
    func handOver(_ docking: String) async throws -> HandOver?
    /// Enters that somebody brought the recorder of a docking.
    func acknowledge(_ docking: String, inventory: String, by: String) async throws
}

/// Two checkpoints of this log.
package struct Consistency: Hashable, Sendable {
    package let firstSize: Int64
    package let secondSize: Int64
    /// Whether each has the root that the log has at its size: then the smaller is the beginning of
    /// the larger.
    package let isConsistent: Bool
    /// The proof (RFC 6962 section 2.1.2), by which that can be checked elsewhere: hashes in Base64.
    package let proof: [String]

    package init(firstSize: Int64, secondSize: Int64, isConsistent: Bool, proof: [String]) {
        (self.firstSize, self.secondSize) = (firstSize, secondSize)
        (self.isConsistent, self.proof) = (isConsistent, proof)
    }
}

/// A notary's word on how the log stood.
package struct SignOff: Hashable, Sendable {
    package let entry: Int64
    package let time: Timestamp
    package let row: SignOffRow

    package init(entry: Int64, time: Timestamp, row: SignOffRow) {
        (self.entry, self.time, self.row) = (entry, time, row)
    }
}

/// A docking as a hand-over receipt has it.
package struct HandOver: Hashable, Sendable {
    package let docking: String
    package var recorder: String?
    package var docked: Timestamp
    package var undocked: Timestamp?
    package var isComplete = false
    package var files: Int64 = 0
    package var bytes: Int64 = 0
    /// SHA-256 of the list of files.
    package var inventory: String
    package var taken: Int64 = 0
    package var known: Int64 = 0
    package var needLook: Int64 = 0
    package var notTaken: Int64 = 0
    package var minutes: Int64 = 0
    package var unlinked: Int64 = 0
    package var acknowledgedBy: String?
    package var acknowledgement: Int64?

    package init(docking: String, docked: Timestamp, inventory: String) {
        (self.docking, self.docked, self.inventory) = (docking, docked, inventory)
    }
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
    func tokens() async throws -> [APIToken]
    /// - Returns: the text that a program carries, which nobody can be told again.
    func makeToken(
        _ name: String, of account: String, scopes: Set<TokenScope>, days: Int, by: String
    ) async throws -> String
    func endToken(_ name: String, of account: String, by: String) async throws
    /// Sets another password of somebody's own; his other sessions end.
    func setPassword(_ password: String, of name: String, but token: String) async throws
    func setPIN(_ pin: String, of name: String) async throws
}
