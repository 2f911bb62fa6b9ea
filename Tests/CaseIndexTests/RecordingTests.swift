import EvidenceTestKit
import Evidence
import Testing

@testable import CaseIndex

/// Files of one take become one recording.
struct RecordingTests {
    /// Seconds of the hour at which files of a minute each begin.
    private static let takes: [[Int64]] = [
        [0, 60, 120, 180, 242, 305], [420, 480], [700], [1000, 1058, 1120, 1181],
    ]

    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func theOrderInWhichFilesComeChangesNothing(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        var ledger = SampleLedger(seed: seed)
        let visit = ledger.dock(recorder: "R1", officer: "000042")
        var leaves: [Int64: Int64] = [:]
        for second in Self.takes.joined().shuffled(using: &generator) {
            let captured = CivilTime(secondsSince1970: 1_565_400_000 + second)
            let leaf = ledger.ingest(
                ledger.fileRow(
                    visit: visit, path: RecorderPath("\(second).mp4"), recorder: "R1",
                    officer: "000042", captured: captured))
            leaves[second] = leaf
        }
        for leaf in leaves.values.sorted().shuffled(using: &generator) { ledger.describe(leaf) }
        let index = try await SampleIndex(ledger)
        for take in Self.takes {
            let items = take.compactMap { leaves[$0] }
            let parts = try items.map { try index.record(SampleLedger.name($0))?.recording }
            let oldest = SampleLedger.name(items.min() ?? 0)
            #expect(parts.allSatisfy { $0?.recording == oldest })
            #expect(parts.map { $0?.segment } == (1...Int64(take.count)).map { $0 })
            #expect(parts.allSatisfy { $0?.of == Int64(take.count) })
            let gaps = zip(take, take.dropFirst()).map { ($1 - $0 - 60) * 1000 }
            #expect(parts.dropFirst().map { $0?.gap } == gaps)
        }
    }

    /// Files without numbers: a photo is found by the time of the video around it alone.
    @Test(arguments: [true, false])
    func aPhotoBelongsToTheVideoThatGoesOnMeanwhile(isFirst: Bool) async throws {
        var ledger = SampleLedger(seed: 40)
        let visit = ledger.dock(recorder: "R1", officer: "000042")
        func take(_ name: String, _ second: Int64, _ role: FileRole) -> Int64 {
            ledger.ingest(
                ledger.fileRow(
                    visit: visit, path: RecorderPath(name), recorder: "R1", officer: "000042",
                    captured: CivilTime(secondsSince1970: 1_565_400_000 + second), role: role))
        }
        let video = take("a.mp4", 0, .video)
        let photos = [take("b.jpg", 30, .photo), take("c.jpg", 400, .photo)]
        for leaf in isFirst ? photos + [video] : [video] + photos { ledger.describe(leaf) }
        let index = try await SampleIndex(ledger)
        let name = SampleLedger.name(video)
        #expect(try index.record(SampleLedger.name(photos[0]))?.recording?.recording == name)
        #expect(try index.record(SampleLedger.name(photos[1]))?.recording?.recording != name)
    }
}
