/// A notarial certificate of an item or of a case: a row of a `certificate` event.
package struct CertificateRow: Hashable, Sendable {
    package static let kind = "certificate"

    /// The certificate's own number, as the notary office writes it.
    package var number: String
    package var office: String?
    /// The day it was issued, `yyyy-MM-dd`.
    package var issued: String?
    /// The item that holds the certificate itself, a PDF.
    package var document: String
    /// Of that PDF.
    package var sha256: SHA256Digest
    /// What it is about; at least one of the two.
    package var item: String?
    package var caseNumber: String?
    package var by: String

    package init(
        number: String, office: String?, issued: String?, document: String, sha256: SHA256Digest,
        item: String?, caseNumber: String?, by: String
    ) {
        (self.number, self.office, self.issued) = (number, office, issued)
        (self.document, self.sha256) = (document, sha256)
        (self.item, self.caseNumber, self.by) = (item, caseNumber, by)
    }

    package var row: RecordRow {
        var members: [String: JSONValue] = [
            "number": .string(number), "document": .string(document),
            "sha256": .string(sha256.hex), "by": .string(by),
        ]
        members.set("office", office)
        members.set("issued", issued)
        members.set("item", item)
        members.set("caseNumber", caseNumber)
        return RecordRow(kind: Self.kind, members: members)
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        number = try read.string("number")
        office = read.optionalString("office")
        issued = read.optionalString("issued")
        document = try read.string("document")
        guard let sha256 = SHA256Digest(hex: try read.string("sha256")) else {
            throw MalformedEntry(problem: "sha256 is no digest")
        }
        self.sha256 = sha256
        item = read.optionalString("item")
        caseNumber = read.optionalString("caseNumber")
        by = try read.string("by")
    }
}

/// What an attestation interface answered about the digest of an item: a row of a `certificate` event.
package struct AttestationRow: Hashable, Sendable {
    package enum State: String, Sendable, CaseIterable {
        case pending, done, failed
    }

    package static let kind = "attestation"

    package var item: String
    /// Whose interface it is: its host.
    package var attestor: String
    package var state: State
    /// The number that it gave.
    package var number: String
    /// What it entered in its own chain, in hexadecimal digits; there where it is done.
    package var chainDigest: String?

    package init(
        item: String, attestor: String, state: State, number: String, chainDigest: String? = nil
    ) {
        (self.item, self.attestor, self.state) = (item, attestor, state)
        (self.number, self.chainDigest) = (number, chainDigest)
    }

    package var row: RecordRow {
        var members: [String: JSONValue] = [
            "item": .string(item), "attestor": .string(attestor), "state": .string(state.rawValue),
            "number": .string(number),
        ]
        members.set("chainDigest", chainDigest)
        return RecordRow(kind: Self.kind, members: members)
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        item = try read.string("item")
        attestor = try read.string("attestor")
        guard let state = State(rawValue: try read.string("state")) else {
            throw MalformedEntry(problem: "unknown state of an attestation")
        }
        self.state = state
        number = try read.string("number")
        chainDigest = read.optionalString("chainDigest")
    }
}
