import CaseIndex
import Custody
package import Evidence
package import Logging
import TransparencyLog

/// The newest checkpoint, as `log checkpoint` shows it.
package struct LogHead: Sendable {
    package let origin: String
    package let size: Int64
    package let root: String
    package let note: String
}

extension StationReader {
    /// One item, whole.
    package func show(_ name: String, log: Logger) async throws -> JSONValue {
        try ItemLookup.one(name, in: try await index(log: log)).json
    }

    /// The log's verifier keys: the one that signs first.
    package func verifierKeys() throws -> [String] { try keys().all.map(\.description) }

    /// As JSON: `vkey` signs, `next` is to follow it, `former` ones sign no more.
    package func verifierKeyJSON() throws -> JSONValue {
        let keys = try keys()
        var members: [String: JSONValue] = ["vkey": .string(keys.current.description)]
        members.set("next", keys.next?.description)
        members.set("former", keys.former.map(\.description))
        return .object(members)
    }

    package func checkpoint() throws -> LogHead {
        let head = try ledger.checkpoint()
        return LogHead(
            origin: head.checkpoint.origin, size: head.checkpoint.size,
            root: Base64.encode(head.checkpoint.root.bytes),
            note: String(decoding: head.note, as: UTF8.self))
    }

    /// A leaf, decoded, with its record's rows.
    package func entry(_ leaf: Int64) throws -> JSONValue {
        try requireLeaf(leaf)
        let event = try ledger.event(leaf)
        var members: [String: JSONValue] = [
            "index": .integer(leaf), "leaf": event.leaf.json,
            "entry": .string(Base64.encode(try ledger.entry(leaf))),
            "rows": .array(
                event.rows.map { row in
                    var members = row.members
                    members["kind"] = .string(row.kind)
                    return .object(members)
                }),
        ]
        if !event.missingRows.isEmpty {
            members["missingRows"] = .array(event.missingRows.map { .string($0.hex) })
        }
        return .object(members)
    }

    /// The `.tlog-proof` of a leaf, under the newest checkpoint.
    package func proof(_ leaf: Int64) throws -> String {
        try requireLeaf(leaf)
        return String(decoding: try ledger.inclusionProof(leaf).bytes, as: UTF8.self)
    }

    private func requireLeaf(_ leaf: Int64) throws {
        guard leaf >= 0, leaf < (try ledger.size()) else {
            throw AssemblyFailure(.noSuchLeaf, subject: String(leaf))
        }
    }
}
