import Casework
import Evidence
import EvidenceTestKit
import Foundation

/// How much of the seasons is run: `EVIDOCK_SEASON=full` runs whole ones, else half ones, and
/// `EVIDOCK_SEASON=reasons` leaves every reason out in turn. `EVIDOCK_SEASON_SEEDS` (`1 2 3`) and
/// `EVIDOCK_SEASON_FAULTS` (a factor) try others, and with `EVIDOCK_SEASON_NOTES` everything that
/// went wrong is told. `EVIDOCK_SEASON_FOLDER` names a folder to which the first season is written.
enum SeasonRun {
    private static let environment = ProcessInfo.processInfo.environment

    static let leavesReasonsOut = environment["EVIDOCK_SEASON"] == "reasons"
    static let isFull = environment["EVIDOCK_SEASON"] == "full"
    static let seeds = (environment["EVIDOCK_SEASON_SEEDS"] ?? "1 2 3").split(separator: " ")
        .compactMap { UInt64($0) }
    static let faults = environment["EVIDOCK_SEASON_FAULTS"].flatMap(Double.init) ?? 1
    static let folder = environment["EVIDOCK_SEASON_FOLDER"]
    private static let tellsAll = environment["EVIDOCK_SEASON_NOTES"] != nil

    static var size: SeasonSize {
        var size = SeasonSize()
        if !isFull { size.days /= 2 }
        return size
    }

    static func score(
        _ seed: UInt64, faults: Double = SeasonRun.faults, weights: MatchWeights? = nil
    ) async throws -> SeasonScore {
        let season = Season(seed: seed, size: size, faults: SeasonFaults().scaled(by: faults))
        let outcome = try await SeasonStation.play(season, weights: weights)
        let score = SeasonScore(outcome, SeasonTruth(season))
        if tellsAll { print(score.notes.joined(separator: "\n")) }
        return score
    }

    /// Every reason left out in turn, over some seasons together.
    static func withoutEachReason(_ seeds: [UInt64]) async throws -> [String] {
        func line(_ what: String, _ weights: MatchWeights) async throws -> String {
            let scores = try await withThrowingTaskGroup(of: SeasonScore.self) { group in
                for seed in seeds {
                    group.addTask { try await score(seed, weights: weights) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            return SeasonScore.sum(scores).line(what)
        }
        var lines = [try await line("all reasons", MatchWeights())]
        print(lines[0])
        let bounds: Set = ["minutesBefore", "minutesAfter", "assignFrom", "lead", "proposeFrom"]
        let reasons = (MatchWeights().json.objectValue ?? [:]).keys.filter { !bounds.contains($0) }
        for reason in reasons.sorted() {
            lines.append(
                try await line("without \(reason)", MatchWeights(json: .object([reason: 0]))))
            print(lines.last ?? "")
        }
        return lines
    }
}
