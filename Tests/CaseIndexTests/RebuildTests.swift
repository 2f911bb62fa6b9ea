import CaseIndex
import Evidence
import Testing

@Suite struct RebuildTests {
    @Test(arguments: [11, 12] as [UInt64])
    func replayingTheLedgerInAnyBatchesGivesTheSameRows(seed: UInt64) async throws {
        var ledger = SampleLedger(seed: seed)
        ledger.live(visits: 8, filesEach: 12)
        let whole = try await SampleIndex(ledger).dump()
        #expect(whole.count > 500)
        #expect(try await SampleIndex(ledger, batches: 1).dump() == whole)
        #expect(try await SampleIndex(ledger, batches: 7).dump() == whole)
    }

    @Test func everyTableStandsInTheDump() async throws {
        var ledger = SampleLedger(seed: 13)
        ledger.live(visits: 10, filesEach: 12)
        let tables = Set(
            try await SampleIndex(ledger).dump().compactMap {
                $0.split(separator: "\"").dropFirst().first
            })
        #expect(
            tables.isSuperset(of: [
                "custody", "events", "facts", "items", "names", "origins", "quarantined",
                "sidecars", "sightings", "visits",
            ]))
    }

    @Test func aChangedRowChangesTheDump() async throws {
        var ledger = SampleLedger(seed: 14)
        ledger.live(visits: 1, filesEach: 3)
        var other = ledger
        ledger.describe(ledger.items[0].leaf, tags: ["a": "b"])
        other.describe(other.items[0].leaf, tags: ["a": "c"])
        #expect(try await SampleIndex(ledger).dump() != SampleIndex(other).dump())
    }

    @Test func eventsGivenAgainAreIgnored() async throws {
        var ledger = SampleLedger(seed: 15)
        ledger.live(visits: 3, filesEach: 5)
        let index = try SampleIndex()
        let events = ledger.events
        try await index.writer.apply(Array(events[..<20]))
        try await index.writer.apply(Array(events[..<10]))
        try await index.writer.apply(Array(events[5..<events.count]))
        try await index.writer.apply(events)
        #expect(try index.writer.nextLeaf() == Int64(events.count))
        #expect(try index.reader.nextLeaf() == Int64(events.count))
        #expect(try index.dump() == (await SampleIndex(ledger).dump()))
    }

    @Test func aHoleIsRefusedAndNothingOfItsBatchIsTaken() async throws {
        var ledger = SampleLedger(seed: 16)
        ledger.live(visits: 2, filesEach: 5)
        let index = try SampleIndex()
        var events = ledger.events
        events.remove(at: 6)
        let failure = await #expect(throws: IndexFailure.self) {
            try await index.writer.apply(events)
        }
        #expect(failure?.kind == .gap)
        #expect(try index.reader.nextLeaf() == 0)
        #expect(try index.reader.counts().leaves == 0)
    }

    @Test func anotherOpeningGoesOnWhereTheLastOneEnded() async throws {
        var ledger = SampleLedger(seed: 17)
        ledger.live(visits: 2, filesEach: 5)
        let index = try SampleIndex()
        try await index.writer.apply(Array(ledger.events[..<9]))
        try index.writer.close()
        let second = try IndexWriter.open(path: index.path, origin: SampleLedger.origin)
        #expect(try second.nextLeaf() == 9)
        try await second.apply(ledger.events)
        #expect(try index.dump() == (await SampleIndex(ledger).dump()))
    }
}
