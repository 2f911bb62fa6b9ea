import CaseIndex
import Casework
package import Evidence
package import Logging

extension StationReader {
    /// What speaks for and against each field task that an item may be of, and what would be done.
    package func explainMatch(
        _ name: String, in language: Language, log: Logger
    ) async throws -> JSONValue {
        let index = try await index(log: log)
        let item = try ItemLookup.one(name, in: index)
        let weights = try settings.matchTable()
        guard let matchable = try index.matchable(item.name) else {
            throw AssemblyFailure(.noSuchItem, subject: item.name)
        }
        let result = try MatchQuestion(matchable, index).answer(weights)
        return [
            "item": .string(item.name), "decision": .string(result.decision.rawValue),
            "cases": .array(item.cases.map { .string($0.assignment.caseNumber.description) }),
            "candidates": .array(result.candidates.map { Self.json($0, in: language) }),
        ]
    }

    private static func json(_ candidate: MatchCandidate, in language: Language) -> JSONValue {
        [
            "duty": .string(candidate.duty.id),
            "caseNumbers": .array(
                candidate.duty.caseNumbers.map { .string($0.description) }),
            "points": .integer(Int64(candidate.points)),
            "reasons": .array(candidate.reasons.map { $0.json(in: language) }),
        ]
    }
}

extension Settings {
    /// The site's own points for evidence, or the usual ones.
    ///
    /// - Throws: `malformed-setting`, with the name that is not understood.
    func matchTable() throws -> MatchWeights {
        try siteTable(matchWeights, "matchWeights", Self.numbers, MatchWeights.init(json:))
            ?? MatchWeights()
    }

    /// What the site wants of field tasks, or the usual.
    ///
    /// - Throws: `malformed-setting`, with the name that is not understood.
    func completenessTable() throws -> CompletenessRules {
        try siteTable(
            completenessRules, "completenessRules", Self.numbers, CompletenessRules.init(json:))
            ?? CompletenessRules()
    }

    private static let numbers = Bilingual("a JSON object of whole numbers", "应为由整数组成的 JSON 对象")

    /// A JSON file that a setting names; nil where it names none.
    func siteTable<Table>(
        _ path: String?, _ name: String, _ wanted: Bilingual,
        _ read: (JSONValue) throws(TableFault) -> Table
    ) throws -> Table? {
        guard let path else { return nil }
        func malformed(_ place: String) -> AssemblyFailure {
            AssemblyFailure(
                .malformedSetting, subject: "\(name) (\(path))\(place)",
                wanted: wanted)
        }
        let bytes = try PolicyFile.bytes(path, limit: 64 << 10)
        guard let json = try? JSONReader.value(of: bytes) else { throw malformed("") }
        do { return try read(json) } catch { throw malformed(": " + SafeText.of(error.place)) }
    }
}
