/// A row of a `hold` event: an item, or all footage of a case, is kept until the hold is released.
/// The hold's name is the ``LedgerName`` of the leaf.
package struct HoldRow: Hashable, Sendable {
    package static let kind = "hold"

    package enum Subject: Hashable, Sendable {
        case item(String)
        case caseNumber(CaseNumber)
    }

    package var subject: Subject
    package var why: String
    package var by: String

    package init(_ subject: Subject, why: String, by: String) {
        (self.subject, self.why, self.by) = (subject, why, by)
    }

    package var row: RecordRow {
        var members: [String: JSONValue] = ["why": .string(why), "by": .string(by)]
        switch subject {
        case .item(let item): members["item"] = .string(item)
        case .caseNumber(let number): members["caseNumber"] = .string(number.description)
        }
        return RecordRow(kind: Self.kind, members: members)
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        if let item = read.optionalString("item") {
            subject = .item(item)
        } else {
            subject = .caseNumber(try read.caseNumber("caseNumber"))
        }
        why = try read.string("why")
        by = try read.string("by")
    }
}

/// A row of a `hold-release` event.
package struct HoldReleaseRow: Hashable, Sendable {
    package static let kind = "hold-release"

    package var hold: String
    package var why: String
    package var by: String

    package init(hold: String, why: String, by: String) {
        (self.hold, self.why, self.by) = (hold, why, by)
    }

    package var row: RecordRow {
        RecordRow(
            kind: Self.kind,
            members: ["hold": .string(hold), "why": .string(why), "by": .string(by)])
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        hold = try read.string("hold")
        why = try read.string("why")
        by = try read.string("by")
    }
}

/// A row of an `annotation` event: somebody says that footage is private or a test, and of no case.
/// It counts when two persons have said so.
package struct PrivateRow: Hashable, Sendable {
    package static let kind = "private"

    package var item: String
    package var why: String
    package var by: String

    package init(item: String, why: String, by: String) {
        (self.item, self.why, self.by) = (item, why, by)
    }

    package var row: RecordRow {
        RecordRow(
            kind: Self.kind,
            members: ["item": .string(item), "why": .string(why), "by": .string(by)])
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        item = try read.string("item")
        why = try read.string("why")
        by = try read.string("by")
    }
}

/// A row of a `proposal` event: an item is to be deleted. All rows of the event are one proposal,
/// whose name is the ``LedgerName`` of the leaf.
package struct DeletionProposalRow: Hashable, Sendable {
    package static let kind = "deletion-proposal"

    package var item: String
    /// The rule by which its time is over.
    package var rule: String
    /// When that was.
    package var until: Timestamp
    package var why: String
    package var by: String

    package init(item: String, rule: String, until: Timestamp, why: String, by: String) {
        (self.item, self.rule, self.until, self.why, self.by) = (item, rule, until, why, by)
    }

    package var row: RecordRow {
        RecordRow(
            kind: Self.kind,
            members: [
                "item": .string(item), "rule": .string(rule), "until": .string(until.description),
                "why": .string(why), "by": .string(by),
            ])
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        item = try read.string("item")
        rule = try read.string("rule")
        until = try read.timestamp("until")
        why = try read.string("why")
        by = try read.string("by")
    }
}

/// A row of an `approval` event: a person approves a proposed deletion, or takes it back for all.
package struct ProposalStepRow: Hashable, Sendable {
    package static let kind = "deletion-step"

    package enum Step: String, Sendable { case approved, withdrawn }

    package var proposal: String
    package var step: Step
    package var why: String?
    package var by: String

    package init(proposal: String, step: Step, why: String? = nil, by: String) {
        (self.proposal, self.step, self.why, self.by) = (proposal, step, why, by)
    }

    package var row: RecordRow {
        var members: [String: JSONValue] = [
            "proposal": .string(proposal), "step": .string(step.rawValue), "by": .string(by),
        ]
        members.set("why", why)
        return RecordRow(kind: Self.kind, members: members)
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        proposal = try read.string("proposal")
        guard let step = Step(rawValue: try read.string("step")) else {
            throw MalformedEntry(problem: "unknown step of a deletion")
        }
        self.step = step
        why = read.optionalString("why")
        by = try read.string("by")
    }
}

/// A row of a `deletion` event: an item is deleted; its bytes go once this is in the ledger.
package struct DeletionRow: Hashable, Sendable {
    package static let kind = "deletion"

    package var item: String
    /// The content that leaves the vault; nil where another item still has it.
    package var sha256: SHA256Digest?
    package var proposal: String
    package var rule: String
    package var why: String
    /// The two persons, and who carried it out.
    package var approvals: [String]
    package var by: String

    package init(
        item: String, sha256: SHA256Digest?, proposal: String, rule: String, why: String,
        approvals: [String], by: String
    ) {
        (self.item, self.sha256, self.proposal) = (item, sha256, proposal)
        (self.rule, self.why, self.approvals, self.by) = (rule, why, approvals, by)
    }

    package var row: RecordRow {
        var members: [String: JSONValue] = [
            "item": .string(item), "proposal": .string(proposal), "rule": .string(rule),
            "why": .string(why), "approvals": .array(approvals.map(JSONValue.string)),
            "by": .string(by),
        ]
        members.set("sha256", sha256?.hex)
        return RecordRow(kind: Self.kind, members: members)
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        item = try read.string("item")
        sha256 = row.members["sha256"] == nil ? nil : try read.sha256("sha256")
        proposal = try read.string("proposal")
        rule = try read.string("rule")
        why = try read.string("why")
        approvals = read.strings("approvals")
        by = try read.string("by")
        guard Set(approvals).count >= 2 else {
            throw MalformedEntry(problem: "a deletion without two persons' approval")
        }
    }
}
