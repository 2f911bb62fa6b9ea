package import Evidence

/// Why a station signs nothing for now: a witness says that it has cosigned more of this log than the
/// station has. Were it to sign on, it might sign a second history; and that could never be undone.
package struct SigningHold: Hashable, Sendable {
    package enum Reason: String, Sendable {
        /// The witness says so. It may take it back.
        case claimed
        /// There is a checkpoint under our own key's signature that is no part of our log.
        case proven
        /// The root was put back from a backup: others may know more of this log than it does.
        case restored
        /// The file that says why cannot be read.
        case unreadable
    }

    package let reason: Reason
    /// What the policy calls the witness.
    package let witness: String
    /// The size that the witness knows.
    package let claimedSize: Int64
    /// The size of our newest checkpoint then.
    package let ownSize: Int64
    /// The checkpoint that is no part of our log, a signed note; with `proven` alone.
    package let evidence: [UInt8]?
    /// The root was put back from a backup before, whatever is the reason by now.
    package internal(set) var isRestored: Bool

    package init(
        _ reason: Reason, witness: String, claimedSize: Int64, ownSize: Int64,
        evidence: [UInt8]? = nil
    ) {
        (self.reason, self.witness, self.evidence) = (reason, witness, evidence)
        (self.claimedSize, self.ownSize) = (claimedSize, ownSize)
        isRestored = reason == .restored
    }

    /// The most bytes of the file: a note's, and some more.
    static let byteLimit = 3 << 20

    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "v": .integer(1), "reason": .string(reason.rawValue), "witness": .string(witness),
            "claimedSize": .integer(claimedSize), "ownSize": .integer(ownSize),
        ]
        if isRestored { members["restored"] = true }
        members.set("evidence", evidence.map { String(decoding: $0, as: UTF8.self) })
        return .object(members)
    }

    /// A file that cannot be read holds as well: it was written to.
    init(file bytes: [UInt8]) {
        guard let json = try? JSONReader.value(of: bytes), json[key: "v"]?.integerValue == 1,
            let reason = json[key: "reason"]?.stringValue.flatMap({ Reason(rawValue: $0) }),
            let witness = json[key: "witness"]?.stringValue,
            let claimed = json[key: "claimedSize"]?.integerValue,
            let own = json[key: "ownSize"]?.integerValue
        else {
            self.init(.unreadable, witness: "", claimedSize: 0, ownSize: 0)
            return
        }
        self.init(
            reason, witness: witness, claimedSize: claimed, ownSize: own,
            evidence: json[key: "evidence"]?.stringValue.map { Array($0.utf8) })
        isRestored = isRestored || json[key: "restored"]?.boolValue == true
    }
}
