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
        let result = try MatchQuestion(matchable, index).answer(weights, index)
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
        guard let path = matchWeights else { return MatchWeights() }
        let bytes = try PolicyFile.bytes(path, limit: 64 << 10)
        guard let json = try? JSONReader.value(of: bytes) else {
            throw AssemblyFailure(
                .malformedSetting, subject: "matchWeights (\(path))",
                wanted: Bilingual("a JSON object of whole numbers", "应为由整数组成的 JSON 对象"))
        }
        do { return try MatchWeights(json: json) } catch {
            throw AssemblyFailure(
                .malformedSetting, subject: "matchWeights (\(path)): \(SafeText.of(error.place))",
                wanted: Bilingual("a JSON object of whole numbers", "应为由整数组成的 JSON 对象"))
        }
    }
}
