import Custody
import DurableFiles
import Evidence
import EvidenceTestKit
import Fixity
import Testing
import TransparencyLog

struct CustodyLedgerTests {
    @Test(arguments: [1, 255, 256, 257, 600, 1000])
    func aLogOfThatSizeIsWhatAnIndependentTreeSays(size: Int) async throws {
        let store = try LedgerStore()
        let ledger = try store.open()
        let receipts = try await ledger.enter(events(0..<size))
        #expect(receipts.map(\.index) == (0..<Int64(size)).map { $0 })
        #expect(receipts.allSatisfy { $0.treeSize == Int64(size) })
        try await ledger.close()

        let reader = try store.reader()
        let entries = try (0..<Int64(size)).map { try reader.entry($0) }
        let tree = PlainTree(entries: entries)
        let head = try reader.checkpoint()
        #expect(head.checkpoint.root == tree.root(0, size))
        #expect(head.checkpoint.size == Int64(size))
        let key = try VerifierKey(name: store.station.origin, of: store.key)
        #expect(try Checkpoint.open(head.note, by: key) == head.checkpoint)

        let files = LedgerStore.files(store.path, "log/tile")
        for (name, bytes) in tree.tiles() { #expect(files[name] == bytes, "\(name)") }
        for index in stride(from: 0, to: Int64(size), by: size > 300 ? 7 : 1) {
            let proof = try reader.inclusionProof(index)
            try TlogProof(parsing: proof.bytes).verify(entry: entries[Int(index)], by: key)
        }
    }

    @Test(arguments: [1, 255, 256, 257, 600])
    func reopenedItGoesOnWhereItWas(size: Int) async throws {
        let store = try LedgerStore()
        let first = try store.open()
        try await first.enter(events(0..<size))
        try await first.close()
        let before = LedgerStore.files(store.path, "log")

        let second = try store.open()
        #expect(LedgerStore.files(store.path, "log") == before)
        let receipts = try await second.enter(events(size..<size + 300))
        #expect(receipts.first?.index == Int64(size))
        try await second.close()
        var numbers: [Int64?] = []
        try store.reader().events(from: 0) { numbers.append(number($0)) }
        #expect(numbers == (0..<Int64(size) + 300).map { $0 })
    }

    @Test func growingByOddStepsLeavesFullTilesWithoutTheirPartialOnes() async throws {
        let store = try LedgerStore()
        let ledger = try store.open()
        var size = 0
        for step in [100, 100, 55, 1, 3, 250, 200] {
            try await ledger.enter(events(size..<size + step))
            size += step
        }
        try await ledger.close()
        #expect(store.names("log/tile/0") == ["000", "001", "002.p"])
        #expect(store.names("log/tile/entries") == ["000", "001", "002.p"])
        let entries = try (0..<Int64(size)).map { try store.reader().entry($0) }
        let files = LedgerStore.files(store.path, "log/tile")
        for (name, bytes) in PlainTree(entries: entries).tiles() { #expect(files[name] == bytes) }
    }

    @Test func callersAtOnceEachGetTheirEventsTogetherAndInOrder() async throws {
        let store = try LedgerStore()
        let ledger = try store.open()
        try await withThrowingTaskGroup(of: ([Int64], Int).self) { group in
            for caller in 0..<60 {
                group.addTask {
                    let range = caller * 10..<caller * 10 + 10
                    return (try await ledger.enter(events(range)).map(\.index), range.lowerBound)
                }
            }
            for try await (indices, first) in group {
                #expect(indices == (indices[0]..<indices[0] + 10).map { $0 })
                let told = try store.reader().event(indices[0])
                #expect(number(told) == Int64(first))
            }
        }
        #expect(try store.reader().size() == 600)
        try await ledger.close()
    }

    @Test func anEventThatIsTooLongHarmsNobodyElse() async throws {
        let store = try LedgerStore()
        let ledger = try store.open()
        let decimal = NewCustodyEvent(
            kind: .annotation, time: Timestamp(milliseconds: 0), size: 1 << 60, rows: [])
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for caller in 0..<40 {
                group.addTask {
                    let isBad = caller % 10 == 0
                    let own = events(caller..<caller + 1) + (isBad ? [decimal] : [])
                    return await isBad == ((try? ledger.enter(own)) == nil)
                }
            }
            return await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        #expect(outcomes.allSatisfy { $0 })
        #expect(try store.reader().size() == 36)
        await #expect {
            try await ledger.enter([decimal])
        } throws: { ($0 as? CustodyFailure)?.reason == .leafTooLong }
        #expect(await ledger.isWorking())
        try await ledger.close()
    }

    @Test func aLeafNamesTheCheckpointThatWasKnownBefore() async throws {
        let store = try LedgerStore()
        let ledger = try store.open()
        try await ledger.enter(events(0..<3))
        let known = try store.reader().checkpoint().checkpoint
        try await ledger.enter(events(3..<5))
        for index in Int64(3)...4 {
            let basis = try store.reader().event(index).leaf.basis
            #expect(basis == Leaf.Basis(size: 3, root: known.root))
        }
        #expect(try store.reader().event(0).leaf.basis?.size == 0)
        try await ledger.close()
    }

    @Test func rowsAreSaltedAndNoNameStandsInALeaf() async throws {
        let store = try LedgerStore()
        let ledger = try store.open()
        let same = events(7..<8, note: "Zhang Wei") + events(7..<8, note: "Zhang Wei")
        try await ledger.enter(same)
        let reader = try store.reader()
        let first = try reader.event(0)
        let second = try reader.event(1)
        #expect(first.rows == second.rows)
        #expect(first.leaf.record != second.leaf.record)
        #expect(LedgerStore.files(store.path, "vault/records").count == 4)
        for index in Int64(0)...1 {
            let text = String(decoding: try reader.entry(index), as: UTF8.self)
            #expect(!text.contains("Zhang"))
        }
        try await ledger.close()
    }

    @Test func nothingIsEnteredAfterClosing() async throws {
        let store = try LedgerStore()
        let ledger = try store.open()
        _ = try await ledger.integrate(events(0..<2))
        try await ledger.close()
        try await ledger.close()
        #expect(try store.reader().size() == 2)
        await #expect(throws: CustodyFailure.self) { try await ledger.integrate(events(2..<3)) }
        #expect(await !ledger.isWorking())
    }

    @Test func aReaderBesideTheWriterAlwaysSeesAWholeLog() async throws {
        let store = try LedgerStore()
        let ledger = try store.open()
        try await ledger.enter(events(0..<250))
        async let writing: Void = {
            for start in stride(from: 250, to: 550, by: 3) {
                try await ledger.enter(events(start..<start + 3))
            }
        }()
        let reader = try store.reader()
        let key = try VerifierKey(name: store.station.origin, of: store.key)
        for _ in 0..<60 {
            let size = try reader.size()
            var count: Int64 = 0
            try reader.events(from: 0, to: size) { event in
                #expect(number(event) == count)
                count += 1
            }
            #expect(count == size)
            let entry = try reader.entry(size - 1)
            try reader.inclusionProof(size - 1).verify(entry: entry, by: key)
        }
        try await writing
        try await ledger.close()
    }

    @Test func aReaderRefusesPlacesThatAreNotThere() throws {
        let store = try LedgerStore()
        let reader = try store.reader()
        for index in [Int64.min, -1, 0, 1, .max] {
            #expect(throws: CustodyFailure.self) { try reader.entry(index) }
            #expect(throws: CustodyFailure.self) { try reader.inclusionProof(index) }
        }
        try reader.events(from: -5) { _ in Issue.record("an empty log has no events") }
    }
}
