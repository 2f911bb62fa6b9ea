/// One entry of the ledger: a canonical JSON object of at most 4 KiB with no personal data.
package struct Leaf: Hashable, Sendable {
    /// The version of this layout.
    package static let version: Int64 = 1
    /// The greatest number of bytes an encoded leaf may have.
    package static let byteLimit = 4096

    /// The size and root of the checkpoint that was known before: the event cannot be older.
    package struct Basis: Hashable, Sendable {
        package let size: Int64
        package let root: SHA256Digest

        package init(size: Int64, root: SHA256Digest) { (self.size, self.root) = (size, root) }
    }

    package let event: CustodyEventKind
    package let time: Timestamp
    /// The short code of the station.
    package let station: String
    /// Digests and size of the footage; absent for what could be guessed (small sidecars).
    package let sha256: SHA256Digest?
    package let sm3: SM3Digest?
    package let size: Int64?
    /// The SHA-256 of the record's header.
    package let record: SHA256Digest?
    /// The leaf of the last event about the same item.
    package let previous: Int64?
    package let basis: Basis?

    package init(
        event: CustodyEventKind, time: Timestamp, station: String, sha256: SHA256Digest? = nil,
        sm3: SM3Digest? = nil, size: Int64? = nil, record: SHA256Digest? = nil,
        previous: Int64? = nil, basis: Basis? = nil
    ) {
        (self.event, self.time, self.station) = (event, time, station)
        (self.sha256, self.sm3, self.size) = (sha256, sm3, size)
        (self.record, self.previous, self.basis) = (record, previous, basis)
    }

    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "v": .integer(Self.version), "event": .string(event.rawValue),
            "time": .string(time.description), "station": .string(station),
        ]
        members.set("sha256", sha256?.hex)
        members.set("sm3", sm3?.hex)
        members.set("size", size)
        members.set("record", record?.hex)
        members.set("previous", previous)
        if let basis {
            members["basis"] = ["size": .integer(basis.size), "root": .string(basis.root.hex)]
        }
        return .object(members)
    }

    /// The bytes that are hashed into the tree. Throws where an integer is beyond 2^53.
    package func encoded() throws -> [UInt8] { try JSONWriter.canonical(json) }

    /// Reads a stored entry. Unknown members are allowed (a later version may add some), a wrong
    /// type or an unknown event is not.
    package init(entry: [UInt8]) throws(MalformedEntry) {
        let value: JSONValue
        do {
            value = try JSONReader.value(of: entry)
        } catch {
            throw MalformedEntry(problem: "not JSON: \(error.problem) at byte \(error.offset)")
        }
        guard value[key: "v"]?.integerValue == Self.version else {
            throw MalformedEntry(problem: "not a leaf of version \(Self.version)")
        }
        guard let event = value[key: "event"]?.stringValue.flatMap(CustodyEventKind.init(rawValue:))
        else { throw MalformedEntry(problem: "unknown event") }
        guard let time = value[key: "time"]?.stringValue.flatMap({ Timestamp($0) }) else {
            throw MalformedEntry(problem: "no time")
        }
        guard let station = value[key: "station"]?.stringValue else {
            throw MalformedEntry(problem: "no station")
        }
        var basis: Basis?
        if let member = value[key: "basis"] {
            guard let size = member[key: "size"]?.integerValue,
                let root = member[key: "root"]?.stringValue.flatMap({ SHA256Digest(hex: $0) })
            else { throw MalformedEntry(problem: "malformed basis") }
            basis = Basis(size: size, root: root)
        }
        func member<T>(
            _ key: String, _ read: (JSONValue) -> T?
        ) throws(MalformedEntry) -> T? {
            guard let present = value[key: key] else { return nil }
            guard let read = read(present) else {
                throw MalformedEntry(problem: "malformed \(key)")
            }
            return read
        }
        self.init(
            event: event, time: time, station: station,
            sha256: try member("sha256") { $0.stringValue.flatMap { SHA256Digest(hex: $0) } },
            sm3: try member("sm3") { $0.stringValue.flatMap { SM3Digest(hex: $0) } },
            size: try member("size", \.integerValue),
            record: try member("record") { $0.stringValue.flatMap { SHA256Digest(hex: $0) } },
            previous: try member("previous", \.integerValue), basis: basis)
    }
}

/// Stored bytes that are not what the layout says.
package struct MalformedEntry: Error, Hashable, Sendable {
    package let problem: String

    package init(problem: String) { self.problem = problem }
}
