/// A row of an `order` event: a judge asks for footage of a case. The order's name is the ``LedgerName`` of
/// the leaf.
package struct OrderRow: Hashable, Sendable {
    package static let kind = "order"

    package var caseNumber: CaseNumber
    /// Staff numbers: whose footage is asked for, of any of them.
    package var officers: [String]
    package var from: Timestamp
    package var to: Timestamp
    /// When it is to be there.
    package var due: Timestamp
    package var why: String
    package var by: String

    package init(
        caseNumber: CaseNumber, officers: [String], from: Timestamp, to: Timestamp, due: Timestamp,
        why: String, by: String
    ) {
        (self.caseNumber, self.officers) = (caseNumber, officers)
        (self.from, self.to, self.due) = (from, to, due)
        (self.why, self.by) = (why, by)
    }

    package var row: RecordRow {
        RecordRow(
            kind: Self.kind,
            members: [
                "caseNumber": .string(caseNumber.description),
                "officers": .array(officers.map(JSONValue.string)),
                "from": .string(from.description), "to": .string(to.description),
                "due": .string(due.description), "why": .string(why), "by": .string(by),
            ])
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        guard let number = try? CaseNumber(reading: read.string("caseNumber")) else {
            throw MalformedEntry(problem: "an order of no case")
        }
        caseNumber = number
        officers = read.strings("officers")
        from = try read.timestamp("from")
        to = try read.timestamp("to")
        due = try read.timestamp("due")
        why = try read.string("why")
        by = try read.string("by")
        guard !officers.isEmpty, from <= to else {
            throw MalformedEntry(problem: "an order of nobody's footage, or of no time")
        }
    }
}

/// A row of an `order` event: what became of an order, or of one item for it.
package struct OrderStepRow: Hashable, Sendable {
    package static let kind = "order-step"

    package enum Step: String, Sendable, CaseIterable {
        /// Footage fits: whoever asked may look at it.
        case offered
        case accepted
        /// The item is not it; without an item the order cannot be met.
        case refused
    }

    package var order: String
    package var step: Step
    package var item: String?
    package var why: String?
    package var by: String

    package init(order: String, step: Step, item: String?, why: String? = nil, by: String) {
        (self.order, self.step, self.item) = (order, step, item)
        (self.why, self.by) = (why, by)
    }

    package var row: RecordRow {
        var members: [String: JSONValue] = [
            "order": .string(order), "step": .string(step.rawValue), "by": .string(by),
        ]
        members.set("item", item)
        members.set("why", why)
        return RecordRow(kind: Self.kind, members: members)
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        order = try read.string("order")
        guard let step = Step(rawValue: try read.string("step")) else {
            throw MalformedEntry(problem: "unknown step of an order")
        }
        self.step = step
        item = read.optionalString("item")
        guard item != nil || step == .refused else {
            throw MalformedEntry(problem: "an order's step without an item")
        }
        why = read.optionalString("why")
        by = try read.string("by")
    }
}
