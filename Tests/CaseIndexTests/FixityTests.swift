import CaseIndex
import Evidence
import Testing

@Suite struct FixityTests {
    private static let longAfter = Timestamp(milliseconds: 4_000_000_000_000)
    private static let before = Timestamp(milliseconds: 0)

    private func ledger() -> (SampleLedger, [Int64]) {
        var ledger = SampleLedger(seed: 61)
        let visit = ledger.dock(recorder: "1")
        let leaves = (0..<4).map { number in
            ledger.ingest(
                ledger.fileRow(
                    visit: visit, path: RecorderPath("\(number).MP4"), recorder: "1", officer: nil))
        }
        return (ledger, leaves)
    }

    private func due(
        _ index: SampleIndex, before moment: Timestamp, isNew: Bool
    ) throws -> [Int64] {
        try index.reader.dueForFixity(before: moment, isNew: isNew, after: -1, limit: 10)
            .map(\.item.leaf)
    }

    @Test func whatTheLedgerSaysWasReadIsDueWhenItsTimeIsOver() async throws {
        var (ledger, leaves) = ledger()
        let names = leaves[..<2].map(SampleLedger.name)
        ledger.enter(.fixityCheck, rows: [FixityRow(items: names, bytes: 9).row])
        let index = try await SampleIndex(ledger)
        #expect(try due(index, before: Self.before, isNew: true) == [leaves[2], leaves[3]])
        #expect(try due(index, before: Self.before, isNew: false) == [])
        #expect(try due(index, before: Self.longAfter, isNew: false) == [leaves[0], leaves[1]])
        let figures = try index.reader.fixityFigures(before: Self.before)
        #expect((figures.items, figures.never, figures.due) == (4, 2, 2))
        #expect(figures.oldest != nil)
        #expect(try await SampleIndex(ledger, batches: 1).dump() == index.dump())
    }

    @Test func whatWasFoundDamagedIsNotReadAgainBeforeItsTime() async throws {
        var (ledger, leaves) = ledger()
        for (leaf, code) in zip(leaves, ["fixity-mismatch", "fixity-missing", "other"]) {
            let finding = Finding(code: code, subject: "x", message: Bilingual("a", "b"))
            let row = FindingRow(
                visit: nil, item: SampleLedger.name(leaf), path: nil, finding: finding)
            ledger.enter(.finding, rows: [row.row], previous: leaf)
        }
        let index = try await SampleIndex(ledger)
        #expect(try due(index, before: Self.before, isNew: true) == [leaves[2], leaves[3]])
        #expect(try due(index, before: Self.longAfter, isNew: true) == leaves)
        #expect(try index.reader.fixityFigures(before: Self.before).due == 4)
    }

    @Test func aCheckOfAnUnknownItemChangesNothing() async throws {
        var (ledger, _) = ledger()
        ledger.enter(.fixityCheck, rows: [FixityRow(items: ["0602-999"], bytes: 9).row])
        let index = try await SampleIndex(ledger)
        #expect(try index.reader.fixityFigures(before: Self.before).never == 4)
    }
}
