import CaseIndex
import Custody
package import Evidence
import Ingest
package import Logging

/// What a person says of a notarial certificate.
package struct CertificateOrder: Hashable, Sendable {
    /// The PDF; an absolute path.
    package var path: String
    package var number: String
    package var office: String?
    /// `yyyy-MM-dd`.
    package var issued: String?
    package var items: [String]
    package var caseNumber: String?

    package init(
        path: String, number: String, office: String?, issued: String?, items: [String],
        caseNumber: String?
    ) {
        (self.path, self.number, self.office, self.issued) = (path, number, office, issued)
        (self.items, self.caseNumber) = (items, caseNumber)
    }
}

/// Enters what certificates are about.
struct CertificateDesk {
    let station: Station

    /// Takes the certificate itself in; see ``DocumentDesk/take(_:by:)``.
    func take(_ path: String, by: String) async throws -> DocumentDesk.Document {
        try await DocumentDesk(station: station, kind: .certificate).take(path, by: by)
    }

    /// Enters what a certificate is about; what stands in the ledger already is not entered again.
    ///
    /// - Parameter besides: further rows of the event; it is entered for them alone too.
    /// - Returns: the leaf; nil where there was nothing new.
    func enter(
        _ order: CertificateOrder, _ document: DocumentDesk.Document, by: String,
        besides: [RecordRow] = []
    ) async throws -> Int64? {
        func row(_ item: String?, _ caseNumber: String?) -> CertificateRow {
            CertificateRow(
                number: order.number, office: order.office, issued: order.issued,
                document: document.item, sha256: document.sha256, item: item,
                caseNumber: caseNumber, by: by)
        }
        let known = try station.stages.index.certificates(number: order.number).filter {
            $0.sha256 == document.sha256
        }
        let rows =
            (order.items.map { row($0, nil) }
            + [order.caseNumber].compactMap { $0 }.map { row(nil, $0) })
            .filter { row in
                !known.contains { $0.item == row.item && $0.caseNumber == row.caseNumber }
            }.map(\.row)
        guard !rows.isEmpty || !besides.isEmpty else { return nil }
        let receipts = try await station.stages.ledger.enter([
            NewCustodyEvent(
                kind: .certificate, time: Clock.now(),
                previous: order.items.count == 1 ? LedgerName(order.items[0])?.leaf : nil,
                rows: rows + besides)
        ])
        try await station.stages.feeder.catchUp()
        return receipts.first?.index
    }
}

extension Operations {
    func certify(
        _ order: CertificateOrder, by: String, _ answer: @Sendable (Answer) -> Void
    ) async throws -> ExitStatus {
        let index = station.stages.index
        var order = order
        // One spelling, where it is a case number of the usual kind.
        order.caseNumber = order.caseNumber.map {
            (try? CaseNumber(reading: $0))?.description ?? $0
        }
        order.items = try order.items.map { try ItemLookup.one($0, in: index).name }
        let desk = CertificateDesk(station: station)
        let document = try await desk.take(order.path, by: by)
        let others = try index.certificates(number: order.number).filter {
            $0.sha256 != document.sha256
        }
        let leaf = try await desk.enter(order, document, by: by)
        var members: [String: JSONValue] = [
            "number": .string(order.number), "document": .string(document.item),
            "sha256": .string(document.sha256.hex), "new": .bool(leaf != nil),
        ]
        members.set("leaf", leaf)
        answer(.line(.object(members)))
        guard let other = others.last else { return .done }
        let finding = Finding(
            code: "certificate-differs", subject: order.number,
            message: Bilingual(
                "Another document was attached under this number before; both stay.",
                "该编号此前已附有另一份文件；两份均予保留。"),
            expected: other.sha256.hex, found: document.sha256.hex)
        answer(.line(["finding": finding.json(in: language)]))
        return .findings
    }
}

extension StationReader {
    /// Certificates by item, case or number; all where nothing is named.
    package func certificates(
        item: String?, caseNumber: String?, number: String?, log: Logger
    ) async throws -> [JSONValue] {
        let index = try await index(log: log)
        let name = try item.map { try ItemLookup.one($0, in: index).name }
        let known = caseNumber.map { (try? CaseNumber(reading: $0))?.description ?? $0 }
        return try index.certificates(item: name, caseNumber: known, number: number)
            .map(\.json)
    }

    /// The item that holds the one document of a certificate's number.
    ///
    /// - Throws: `no-such-item`; `several-items` with their names in it.
    package func certificateDocument(_ number: String, log: Logger) async throws -> String {
        let documents = Set(
            try await index(log: log).certificates(number: number).map(\.document)
        ).sorted()
        guard let first = documents.first else {
            throw AssemblyFailure(.noSuchItem, subject: number)
        }
        guard documents.count == 1 else {
            throw AssemblyFailure(
                .severalItems,
                subject: "\(number) (\(documents.prefix(20).joined(separator: ", ")))")
        }
        return first
    }
}
