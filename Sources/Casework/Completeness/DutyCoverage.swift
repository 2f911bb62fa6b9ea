package import Evidence

/// What there is of a field task: its footage, who had which recorder, and when those were docked.
package struct DutyCoverage: Hashable, Sendable {
    /// A file of the task's cases that was taken about its time, or one that a person is asked
    /// about whether it is.
    package struct Footage: Hashable, Sendable {
        package let item: String
        package let recorder: String?
        package let officer: String?
        package let begins: Timestamp
        package let ends: Timestamp
        /// Sequence numbers that are missing between the file of its recorder before it and itself.
        package let missing: Int64
        /// `damaged`, `encrypted` or `unreadable`; nil where it is sound.
        package let problem: String?
        /// How many milliseconds its clock was measured to be ahead; nil where it was not measured.
        package let clockOffset: Int64?
        /// Its time cannot be right.
        package let hasImpossibleTime: Bool

        package init(
            item: String, recorder: String?, officer: String?, begins: Timestamp,
            ends: Timestamp, missing: Int64, problem: String?, clockOffset: Int64? = nil,
            hasImpossibleTime: Bool = false
        ) {
            (self.clockOffset, self.hasImpossibleTime) = (clockOffset, hasImpossibleTime)
            (self.item, self.recorder, self.officer) = (item, recorder, officer)
            (self.begins, self.ends) = (begins, max(begins, ends))
            (self.missing, self.problem) = (missing, problem)
        }
    }

    package var duty: DutyRow
    package var footage: [Footage]
    /// Recorders that the task names, or that its officers had then, with the first docking after
    /// it; not one whose officer recorded the task with another, or at another hour
    /// (``elsewhere``).
    package var recorders: [String: Timestamp?]
    /// Of those recorders, how many files could not be taken at that docking.
    package var refused: [String: Int64]
    /// How many files each of its officers has of about that day, or of a time that cannot be
    /// right, that are linked to no case, and that nobody is asked about: the task may have been at
    /// another hour than the schedule says, or the recorder's clock be off.
    package var elsewhere: [String: Int64]

    package init(
        duty: DutyRow, footage: [Footage], recorders: [String: Timestamp?],
        refused: [String: Int64] = [:], elsewhere: [String: Int64] = [:]
    ) {
        self.elsewhere = elsewhere
        (self.duty, self.footage, self.recorders) = (duty, footage, recorders)
        self.refused = refused
    }
}

/// Something that ought to be there and is not.
package struct CompletenessFinding: Hashable, Sendable {
    package enum Code: String, Sendable, CaseIterable {
        case noFootage = "no-footage"
        case officerWithoutFootage = "officer-without-footage"
        /// He recorded, but not when the task is said to have been, as far as the clock is right.
        case footageElsewhere = "footage-elsewhere"
        case tooFewRecorders = "too-few-recorders"
        case gap
        case missingSequence = "missing-sequence"
        case notDocked = "not-docked"
        case dockedLate = "docked-late"
        case damaged
        case clockOff = "clock-off"
        case refusedFile = "refused-file"
    }

    package let code: Code
    package let duty: String
    /// Whose, or of what: an officer, a recorder, an item, a time.
    package let subject: String
    package let words: Bilingual

    /// The same for the same thing, whenever it is found.
    package var id: String {
        ([code.rawValue, duty] + (subject.isEmpty ? [] : [subject])).joined(separator: ":")
    }

    init(_ code: Code, _ duty: DutyRow, _ subject: String, _ english: String, _ chinese: String) {
        (self.code, self.duty, self.subject) = (code, duty.id, subject)
        words = Bilingual(english, chinese)
    }
}
