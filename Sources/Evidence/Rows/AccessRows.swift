/// A row of an `access-change` event: somebody may see the footage of a case, or no longer.
package struct CaseAccessRow: Hashable, Sendable {
    package static let kind = "case-access"

    package enum Step: String, Sendable, CaseIterable { case granted, ended }

    /// Why he may.
    package enum Ground: String, Sendable, CaseIterable {
        /// Works on the case.
        case team
        /// Was let in for a time, with a reason.
        case grant
        /// Of another court: looks the case's footage over for a time.
        case review
    }

    package var caseNumber: CaseNumber
    package var account: String
    package var step: Step
    package var ground: Ground
    /// Until then; nil for as long as it is not ended.
    package var until: Timestamp?
    package var why: String
    package var by: String

    package init(
        _ caseNumber: CaseNumber, _ account: String, _ step: Step, ground: Ground,
        until: Timestamp? = nil, why: String, by: String
    ) {
        (self.caseNumber, self.account, self.step) = (caseNumber, account, step)
        (self.ground, self.until, self.why, self.by) = (ground, until, why, by)
    }

    package var row: RecordRow {
        var members: [String: JSONValue] = [
            "caseNumber": .string(caseNumber.description), "account": .string(account),
            "step": .string(step.rawValue), "ground": .string(ground.rawValue),
            "why": .string(why), "by": .string(by),
        ]
        members.set("until", until?.description)
        return RecordRow(kind: Self.kind, members: members)
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        guard let step = Step(rawValue: try read.string("step")),
            let ground = Ground(rawValue: try read.string("ground"))
        else { throw MalformedEntry(problem: "unknown step or ground of an access") }
        self.init(
            try read.caseNumber("caseNumber"), try read.string("account"), step, ground: ground,
            until: try read.optionalTimestamp("until"), why: try read.string("why"),
            by: try read.string("by"))
    }
}

/// A row of an `access-change` event: a case is restricted from now on, or no longer.
package struct CaseRestrictionRow: Hashable, Sendable {
    package static let kind = "case-restriction"

    package var caseNumber: CaseNumber
    package var isRestricted: Bool
    package var why: String
    package var by: String

    package init(_ caseNumber: CaseNumber, isRestricted: Bool, why: String, by: String) {
        (self.caseNumber, self.isRestricted) = (caseNumber, isRestricted)
        (self.why, self.by) = (why, by)
    }

    package var row: RecordRow {
        RecordRow(
            kind: Self.kind,
            members: [
                "caseNumber": .string(caseNumber.description), "restricted": .bool(isRestricted),
                "why": .string(why), "by": .string(by),
            ])
    }

    package init(_ row: RecordRow) throws(MalformedEntry) {
        let read = RowReading(row)
        self.init(
            try read.caseNumber("caseNumber"), isRestricted: try read.bool("restricted"),
            why: try read.string("why"), by: try read.string("by"))
    }
}
