import CaseIndex
import Casework
package import Evidence
package import Logging

/// What `list` asks for, as a person wrote it; what is left nil does not narrow.
package struct ItemQuery: Sendable {
    package var caseNumber: String?
    /// A court's code or its name.
    package var court: String?
    package var officer: String?
    package var recorder: String?
    package var from: Timestamp?
    package var to: Timestamp?
    /// Seconds.
    package var minDuration: Double?
    package var maxDuration: Double?
    package var mark: String?
    package var state: String?
    package var text: String?
    package var unassigned = false
    package var all = false
    /// The `cursor` of the line after which to go on.
    package var after: String?
    /// 0 for all.
    package var limit = 100

    package init() {}

    /// - Throws: `wrong-usage`, with what is wanted instead.
    func filter(_ courts: CourtTable) throws -> ListFilter {
        var filter = ListFilter()
        filter.caseNumber = try caseNumber.map { try CaseNumber(asked: $0) }
        filter.courts = court.map { Self.codes(of: $0, courts) } ?? []
        (filter.officer, filter.recorder, filter.mark) = (officer, recorder, mark)
        (filter.from, filter.to) = (from, to)
        filter.minDuration = try Self.microseconds(minDuration, of: "--min-duration")
        filter.maxDuration = try Self.microseconds(maxDuration, of: "--max-duration")
        filter.state = try state.map(Self.state)
        let words = try ScheduleWords()
        filter.terms = SearchTerm.terms(of: text ?? "").map { term in
            var term = term
            let written = term.spellings[0]
            // A court by its name is found by its codes too, an action by the house's word for it.
            for code in courts.court(named: written)?.codes ?? [] { term.add(code) }
            if let kind = words.kind(written) { term.add(kind) }
            return term
        }
        filter.isUnassigned = unassigned
        filter.includesSidecars = all
        filter.after = try after.map(Self.cursor)
        filter.limit = limit == 0 ? .max : limit
        return filter
    }

    private static func codes(of court: String, _ courts: CourtTable) -> [String] {
        courts.court(named: court)?.codes ?? courts.codes(alongside: court)
    }

    private static func refuse(
        _ option: String, _ english: String, _ chinese: String
    ) -> AssemblyFailure {
        AssemblyFailure(.wrongUsage, subject: option, wanted: Bilingual(english, chinese))
    }

    private static func microseconds(_ seconds: Double?, of option: String) throws -> Int64? {
        guard let seconds else { return nil }
        guard seconds >= 0, seconds <= 1e9 else { throw refuse(option, "seconds", "应为秒数") }
        return Int64((seconds * 1_000_000).rounded())
    }

    private static func state(_ text: String) throws -> ListFilter.State {
        guard let state = ListFilter.State(rawValue: text) else {
            let all = ListFilter.State.allCases.map(\.rawValue).joined(separator: ", ")
            throw refuse("--state", "one of \(all)", "可选：\(all)")
        }
        return state
    }

    private static func cursor(_ text: String) throws -> ListCursor {
        guard let cursor = ListCursor(text) else {
            throw refuse("--after", "the cursor of a line of the list", "应为列表某一行的 cursor 值")
        }
        return cursor
    }
}

extension StationReader {
    /// Items of the index that fit, newest first.
    package func list(_ query: ItemQuery, log: Logger) async throws -> [JSONValue] {
        let filter = try query.filter(settings.courtTable())
        return try await index(log: log).list(filter).map(\.json)
    }
}
