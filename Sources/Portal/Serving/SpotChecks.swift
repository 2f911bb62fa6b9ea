package import Evidence
import Fixity

/// Footage that was drawn, and what was made of it.
package struct SpotCheck: Hashable, Sendable {
    package let name: String
    package let time: Timestamp
    package let row: SpotCheckRow
    package let scores: [SpotScoreRow]

    package init(name: String, time: Timestamp, row: SpotCheckRow, scores: [SpotScoreRow]) {
        (self.name, self.time, self.row, self.scores) = (name, time, row, scores)
    }
}

/// Spot checks, as the pages work on them.
package protocol SpotCheckDesk: Sendable {
    /// The root of the newest checkpoint: nobody could choose it.
    func seed() async throws -> String
    /// Names of recordings of those days within a sight.
    ///
    /// - Throws: a `Failure` where there are too many to draw from.
    func pool(_ days: ClosedRange<Timestamp>, in sight: Sight) async throws -> [String]
    /// - Returns: its name.
    func enter(_ check: SpotCheckRow) async throws -> String
    func spotChecks() async throws -> [SpotCheck]
    func spotCheck(_ name: String) async throws -> SpotCheck?
    func enter(_ score: SpotScoreRow) async throws
}

/// Draws a sample that anybody can draw again: recordings in the order of the SHA-256 of the seed, a
/// line feed and the recording's name; the first of them are drawn.
enum Sample {
    static func draw(_ count: Int, of pool: [String], seed: String) -> [String] {
        pool.map { ($0, SHA256Digest.of(Array("\(seed)\n\($0)".utf8)).hex) }
            .sorted { ($0.1, $0.0) < ($1.1, $1.0) }.prefix(max(0, count)).map(\.0)
    }
}
