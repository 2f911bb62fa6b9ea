/// A row of an `order` event: another court asks for footage of a case by a letter (外院调取). The request's
/// name is the ``LedgerName`` of the leaf.
package struct CourtRequestRow: Hashable, Sendable {
    package static let kind = "court-request"

    package var caseNumber: CaseNumber
    /// The court that asks, in its own words.
    package var court: String
    /// The letter's number, as the court wrote it.
    package var letter: String
    /// The item that holds the scan of the letter, a PDF.
    package var document: String
    /// Of that PDF.
    package var sha256: SHA256Digest
    /// Only footage of this time; nil for no bound.
    package var from: Timestamp?
    package var to: Timestamp?
    package var why: String
    package var by: String

    package init(
        caseNumber: CaseNumber, court: String, letter: String, document: String,
        sha256: SHA256Digest, from: Timestamp?, to: Timestamp?, why: String, by: String
    ) {
        (self.caseNumber, self.court, self.letter) = (caseNumber, court, letter)
        (self.document, self.sha256) = (document, sha256)
        (self.from, self.to) = (from, to)
        (self.why, self.by) = (why, by)
    }

    package var row: RecordRow {
        var members: [String: JSONValue] = [
            "caseNumber": .string(caseNumber.description), "court": .string(court),
            "letter": .string(letter), "document": .string(document),
            "sha256": .string(sha256.hex), "why": .string(why), "by": .string(by),
        ]
        members.set("from", from?.description)
        members.set("to", to?.description)
        return RecordRow(kind: Self.kind, members: members)
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        caseNumber = try read.caseNumber("caseNumber")
        court = try read.string("court")
        letter = try read.string("letter")
        document = try read.string("document")
        sha256 = try read.sha256("sha256")
        from = try read.optionalTimestamp("from")
        to = try read.optionalTimestamp("to")
        why = try read.string("why")
        by = try read.string("by")
    }
}

/// A row of an `order` event: what became of a request by another court.
package struct CourtRequestStepRow: Hashable, Sendable {
    package static let kind = "court-request-step"

    package enum Step: String, Sendable, CaseIterable {
        /// One of two people who did not enter it agrees.
        case approved
        case refused
        /// The sealed evidence package was made.
        case packed
        /// It was handed over.
        case delivered
    }

    package var request: String
    package var step: Step
    /// Why it is refused; a remark else.
    package var why: String?
    /// Of the package: SHA-256 of its `tagmanifest-sha256.txt` (RFC 8493), and how many items are in it.
    package var bag: SHA256Digest?
    package var items: Int64?
    /// Who received it.
    package var receiver: String?
    package var by: String

    package init(request: String, step: Step, why: String? = nil, by: String) {
        (self.request, self.step, self.why, self.by) = (request, step, why, by)
    }

    package var row: RecordRow {
        var members: [String: JSONValue] = [
            "request": .string(request), "step": .string(step.rawValue), "by": .string(by),
        ]
        members.set("why", why)
        members.set("bag", bag?.hex)
        members.set("items", items)
        members.set("receiver", receiver)
        return RecordRow(kind: Self.kind, members: members)
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        request = try read.string("request")
        guard let step = Step(rawValue: try read.string("step")) else {
            throw MalformedEntry(problem: "unknown step of a court's request")
        }
        self.step = step
        why = read.optionalString("why")
        bag = read.optionalString("bag") == nil ? nil : try read.sha256("bag")
        items = read.optionalInteger("items")
        receiver = read.optionalString("receiver")
        by = try read.string("by")
        let isWhole =
            switch step {
            case .approved: true
            case .refused: why != nil
            case .packed: bag != nil
            case .delivered: receiver != nil
            }
        guard isWhole else {
            throw MalformedEntry(problem: "a step of a court's request without what it is about")
        }
    }
}
