package import Custody
import DurableFiles
import Evidence
import Fixity
import TransparencyLog

/// `keys/log.keys`: the public halves of all keys that this station's log has had, oldest first, and
/// which of them signs. A root of an earlier version has none, and one key.
struct LogKeyring: Hashable, Sendable {
    enum State: String, Sendable {
        /// Signs no more; what it signed stands.
        case former
        case signing
        /// Signs beside the signing one, and is to follow it.
        case next
    }

    struct Entry: Hashable, Sendable {
        let key: VerifierKey
        var state: State
        /// Why it took over from the one before.
        var why: String?
        /// The last checkpoint of the one before, where that key was lost.
        var lastOfLost: String?
    }

    static let place = "keys/log.keys"
    private static let byteLimit = 1 << 20

    private(set) var entries: [Entry]
    /// When a copy of the signing key was last made or looked at.
    var copied: Timestamp?

    /// Of a log that has had one key.
    init(_ key: VerifierKey) { entries = [Entry(key: key, state: .signing)] }

    var keys: [VerifierKey] { entries.map(\.key) }

    func state(of key: VerifierKey) -> State? { entries.first { $0.key == key }?.state }

    func key(in state: State) -> VerifierKey? { entries.first { $0.state == state }?.key }

    // MARK: - Changing

    /// A further key signs beside the one that does.
    mutating func begin(_ key: VerifierKey, why: String) {
        entries.append(Entry(key: key, state: .next, why: why))
    }

    /// The one that was to follow signs alone.
    mutating func finish() {
        guard let next = entries.firstIndex(where: { $0.state == .next }) else { return }
        for place in entries.indices { entries[place].state = .former }
        entries[next].state = .signing
        copied = nil
    }

    /// A new key goes on where none of the others is at hand any more.
    mutating func replace(by key: VerifierKey, why: String, last: [UInt8]) {
        for place in entries.indices { entries[place].state = .former }
        entries.append(
            Entry(
                key: key, state: .signing, why: why,
                lastOfLost: String(decoding: last, as: UTF8.self)))
        copied = nil
    }

    // MARK: - On disk

    /// Nil where there is none.
    ///
    /// - Throws: `damaged-station`: a key must never be lost from sight.
    static func read(in root: String) throws -> LogKeyring? {
        let path = root + "/" + place
        guard LocalPath.exists(path) else { return nil }
        guard let bytes = try SmallFile.read(path, limit: byteLimit),
            let json = try? JSONReader.value(of: bytes), let keyring = LogKeyring(json: json)
        else { throw AssemblyFailure(.damagedStation, subject: path) }
        return keyring
    }

    private init?(json: JSONValue) {
        guard json[key: "v"]?.integerValue == 1, let listed = json[key: "keys"]?.arrayValue,
            !listed.isEmpty
        else { return nil }
        entries = []
        for one in listed {
            guard
                let key = one[key: "vkey"]?.stringValue.flatMap({ try? VerifierKey(parsing: $0) }),
                let state = one[key: "state"]?.stringValue.flatMap({ State(rawValue: $0) })
            else { return nil }
            entries.append(
                Entry(
                    key: key, state: state, why: one[key: "why"]?.stringValue,
                    lastOfLost: one[key: "lastOfLost"]?.stringValue))
        }
        copied = json[key: "copied"]?.stringValue.flatMap { Timestamp($0) }
    }

    /// Durable when it returns; before, the old one.
    func write(in root: DurableRoot) throws {
        let listed = entries.map { entry in
            var members: [String: JSONValue] = [
                "vkey": .string(entry.key.description), "state": .string(entry.state.rawValue),
            ]
            members.set("why", entry.why)
            members.set("lastOfLost", entry.lastOfLost)
            return JSONValue.object(members)
        }
        var members: [String: JSONValue] = ["v": 1, "keys": .array(listed)]
        members.set("copied", copied?.description)
        try root.replace(
            try JSONWriter.canonical(.object(members)) + [UInt8(ascii: "\n")], at: Self.place,
            mode: 0o600)
    }
}

extension RootLayout {
    static let keyPlace = "keys/log.key"
    /// The key that is to follow, while a change is under way.
    static let nextKeyPlace = "keys/log.next.key"

    func keyring() throws -> LogKeyring {
        try LogKeyring.read(in: path)
            ?? LogKeyring(VerifierKey(name: station.origin, of: Self.key(in: path)))
    }

    /// The keys of the station's log, as they are at hand.
    ///
    /// - Throws: `missing-key`; `other-key` where the one at hand is none that may sign.
    package func keys() throws -> LogKeys {
        let key = try Self.key(in: path)
        let verifier = try VerifierKey(name: station.origin, of: key)
        guard let keyring = try LogKeyring.read(in: path) else {
            return try LogKeys(origin: station.origin, key: key)
        }
        let next = try SmallFile.read(path + "/" + Self.nextKeyPlace, limit: Self.fileLimit)
            .flatMap { try? SigningKey(pem: $0) }
        let follower = try next.map { try VerifierKey(name: station.origin, of: $0) }
        switch keyring.state(of: verifier) {
        case .signing, .next:
            // Where the new key is at hand in the place of the old one, it signs alone.
            let isFollowed =
                keyring.state(of: verifier) == .signing
                && follower.map { keyring.state(of: $0) } == .next
            return try LogKeys(
                origin: station.origin, key: key, next: isFollowed ? next : nil,
                former: keyring.keys)
        case .former:
            // A change was finished, and the power went before the files were in their places.
            guard let next, let follower, keyring.state(of: follower) == .signing else {
                throw AssemblyFailure(.otherKey, subject: Self.place(ofKeyIn: path))
            }
            return try LogKeys(origin: station.origin, key: next, former: keyring.keys)
        case nil: throw AssemblyFailure(.otherKey, subject: Self.place(ofKeyIn: path))
        }
    }
}
