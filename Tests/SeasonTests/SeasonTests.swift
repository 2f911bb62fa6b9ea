import Casework
import Evidence
import EvidenceTestKit
import Foundation
import Testing

@Suite("Seasons")
struct SeasonTests {
    @Test("What is linked, proposed and told of three seasons is right")
    func seasons() async throws {
        let scores = try await withThrowingTaskGroup(of: (UInt64, SeasonScore).self) { group in
            for seed in SeasonRun.seeds {
                group.addTask { (seed, try await SeasonRun.score(seed)) }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        let lines = scores.sorted { $0.key < $1.key }.map { $0.value.line("seed \($0.key)") }
        let sum = SeasonScore.sum(Array(scores.values))
        print(([SeasonScore.heading] + lines + [sum.line("together")]).joined(separator: "\n"))
        // Other rates are tried for their table.
        guard SeasonRun.faults == 1 else { return }
        for (seed, score) in scores {
            #expect(score.assigned.percent >= 99.5, "seed \(seed)")
            #expect(score.assignable.percent >= 90, "seed \(seed)")
            #expect(score.proposed.percent >= 98, "seed \(seed)")
        }
        // In half a season there are too few things missing to speak of a hundredth of them.
        #expect(sum.found.percent >= (SeasonRun.isFull ? 95 : 92))
        #expect(sum.falseAlarms.percent <= (SeasonRun.isFull ? 5 : 7))
    }

    @Test("Another season, and one in which everything goes wrong twice as often")
    func harder() async throws {
        async let other = SeasonRun.score(20_260_801)
        async let twice = SeasonRun.score(77, faults: 2)
        let (usual, hard) = (try await other, try await twice)
        print("\(SeasonScore.heading)\n\(usual.line("another"))\n\(hard.line("twice the faults"))")
        #expect(usual.assigned.percent >= 99)
        #expect(usual.assignable.percent >= 90)
        #expect(usual.proposed.percent >= 98)
        #expect(usual.found.percent >= 90)
        #expect(usual.falseAlarms.percent <= 8)
        #expect(hard.assigned.percent >= 98)
        #expect(hard.assignable.percent >= 85)
        #expect(hard.proposed.percent >= 95)
        #expect(hard.found.percent >= 85)
        #expect(hard.falseAlarms.percent <= 15)
    }

    @Test("Where nothing goes wrong nothing is linked wrongly and nothing is missing")
    func faultless() async throws {
        var size = SeasonSize()
        (size.courts, size.days) = (1, 3)
        let season = Season(seed: 5, size: size, faults: .none)
        let outcome = try await SeasonStation.play(season)
        let score = SeasonScore(outcome, SeasonTruth(season))
        #expect(outcome.files.count == season.files.count)
        #expect(score.assigned.percent == 100)
        // What lies beside its task's time is asked about all the same.
        #expect(score.assignable.percent >= 95)
        #expect(score.assignable.all == season.files.count)
        #expect(score.found.all == 0)
        #expect(outcome.findings.map(\.id) == [])
    }

    @Test("The same seed gives the same season, another one another")
    func seeded() {
        func text(_ seed: UInt64) -> String {
            let season = Season(seed: seed)
            return "\(season.files) \(season.steps)"
        }
        #expect(text(9) == text(9))
        #expect(text(9) != text(10))
    }

    @Test(
        "What each reason contributes",
        .enabled(if: SeasonRun.leavesReasonsOut, "takes ten minutes: EVIDOCK_SEASON=reasons"))
    func reasons() async throws {
        let lines = try await SeasonRun.withoutEachReason(SeasonRun.seeds)
        print(([SeasonScore.heading] + lines).joined(separator: "\n"))
        #expect(lines.count > 10)
    }

    @Test(
        "A season on disk: schedules that can be read, and a small film for every stored file",
        .enabled(if: SeasonFolder.canMakeFilms, "ffmpeg is not there"))
    func folder() throws {
        var size = SeasonSize()
        (size.courts, size.days) = (1, 3)
        let season = Season(seed: 4, size: size)
        let directory = TemporaryDirectory()
        let folder = SeasonFolder(season, at: directory.path + "/season")
        try folder.write()
        var rows = 0
        for file in try FileManager.default.contentsOfDirectory(atPath: folder.path + "/schedules")
        {
            let bytes = try Data(contentsOf: URL(filePath: folder.path + "/schedules/" + file))
            let reader = try ScheduleReader(
                zone: .china, courts: CourtTable.builtIn(), types: CaseTypeTable.builtIn())
            _ = try reader.read([UInt8](bytes)) { verdict in
                guard case .acceptedDuty(let row) = verdict.result else {
                    Issue.record("\(file): \(verdict.result)")
                    return
                }
                rows += 1
                #expect(row.id.hasPrefix("T"))
            }
        }
        let sent = season.steps.map {
            if case .schedule(let rows) = $0.step { rows.count } else { 0 }
        }
        #expect(rows == sent.reduce(0, +))
        let films =
            FileManager.default.enumerator(atPath: folder.path + "/dockings")?
            .compactMap { $0 as? String }.filter { $0.lowercased().hasSuffix(".mp4") } ?? []
        #expect(films.count == season.dockings.reduce(0) { $0 + $1.files.count + $1.again.count })
    }

    @Test(
        "A season is written where somebody wants it",
        .enabled(if: SeasonRun.folder != nil, "on request: Tests/Benchmarks/season.sh --write"))
    func request() throws {
        for seed in SeasonRun.seeds.prefix(1) {
            let faults = SeasonFaults().scaled(by: SeasonRun.faults)
            let season = Season(seed: seed, size: SeasonRun.size, faults: faults)
            try SeasonFolder(season, at: try #require(SeasonRun.folder)).write()
        }
    }
}
