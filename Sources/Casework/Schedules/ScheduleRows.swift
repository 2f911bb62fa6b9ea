package import Evidence

/// Who is on a duty: a staff number, a name, or both.
package struct ScheduledOfficer: Hashable, Sendable {
    package let id: String?
    package let name: String?

    package init(id: String?, name: String?) { (self.id, self.name) = (id, name) }
}

/// A case as a schedule gives it. Personal data: it stands in records, never in a leaf or a log.
package struct CaseRow: Hashable, Sendable {
    package var caseNumber: CaseNumber
    /// A court's code where the table has the court, else the words of the file.
    package var court: String
    package var parties: [String]
    package var judge: String?
    /// `open`, `suspended`, `terminated` (终本) or `closed`; else the words of the file.
    package var state: String?
    package var category: String?
    /// A case that is not public.
    package var restricted: Bool
    package var notes: String?

    /// What makes it the same case in another file.
    package var id: String { caseNumber.description }
}

/// A duty as a schedule gives it: who went where, when, for which cases.
package struct DutyRow: Hashable, Sendable {
    /// The row's own, or put together from cases, kind, court and planned start: the same for the
    /// same duty in another file.
    package var id: String
    /// At least one, each once, in their order in the file.
    package var caseNumbers: [CaseNumber]
    /// `search`, `seizure`, `eviction`…; else the words of the file.
    package var kind: String
    package var court: String
    package var officers: [ScheduledOfficer]
    package var recorders: [String]
    package var plannedStart: Timestamp
    package var plannedEnd: Timestamp?
    package var actualStart: Timestamp?
    package var actualEnd: Timestamp?
    package var place: String?
    /// Millionths of a degree, WGS 84 as far as the file knows; north and east positive.
    package var latitude: Int?
    package var longitude: Int?
    /// Metres.
    package var radius: Int?
    package var notes: String?
}

/// What became of one row of a schedule.
package struct RowVerdict: Hashable, Sendable {
    package enum Result: Hashable, Sendable {
        case acceptedCase(CaseRow)
        case acceptedDuty(DutyRow)
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
    package var repeated = 0
    package var refused = 0
    package var blank = 0
    /// Headers or members that mean nothing to us.
    package var ignored: [String] = []
    /// As ``ScheduleText/Encoding`` or `JSON`.
    package var encoding = ""

    package init() {}

    package var rows: Int { cases + duties + repeated + refused }
}
