package import Evidence

/// What is known of footage, as far as it bears on how long it is kept.
package struct RetentionSubject: Hashable, Sendable {
    package struct Case: Hashable, Sendable {
        package var number: CaseNumber
        /// Nil where no schedule names the case.
        package var state: String?
        package var category: String?
        /// When the schedules said something new of it last.
        package var changed: Timestamp?

        package init(number: CaseNumber, state: String?, category: String?, changed: Timestamp?) {
            (self.number, self.state, self.category, self.changed) =
                (number, state, category, changed)
        }
    }

    /// That somebody says it is private or a test.
    package struct Claim: Hashable, Sendable {
        package var by: String
        package var time: Timestamp

        package init(by: String, time: Timestamp) { (self.by, self.time) = (by, time) }
    }

    package var ingested: Timestamp
    package var cases: [Case] = []
    package var marks: [String] = []
    package var source: String?
    package var isCertified = false
    package var needsALook = false
    /// Names of holds on it or on one of its cases.
    package var holds: [String] = []
    /// Who says that it is private or a test, and when.
    package var privates: [Claim] = []
    package var isScrubbed = false
    package var isStamped = false

    package init(ingested: Timestamp) { self.ingested = ingested }
}

/// What becomes of footage: it is kept, for all these reasons, or its time is over.
package struct RetentionVerdict: Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        case held([String])
        case openCase([CaseNumber])
        case unassigned
        /// One person has said so, a second is wanted.
        case privateUnconfirmed
        case needsALook
        case notScrubbed
        case notStamped
        case forever(rule: String)
        case notYet
    }

    package let reasons: [Reason]
    /// Until when it is kept; nil for good, or where no time runs yet.
    package let until: Timestamp?
    /// The rule that counts, by its name.
    package let rule: String

    package var isDue: Bool { reasons.isEmpty }
}

extension RetentionRules {
    /// What becomes of footage at a moment. Six months are the least, whatever a rule says.
    package func verdict(_ subject: RetentionSubject, at now: Timestamp) -> RetentionVerdict {
        var reasons: [RetentionVerdict.Reason] = []
        if !subject.holds.isEmpty { reasons.append(.held(subject.holds)) }
        // What is not known to be closed is open; 终本 may be taken up again.
        let open = subject.cases.filter { $0.state != "closed" }.map(\.number)
        if !open.isEmpty { reasons.append(.openCase(open)) }
        var begins: Timestamp? = subject.ingested
        if subject.cases.isEmpty {
            let second = Dictionary(grouping: subject.privates, by: \.by)
                .compactMap { $0.value.map(\.time).min() }.sorted().dropFirst().first
            begins = second.map { max($0, subject.ingested) }
            if second == nil {
                reasons.append(subject.privates.isEmpty ? .unassigned : .privateUnconfirmed)
            }
        } else if let changed = subject.cases.compactMap(\.changed).max() {
            begins = max(subject.ingested, changed)
        }
        if subject.needsALook { reasons.append(.needsALook) }
        if !subject.isScrubbed { reasons.append(.notScrubbed) }
        if !subject.isStamped { reasons.append(.notStamped) }
        let fitting = rules.filter { $0.fits(subject) }
        let longest = fitting.max { $0.time < $1.time }
        let time = max(longest?.time ?? .months(months), .months(Self.leastMonths))
        let rule = longest?.name ?? "usual"
        var until: Timestamp?
        switch time {
        case .forever: reasons.append(.forever(rule: rule))
        case .months(let months):
            until = begins?.adding(months: months)
            if let until, until > now { reasons.append(.notYet) }
        }
        return RetentionVerdict(reasons: reasons, until: until, rule: rule)
    }
}

extension Timestamp {
    /// The same day and time of the station's calendar so many months later; the month's last day
    /// where there is no such day.
    package func adding(months: Int) -> Timestamp {
        let zone = ZoneOffset.china
        let civil = CivilTime(
            secondsSince1970: (milliseconds + Int64(zone.minutes) * 60_000) / 1000)
        let count = civil.year * 12 + civil.month - 1 + months
        for day in stride(from: civil.day, through: min(civil.day, 28), by: -1) {
            if let later = CivilTime(
                count / 12, count % 12 + 1, day, civil.hour, civil.minute, civil.second)
            {
                return Timestamp(
                    milliseconds: zone.timestamp(of: later).milliseconds + milliseconds % 1000)
            }
        }
        return Timestamp(milliseconds: .max)
    }
}
