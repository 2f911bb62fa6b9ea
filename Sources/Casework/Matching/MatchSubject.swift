package import Evidence

/// What is known of footage that is to be linked to a case.
package struct MatchSubject: Hashable, Sendable {
    /// A point on the ground, in millionths of a degree.
    package struct Point: Hashable, Sendable {
        package let latitude: Int
        package let longitude: Int

        package init(latitude: Int, longitude: Int) {
            (self.latitude, self.longitude) = (latitude, longitude)
        }
    }

    package var recorder: String?
    /// Who carried it, as a person corrected it.
    package var attributedOfficer: String?
    /// Who had the recorder then, by the schedule, and by the register: one of the two counts.
    package var scheduledOfficer: String?
    package var registeredOfficer: String?
    /// Who the recorder says it was.
    package var claimedOfficer: String?
    package var begins: Timestamp
    package var ends: Timestamp
    /// Its time rests on the file system alone, or the clock was seen to be wrong.
    package var hasDoubtfulClock = false
    package var isImportant = false
    package var points: [Point] = []
    /// Cases that other files of the same take are linked to.
    package var casesOfTake: Set<CaseNumber> = []

    package init(begins: Timestamp, ends: Timestamp) {
        (self.begins, self.ends) = (begins, max(begins, ends))
    }

    /// Whom we believe.
    package var officer: String? {
        attributedOfficer ?? scheduledOfficer ?? registeredOfficer ?? claimedOfficer
    }
}

/// A field task that the footage may be of, with all that speaks for and against it.
package struct MatchCandidate: Hashable, Sendable {
    package let duty: DutyRow
    package let reasons: [MatchReason]

    package let points: Int

    init(duty: DutyRow, reasons: [MatchReason]) {
        (self.duty, self.reasons) = (duty, reasons)
        points = reasons.reduce(0) { $0 + $1.points }
    }

    /// As a record keeps it, with the words of both languages.
    package var record: JSONValue {
        [
            "duty": .string(duty.id),
            "caseNumbers": .array(duty.caseNumbers.map { .string($0.description) }),
            "points": .integer(Int64(points)), "reasons": .array(reasons.map(\.record)),
        ]
    }
}

/// What is to be done with the footage.
package enum MatchDecision: String, Sendable, CaseIterable {
    /// Linked to the cases of the first candidate.
    case assign
    /// A person is asked.
    case propose
    /// Nothing fits well enough to be proposed.
    case inbox
}

/// The candidates, the best first, and the decision.
package struct MatchResult: Hashable, Sendable {
    package let candidates: [MatchCandidate]
    package let decision: MatchDecision

    /// How many candidates a record keeps.
    package static let kept = 10
}
