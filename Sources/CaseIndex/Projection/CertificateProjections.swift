import Evidence

/// A notarial certificate of an item or a case.
enum CertificateProjection: RowProjection {
    static let event = CustodyEventKind.certificate
    static let kind = CertificateRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let certificate = try CertificateRow(row)
        guard let document = try tables.item(named: certificate.document) else {
            throw MalformedEntry(problem: "a certificate whose document is no item")
        }
        try tables.run(
            """
            INSERT INTO certificates (origin, leaf, position, number, office, issued, document,
                sha256, item, caseNumber)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(event.index), .integer(Int64(position)), .text(certificate.number),
                .init(certificate.office), .init(certificate.issued), .integer(document),
                .bytes(certificate.sha256.bytes), .init(try tables.item(named: certificate.item)),
                .init(certificate.caseNumber),
            ])
    }
}

/// What an attestation interface said of an item; its last word counts.
enum AttestationProjection: RowProjection {
    static let event = CustodyEventKind.certificate
    static let kind = AttestationRow.kind

    static func project(
        _ row: RecordRow, at position: Int, of event: EnteredEvent, into tables: IndexTables
    ) throws {
        let attestation = try AttestationRow(row)
        guard let item = try tables.item(named: attestation.item) else {
            throw MalformedEntry(problem: "an attestation of no item")
        }
        try tables.run(
            """
            INSERT OR REPLACE INTO attestations (origin, item, attestor, leaf, state, number,
                chainDigest)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .integer(item), .text(attestation.attestor), .integer(event.index),
                .text(attestation.state.rawValue), .text(attestation.number),
                .init(attestation.chainDigest),
            ])
    }
}
