/// What a leaf commits to and what can be shown, or erased, a row at a time.
///
/// A record is a salted header with the list of the SHA-256 of its rows, and the rows, each an
/// object of its own with its own 128-bit salt. Header and rows are stored as canonical JSON under
/// their SHA-256 (`vault/records`).
package struct RecordHeader: Hashable, Sendable {
    package let salt: String
    package let rows: [SHA256Digest]

    package init(salt: String, rows: [SHA256Digest]) { (self.salt, self.rows) = (salt, rows) }

    package var json: JSONValue {
        [
            "v": 1, "salt": .string(salt),
            "rows": .array(rows.map { .string($0.hex) }),
        ]
    }

    package init(json: JSONValue) throws(MalformedEntry) {
        guard json[key: "v"]?.integerValue == 1, let salt = json[key: "salt"]?.stringValue,
            let rows = json[key: "rows"]?.arrayValue
        else { throw MalformedEntry(problem: "not a record header") }
        var digests: [SHA256Digest] = []
        for row in rows {
            guard let digest = row.stringValue.flatMap({ SHA256Digest(hex: $0) }) else {
                throw MalformedEntry(problem: "a row of the header is not a digest")
            }
            digests.append(digest)
        }
        self.init(salt: salt, rows: digests)
    }
}

/// One row of a record: facts about one item, visit, person or viewing.
package struct RecordRow: Hashable, Sendable {
    /// What the row holds: `visit`, `inventory`, `file`, `blocks`, `facts`, …
    package let kind: String
    /// Everything but `v`, `kind` and `salt`.
    package let members: [String: JSONValue]

    package init(kind: String, members: [String: JSONValue]) {
        (self.kind, self.members) = (kind, members)
    }

    /// The row as it is stored, with that salt (32 hexadecimal digits).
    package func json(salt: String) -> JSONValue {
        var all = members
        all["v"] = 1
        all["kind"] = .string(kind)
        all["salt"] = .string(salt)
        return .object(all)
    }

    package init(json: JSONValue) throws(MalformedEntry) {
        guard var members = json.objectValue, members["v"]?.integerValue == 1,
            let kind = members["kind"]?.stringValue, members["salt"]?.stringValue != nil
        else { throw MalformedEntry(problem: "not a record row") }
        for key in ["v", "kind", "salt"] { members[key] = nil }
        self.init(kind: kind, members: members)
    }

    /// 128 random bits as hexadecimal digits: what keeps a row from being guessed.
    package static func makeSalt() -> String {
        var generator = SystemRandomNumberGenerator()
        return hexDigits(generator.next()) + hexDigits(generator.next())
    }

    private static func hexDigits(_ word: UInt64) -> String {
        let text = String(word, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }
}
