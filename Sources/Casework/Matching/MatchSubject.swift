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
    /// Who had the recorder then, by the register.
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
    package var officer: String? { attributedOfficer ?? registeredOfficer ?? claimedOfficer }
}

/// One piece of evidence for or against a field task.
package struct MatchReason: Hashable, Sendable {
    package enum Code: String, Sendable, CaseIterable {
        case attributedOfficer = "attributed-officer"
        case registeredOfficer = "registered-officer"
        case claimedOfficer = "claimed-officer"
        case otherOfficer = "other-officer"
        case contradictedClaim = "contradicted-claim"
        case namedRecorder = "named-recorder"
        case otherRecorder = "other-recorder"
        case timeInside = "time-inside"
        case timeBeside = "time-beside"
        case timeOutside = "time-outside"
        case doubtfulClock = "doubtful-clock"
        case insidePlace = "inside-place"
        case farFromPlace = "far-from-place"
        case sameTake = "same-take"
        case important
        case onlyTask = "only-task"
    }

    package let code: Code
    package let points: Int
    /// In plain words, with the facts: for the officer, not for a log.
    package let words: Bilingual

    package init(_ code: Code, _ points: Int, _ english: String, _ chinese: String) {
        (self.code, self.points) = (code, points)
        words = Bilingual(english, chinese)
    }

    package func json(in language: Language) -> JSONValue {
        [
            "code": .string(code.rawValue), "points": .integer(Int64(points)),
            "words": .string(words.text(in: language)),
        ]
    }
}

/// A field task that the footage may be of, with all that speaks for and against it.
package struct MatchCandidate: Hashable, Sendable {
    package let duty: DutyRow
    package let reasons: [MatchReason]

    package var points: Int { reasons.reduce(0) { $0 + $1.points } }
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

/// All candidates, the best first, and the decision.
package struct MatchResult: Hashable, Sendable {
    package let candidates: [MatchCandidate]
    package let decision: MatchDecision
}
