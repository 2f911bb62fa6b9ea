import CaseIndex
import Custody
import Evidence
import Ingest
import Portal
import TransparencyLog

/// Spot checks of an open station.
struct StationSpotChecks: SpotCheckDesk {
    /// To draw from more than that, days are to be fewer.
    private static let mostToDrawFrom = 20_000
    private static let shown = 50

    let station: Station

    func seed() async throws -> String {
        try await offPool { [reader = station.stages.reader] in
            try reader.checkpoint().checkpoint.root.hex
        }
    }

    func pool(_ days: ClosedRange<Timestamp>, in sight: Sight) async throws -> [String] {
        try await offPool {
            var filter = ListFilter()
            filter.sight = try StationCases(station: station).indexed(sight)
            filter.from = days.lowerBound
            filter.to = Timestamp(milliseconds: days.upperBound.milliseconds + 1)
            filter.limit = Self.mostToDrawFrom + 1
            let found = try station.pageIndex.list(filter).map(\.item)
            guard found.count <= Self.mostToDrawFrom else {
                throw AssemblyFailure(
                    .wrongUsage, subject: "days",
                    wanted: Bilingual(
                        "name fewer days: there are more than \(Self.mostToDrawFrom) recordings",
                        "请缩短日期范围：录像超过 \(Self.mostToDrawFrom) 条"))
            }
            return found
        }
    }

    func enter(_ check: SpotCheckRow) async throws -> String {
        try PlainText.check(check.seed, of: "seed", limit: 200)
        let leaf = try await enter(check.row)
        return LedgerName(station: station.layout.station.code, leaf: leaf).description
    }

    func enter(_ score: SpotScoreRow) async throws {
        try PlainText.check(score.text, of: "note", limit: 1000)
        _ = try await enter(score.row)
    }

    private func enter(_ row: RecordRow) async throws -> Int64 {
        let stages = station.stages
        let receipts = try await stages.ledger.enter([
            NewCustodyEvent(kind: .spotCheck, time: stages.now(), rows: [row])
        ])
        try await stages.feeder.catchUp()
        return receipts.first?.index ?? 0
    }

    func spotChecks() async throws -> [SpotCheck] {
        try await offPool { [index = station.pageIndex] in
            try index.spotChecks(limit: Self.shown).map(\.check)
        }
    }

    func spotCheck(_ name: String) async throws -> SpotCheck? {
        try await offPool { [index = station.pageIndex] in try index.spotCheck(name)?.check }
    }
}

extension ListedSpotCheck {
    fileprivate var check: SpotCheck {
        SpotCheck(
            name: name, time: time, row: row,
            scores: scores.map {
                SpotScoreRow(
                    check: name, item: $0.item, score: $0.score, text: $0.text, by: $0.by)
            })
    }
}
