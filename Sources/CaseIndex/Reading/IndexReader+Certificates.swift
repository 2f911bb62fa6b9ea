package import Evidence
import GRDB

/// A certificate of an item or a case, as the ledger has it.
package struct ListedCertificate: Hashable, Sendable {
    package let number: String
    package let office: String?
    package let issued: String?
    /// The item that holds the PDF, and its digest.
    package let document: String
    package let sha256: SHA256Digest
    package let item: String?
    package let caseNumber: String?
    package let leaf: Int64

    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "number": .string(number), "document": .string(document),
            "sha256": .string(sha256.hex), "leaf": .integer(leaf),
        ]
        members.set("office", office)
        members.set("issued", issued)
        members.set("item", item)
        members.set("caseNumber", caseNumber)
        return .object(members)
    }
}

/// The last word of an attestation interface on an item.
package struct ListedAttestation: Hashable, Sendable {
    package let item: String
    package let attestor: String
    package let state: AttestationRow.State
    package let number: String
    package let chainDigest: String?
    package let leaf: Int64

    package var json: JSONValue {
        var members: [String: JSONValue] = [
            "attestor": .string(attestor), "state": .string(state.rawValue),
            "number": .string(number), "leaf": .integer(leaf),
        ]
        members.set("chainDigest", chainDigest)
        return .object(members)
    }
}

extension IndexReader {
    /// Certificates in the order in which they were entered, by what they are about or by number; all
    /// where nothing is named.
    package func certificates(
        item: String? = nil, caseNumber: String? = nil, number: String? = nil
    ) throws -> [ListedCertificate] {
        var conditions: [String] = []
        var values: [IndexTables.Value] = []
        if let item {
            guard let name = LedgerName(item) else { return [] }
            conditions.append("c.item = ?")
            values.append(.integer(name.leaf))
        }
        if let caseNumber {
            conditions.append("c.caseNumber = ?")
            values.append(.text(caseNumber))
        }
        if let number {
            conditions.append("c.number = ?")
            values.append(.text(number))
        }
        let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        return try rows(
            """
            SELECT c.*, e.station FROM certificates c
            JOIN events e ON e.origin = c.origin AND e.leaf = c.leaf
            \(filter) ORDER BY c.leaf, c.position
            """, values
        ).map(ListedCertificate.init)
    }

    /// What attestation interfaces said of an item.
    package func attestations(of item: String) throws -> [ListedAttestation] {
        guard let name = LedgerName(item) else { return [] }
        return try attestations("a.item = ?", [.integer(name.leaf)])
    }

    /// Items that an interface has not finished with, the longest waiting first.
    package func pendingAttestations(by attestor: String, limit: Int) throws -> [ListedAttestation]
    {
        try attestations(
            "a.state = 'pending' AND a.attestor = ?", [.text(attestor)], limit: limit)
    }

    /// Whose number that is at an interface.
    package func attestation(number: String, by attestor: String) throws -> ListedAttestation? {
        try attestations("a.attestor = ? AND a.number = ?", [.text(attestor), .text(number)]).first
    }

    /// How many items are how far at attestation interfaces.
    package func attestationFigures() throws -> [AttestationRow.State: Int64] {
        var figures: [AttestationRow.State: Int64] = [:]
        for row in try rows("SELECT state, count(*) AS items FROM attestations GROUP BY state") {
            guard let state = AttestationRow.State(rawValue: try row.text("state")) else {
                continue
            }
            figures[state] = try row.integer("items")
        }
        return figures
    }

    private func attestations(
        _ condition: String, _ values: [IndexTables.Value], limit: Int = 1000
    ) throws -> [ListedAttestation] {
        try rows(
            """
            SELECT a.*, e.station FROM attestations a
            JOIN events e ON e.origin = a.origin AND e.leaf = a.leaf
            WHERE \(condition) ORDER BY a.leaf LIMIT \(limit)
            """, values
        ).compactMap { try? ListedAttestation($0) }
    }

    /// Footage of which an interface knows nothing yet: videos, photos and sound, from an item on.
    package func itemsToAttest(
        by attestor: String, from leaf: Int64, limit: Int
    ) throws -> [ListedItem] {
        try rows(
            """
            SELECT i.*, NULL AS sidecars FROM items i
            WHERE i.leaf >= ? AND i.role IN ('video', 'photo', 'audio') AND NOT EXISTS (
                SELECT 1 FROM attestations a
                WHERE a.origin = i.origin AND a.item = i.leaf AND a.attestor = ?)
            ORDER BY i.leaf LIMIT \(limit)
            """, [.integer(leaf), .text(attestor)]
        ).map(ListedItem.init)
    }
}

extension ListedCertificate {
    init(_ row: Columns) throws {
        let station = try row.text("station")
        number = try row.text("number")
        office = try row.optionalText("office")
        issued = try row.optionalText("issued")
        document = "\(station)-\(try row.integer("document"))"
        sha256 = try row.digest("sha256")
        item = try row.optionalInteger("item").map { "\(station)-\($0)" }
        caseNumber = try row.optionalText("caseNumber")
        leaf = try row.integer("leaf")
    }
}

extension ListedAttestation {
    init(_ row: Columns) throws {
        guard let state = AttestationRow.State(rawValue: try row.text("state")) else {
            throw MalformedEntry(problem: "unknown state of an attestation")
        }
        self.state = state
        item = "\(try row.text("station"))-\(try row.integer("item"))"
        attestor = try row.text("attestor")
        number = try row.text("number")
        chainDigest = try row.optionalText("chainDigest")
        leaf = try row.integer("leaf")
    }
}
