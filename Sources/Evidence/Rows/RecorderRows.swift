/// Who has a recorder from a moment on: a row of a `recorder-issue` event.
package struct RecorderIssueRow: Hashable, Sendable {
    package enum Step: String, Sendable, CaseIterable {
        /// It is his from now on.
        case issued
        /// Another has it until it is returned.
        case lent
        /// What was lent is back with the one whose it is; what was issued is nobody's.
        case returned
    }

    package static let kind = "recorder-issue"

    package var recorder: String
    package var step: Step
    /// The staff number of the officer; nil where it is returned.
    package var officer: String?
    /// From this moment on, whenever it was entered.
    package var from: Timestamp
    package var by: String

    /// What makes it the same entry in another file.
    package var id: String { "\(recorder)|\(from)" }

    package init(recorder: String, step: Step, officer: String?, from: Timestamp, by: String) {
        (self.recorder, self.step, self.officer) = (recorder, step, officer)
        (self.from, self.by) = (from, by)
    }

    package var row: RecordRow {
        var members: [String: JSONValue] = [
            "recorder": .string(recorder), "step": .string(step.rawValue),
            "from": .string(from.description), "by": .string(by),
        ]
        members.set("officer", officer)
        return RecordRow(kind: Self.kind, members: members)
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        recorder = try read.string("recorder")
        guard let step = Step(rawValue: try read.string("step")) else {
            throw MalformedEntry(problem: "unknown step of a recorder's issue")
        }
        self.step = step
        officer = read.optionalString("officer")
        guard (officer == nil) == (step == .returned) else {
            throw MalformedEntry(
                problem: "a recorder's issue without an officer, or a return with one")
        }
        from = try read.timestamp("from")
        by = try read.string("by")
    }
}

/// Who had a recorder at a moment, by all that was entered about it.
package struct RecorderHolder: Hashable, Sendable {
    /// Whose it is.
    package private(set) var owner: String?
    /// Who has it instead for a while.
    package private(set) var borrower: String?

    /// Who carries it on a field task under way, as a schedule says.
    package var carrier: String?

    /// Whom we believe to have it: to lend is to say so for this recorder now, a schedule says it
    /// for a task, and whose it is holds for all that nothing is said of.
    package var officer: String? { borrower ?? carrier ?? owner }

    /// - Parameter steps: of one recorder, up to the moment, in the order of their times.
    package init(_ steps: some Sequence<RecorderIssueRow>) {
        for step in steps {
            switch step.step {
            case .issued: (owner, borrower) = (step.officer, nil)
            case .lent: borrower = step.officer
            case .returned where borrower != nil: borrower = nil
            case .returned: owner = nil
            }
        }
    }
}

/// That somebody else carried the recorder than was claimed: a row of an `attribution` event. The
/// claim stays in the ledger; what is believed changes.
package struct AttributionRow: Hashable, Sendable {
    package static let kind = "attribution"

    /// One of the two: all items of a docking, or one item.
    package var visit: String?
    package var item: String?
    package var officer: String
    package var why: String
    package var by: String

    package init(visit: String?, item: String?, officer: String, why: String, by: String) {
        (self.visit, self.item, self.officer) = (visit, item, officer)
        (self.why, self.by) = (why, by)
    }

    package var row: RecordRow {
        var members: [String: JSONValue] = [
            "officer": .string(officer), "why": .string(why), "by": .string(by),
        ]
        members.set("visit", visit)
        members.set("item", item)
        return RecordRow(kind: Self.kind, members: members)
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        visit = read.optionalString("visit")
        item = read.optionalString("item")
        guard (visit == nil) != (item == nil) else {
            throw MalformedEntry(
                problem: "an attribution of both a docking and an item, or of neither")
        }
        officer = try read.string("officer")
        why = try read.string("why")
        by = try read.string("by")
    }
}
