import CaseIndex
import Evidence
import Testing

@Suite struct ContentLookupTests {
    @Test func contentsAreFoundByEitherWholeDigestOldestFirst() async throws {
        var ledger = SampleLedger(seed: 51)
        let digest: SHA256Digest = ledger.digest()
        var leaves: [Int64] = []
        for recorder in ["1", "2", "3"] {
            let visit = ledger.dock(recorder: recorder)
            for path in ["A.MP4", "B.MP4"] as [RecorderPath] {
                let sha256 = path == "A.MP4" ? digest : ledger.digest()
                let row = ledger.fileRow(
                    visit: visit, path: path, recorder: recorder, officer: nil, sha256: sha256)
                leaves.append(ledger.ingest(row))
            }
        }
        let index = try await SampleIndex(ledger)
        try index.reader.lookUp(origin: SampleLedger.origin) { lookup throws in
            #expect(lookup.nextLeaf == ledger.next)
            for item in ledger.items {
                for bytes in [item.sha256.bytes, item.sm3.bytes] {
                    let found = try lookup.items(withDigest: bytes, limit: 10)
                    #expect(found.contains { $0.item.description == item.name })
                    #expect(found.map(\.item.leaf) == found.map(\.item.leaf).sorted())
                }
            }
            let same = try lookup.items(withDigest: digest.bytes, limit: 10)
            #expect(same.map(\.item.leaf) == [leaves[0], leaves[2], leaves[4]])
            #expect(same.allSatisfy { $0.sha256 == digest && $0.isInLeaf })
            #expect(try lookup.items(withDigest: digest.bytes, limit: 2) == Array(same.prefix(2)))
            #expect(try lookup.items(withDigest: [UInt8](repeating: 0, count: 32), limit: 9) == [])
            #expect(try lookup.items(withDigest: [], limit: 9) == [])

            let first = try #require(same.first)
            #expect(try lookup.item(first.item) == first)
            #expect(try lookup.item(leaf: leaves[0]) == first)
            #expect(try lookup.item(leaf: leaves[0] - 1) == nil)
            #expect(try lookup.item(LedgerName(station: "0603", leaf: leaves[0])) == nil)
            #expect(try lookup.events(about: first.item).map(\.event) == ["ingestion"])
        }
    }

    @Test func anotherLedgersOriginHasNothing() async throws {
        var ledger = SampleLedger(seed: 52)
        let visit = ledger.dock(recorder: "1")
        let row = ledger.fileRow(visit: visit, path: "A.MP4", recorder: "1", officer: nil)
        let leaf = ledger.ingest(row)
        try await SampleIndex(ledger).reader.lookUp(origin: "other.example/1") { lookup throws in
            #expect(lookup.nextLeaf == 0)
            #expect(try lookup.items(withDigest: row.sha256.bytes, limit: 9) == [])
            #expect(try lookup.item(leaf: leaf) == nil)
        }
    }
}
