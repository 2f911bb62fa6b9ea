package import Evidence

/// What became of one row of a schedule.
package struct RowVerdict: Hashable, Sendable {
    package enum Result: Hashable, Sendable {
        case acceptedCase(CaseRow)
        case acceptedDuty(DutyRow)
        /// Who entered it is not in the file: `by` is empty.
        case acceptedIssue(RecorderIssueRow)
        /// The same as an earlier row, on that line: nothing more to take.
        case repeated(line: Int)
        case refused(RowRefusal)
    }

    /// The line of the file on which the row begins, from 1.
    package let line: Int
    package let result: Result
    /// What a person should look at though the row was taken.
    package let warnings: [Bilingual]
}

/// Why a row was not taken. The cell itself is not in it.
package struct RowRefusal: Error, Hashable, Sendable {
    /// The column of the file, from 1; nil where no one column is at fault, and in JSON.
    package internal(set) var column: Int?
    /// The column's name: `plannedStart`.
    package let field: String?
    package let reason: Bilingual

    init(_ column: ScheduleColumn?, _ reason: Bilingual) {
        (self.column, field, self.reason) = (nil, column?.name, reason)
    }

    init(_ column: ScheduleColumn?, _ english: String, _ chinese: String) {
        self.init(column, Bilingual(english, chinese))
    }
}

/// What a schedule was, once all its rows have been seen.
package struct ScheduleSummary: Hashable, Sendable {
    package var cases = 0
    package var duties = 0
    package var issues = 0
    package var repeated = 0
    package var refused = 0
    package var blank = 0
    /// Headers or members that mean nothing to us.
    package var ignored: [String] = []
    /// As ``ScheduleText/Encoding`` or `JSON`.
    package var encoding = ""

    package init() {}

    package var rows: Int { cases + duties + issues + repeated + refused }
}
