/// Who a station is: the content of `station.json`. Nothing in it is secret.
package struct StationIdentity: Hashable, Sendable {
    /// The name people gave it.
    package let name: String
    /// The short code that item ids begin with: letters and digits.
    package let code: String
    /// The court's code, such as `闽0602`, where it was given.
    package let court: String?
    /// The ledger's origin (C2SP tlog-checkpoint): no spaces, no `+`.
    package let origin: String
    package let created: Timestamp

    package init(name: String, code: String, court: String?, origin: String, created: Timestamp) {
        (self.name, self.code, self.court) = (name, code, court)
        (self.origin, self.created) = (origin, created)
    }

    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(name), "code": .string(code), "origin": .string(origin),
            "created": .string(created.description),
        ]
        members.set("court", court)
        return .object(members)
    }

    /// Nil where a member is missing or is not what it must be.
    package init?(json: JSONValue) {
        guard let name = json[key: "name"]?.stringValue, !name.isEmpty,
            let code = json[key: "code"]?.stringValue, Self.isCode(code),
            let origin = json[key: "origin"]?.stringValue, Self.isOrigin(origin),
            let created = json[key: "created"]?.stringValue.flatMap({ Timestamp($0) })
        else { return nil }
        self.init(
            name: name, code: code, court: json[key: "court"]?.stringValue, origin: origin,
            created: created)
    }

    /// One to twelve ASCII letters and digits: short enough to write on paper.
    package static func isCode(_ text: String) -> Bool {
        (1...12).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5a).contains($0)
                    || (0x61...0x7a).contains($0)
            }
    }

    /// A key name of C2SP signed-note: not empty, no white space, no `+`, no control characters.
    package static func isOrigin(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 255
            && text.unicodeScalars.allSatisfy {
                !$0.properties.isWhitespace && $0 != "+" && $0.value >= 0x20
            }
    }
}

/// The name of one item or one visit: the station's short code and the leaf of its first event.
package struct LedgerName: Hashable, Sendable, CustomStringConvertible {
    package let station: String
    package let leaf: Int64

    package init(station: String, leaf: Int64) { (self.station, self.leaf) = (station, leaf) }

    /// Reads `0602-1742`.
    package init?(_ text: String) {
        guard let dash = text.lastIndex(of: "-"),
            let leaf = Int64(text[text.index(after: dash)...]),
            leaf >= 0, StationIdentity.isCode(String(text[..<dash])),
            String(leaf) == text[text.index(after: dash)...]
        else { return nil }
        self.init(station: String(text[..<dash]), leaf: leaf)
    }

    package var description: String { "\(station)-\(leaf)" }
}
