/// That footage is linked to a case, or no longer: a row of an `assignment` event. The newest one
/// about the same item, case and beginning counts.
package struct AssignmentRow: Hashable, Sendable {
    package enum Step: String, Sendable, CaseIterable {
        case assigned, withdrawn
    }

    package static let kind = "assignment"
    /// Who links where no person did; an account is never called so.
    package static let matcher = "matcher"

    package var item: String
    package var caseNumber: CaseNumber
    package var step: Step
    /// The part of the item that is meant, in milliseconds of its own media clock; all of it for
    /// nil.
    package var from: Int64?
    package var to: Int64?
    /// The field task that it is of, where one was decisive.
    package var duty: String?
    /// What the matcher counted.
    package var points: Int64?
    /// Why the matcher thinks so: objects with `code`, `points` and `words` (English, Chinese).
    package var reasons: [JSONValue]
    /// Why a person says so.
    package var why: String?
    package var by: String

    package var isPersons: Bool { by != Self.matcher }

    package init(
        item: String, caseNumber: CaseNumber, step: Step, from: Int64? = nil, to: Int64? = nil,
        duty: String? = nil, points: Int64? = nil, reasons: [JSONValue] = [], why: String? = nil,
        by: String
    ) {
        (self.item, self.caseNumber, self.step) = (item, caseNumber, step)
        (self.from, self.to, self.duty) = (from, to, duty)
        (self.points, self.reasons, self.why, self.by) = (points, reasons, why, by)
    }

    package var row: RecordRow {
        var members: [String: JSONValue] = [
            "item": .string(item), "caseNumber": .string(caseNumber.description),
            "step": .string(step.rawValue), "by": .string(by),
        ]
        members.set("from", from)
        members.set("to", to)
        members.set("duty", duty)
        members.set("points", points)
        if !reasons.isEmpty { members["reasons"] = .array(reasons) }
        members.set("why", why)
        return RecordRow(kind: Self.kind, members: members)
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        item = try read.string("item")
        caseNumber = try read.caseNumber("caseNumber")
        guard let step = Step(rawValue: try read.string("step")) else {
            throw MalformedEntry(problem: "unknown step of an assignment")
        }
        self.step = step
        let (from, to) = (read.optionalInteger("from"), read.optionalInteger("to"))
        guard from ?? 0 >= 0, to ?? .max > from ?? 0 else {
            throw MalformedEntry(problem: "an assignment of a part that ends before it begins")
        }
        (self.from, self.to) = (from, to)
        (duty, points) = (read.optionalString("duty"), read.optionalInteger("points"))
        reasons = row.members["reasons"]?.arrayValue ?? []
        why = read.optionalString("why")
        by = try read.string("by")
    }
}

/// What the matcher thought of an item, with every field task that it weighed: a row of an
/// `assignment` event. It names other cases too, and never leaves the station.
package struct MatchRow: Hashable, Sendable {
    package static let kind = "match"

    package var item: String
    /// `assign`, `propose` or `inbox`.
    package var decision: String
    /// Cases of the best candidate, where a person is to be asked.
    package var proposed: [CaseNumber]
    /// Objects with `duty`, `caseNumbers`, `points` and `reasons`; the best first.
    package var candidates: [JSONValue]
    /// How many leaves of the ledger the matcher knew; what came between is still to be thought of.
    package var seen: Int64?

    package init(
        item: String, decision: String, proposed: [CaseNumber], candidates: [JSONValue],
        seen: Int64? = nil
    ) {
        (self.item, self.decision) = (item, decision)
        (self.proposed, self.candidates, self.seen) = (proposed, candidates, seen)
    }

    package var row: RecordRow {
        var members: [String: JSONValue] = [
            "item": .string(item), "decision": .string(decision),
            "by": .string(AssignmentRow.matcher), "candidates": .array(candidates),
        ]
        members.set("proposed", proposed.map(\.description))
        members.set("seen", seen)
        return RecordRow(kind: Self.kind, members: members)
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        item = try read.string("item")
        decision = try read.string("decision")
        proposed =
            row.members["proposed"] == nil ? [] : try read.caseNumbers("proposed")
        candidates = row.members["candidates"]?.arrayValue ?? []
        seen = row.members["seen"]?.integerValue
    }
}
