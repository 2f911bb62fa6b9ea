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
        let subject = try Self.subject(of: item, index)
        let officers = [
            subject.attributedOfficer, subject.registeredOfficer, subject.claimedOfficer,
        ].compactMap { $0 }
        let duties = try index.duties(
            near: subject.begins...subject.ends, officers: Set(officers),
            recorder: subject.recorder, minutesBefore: weights.minutesBefore,
            minutesAfter: weights.minutesAfter)
        let result = Matcher(weights).match(subject, duties)
        return [
            "item": .string(item.name), "decision": .string(result.decision.rawValue),
            "candidates": .array(result.candidates.map { Self.json($0, in: language) }),
        ]
    }

    private static func subject(of item: ItemRecord, _ index: IndexReader) throws -> MatchSubject {
        var subject = MatchSubject(begins: item.begins, ends: item.ends ?? item.begins)
        subject.recorder = item.recorder
        if item.attribution != nil { subject.attributedOfficer = item.officer }
        subject.registeredOfficer = try item.recorder.flatMap {
            try index.holder(of: $0, at: item.begins).officer
        }
        subject.claimedOfficer =
            item.claimedOfficer ?? (item.attribution == nil ? item.officer : nil)
        subject.hasDoubtfulClock = ["fileSystem", "taken"].contains(item.startFrom ?? "taken")
        subject.isImportant = item.marks.contains("important")
        return subject
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
