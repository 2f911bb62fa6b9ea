import CaseIndex
import Evidence
import Testing

/// An index that took in what was erased later, and one that never saw it.
@Suite struct ErasureTests {
    private struct Life {
        var ledger: SampleLedger
        let gone: [SampleLedger.Item]
        let erasures: [ErasureRow]

        init(seed: UInt64) throws {
            var ledger = SampleLedger(seed: seed)
            ledger.live(visits: 6, filesEach: 8)
            for item in ledger.items where ledger.random(2) == 0 { try Self.judge(item, &ledger) }
            // Field tasks of persons who may have carried them, and of others.
            for (number, item) in ledger.items.enumerated() where number % 3 == 0 {
                let officer = ScheduledOfficer(
                    id: ledger.pick(SampleLedger.officers), name: nil)
                ledger.enter(
                    .schedule,
                    rows: [
                        DutyRow(
                            id: "T\(number)",
                            caseNumbers: [try CaseNumber(reading: "（2019）闽06执1号")],
                            kind: "search", court: "闽06", officers: [officer], recorders: [],
                            plannedStart: Timestamp(milliseconds: item.start)
                        ).row
                    ])
            }
            let gone = ledger.items.filter { _ in ledger.random(3) == 0 }
            ledger.enter(
                .deletion,
                rows: gone.map {
                    DeletionRow(
                        item: $0.name, sha256: $0.sha256, proposal: SampleLedger.name(0),
                        rule: "usual", why: "time is over", approvals: ["uid:1", "uid:2"],
                        by: "evidock"
                    ).row
                })
            var erasures: [ErasureRow] = []
            for event in ledger.events {
                for item in gone {
                    erasures += event.rows.compactMap { row in
                        ErasureRow(
                            of: row, digest: ledger.digest(), leaf: event.index,
                            item: LedgerName(station: SampleLedger.station, leaf: item.leaf),
                            by: "evidock")
                    }
                }
            }
            ledger.enter(.erasure, rows: erasures.map(\.row))
            (self.ledger, self.gone, self.erasures) = (ledger, gone, erasures)
        }

        /// Persons and the matcher say something of an item.
        private static func judge(
            _ item: SampleLedger.Item, _ ledger: inout SampleLedger
        ) throws {
            let number = try CaseNumber(reading: "（2019）闽06执\(1 + ledger.random(9))号")
            let why: JSONValue = ["words": ["王某某 is on the task", "王某某在任务中"]]
            ledger.enter(
                .assignment,
                rows: [
                    MatchRow(
                        item: item.name, decision: "assign", proposed: [], candidates: [why]
                    ).row,
                    AssignmentRow(
                        item: item.name, caseNumber: number, step: .assigned, duty: "D1",
                        points: 80, reasons: [why], by: AssignmentRow.matcher
                    ).row,
                ])
            if ledger.random(2) == 0 {
                ledger.enter(
                    .attribution,
                    rows: [
                        AttributionRow(
                            visit: nil, item: item.name, officer: "王某某", why: "王某某 said so",
                            by: "uid:1"
                        ).row
                    ])
            }
            ledger.enter(
                .annotation,
                rows: [PrivateRow(item: item.name, why: "王某某's lunch", by: "uid:1").row])
            ledger.describe(item.leaf, tags: ["title": "王某某"])
        }

        /// The ledger as it reads when the rows are gone.
        var erased: [EnteredEvent] {
            var rest = erasures[...]
            return ledger.events.map { event in
                guard event.leaf.event != .erasure else { return event }
                let rows = event.rows.map { row -> RecordRow in
                    guard let next = rest.first, next.leaf == event.index,
                        next.left.kind == row.kind, isAbout(next.item, row, event)
                    else { return row }
                    rest.removeFirst()
                    return next.left
                }
                return EnteredEvent(index: event.index, leaf: event.leaf, rows: rows)
            }
        }

        private func isAbout(_ item: String, _ row: RecordRow, _ event: EnteredEvent) -> Bool {
            (row.members["item"]?.stringValue ?? SampleLedger.name(event.index)) == item
        }
    }

    @Test(arguments: [61, 62, 63] as [UInt64])
    func theIndexIsTheSameWhetherItTookInWhatWasErasedOrNot(seed: UInt64) async throws {
        let life = try Life(seed: seed)
        #expect(life.erasures.count > 20)
        let live = try await SampleIndex(life.ledger)
        let anew = try SampleIndex()
        try await anew.writer.apply(life.erased)
        #expect(try live.dump() == anew.dump())
    }

    @Test func nothingThatNamesAPersonIsLeftOfAnErasedItem() async throws {
        let life = try Life(seed: 64)
        let index = try await SampleIndex(life.ledger)
        let dump = try index.dump().joined()
        let kept = life.ledger.items.filter { item in !life.gone.contains { $0.leaf == item.leaf } }
        for item in life.gone {
            // Its own name and its recorder stay.
            for text in item.texts.dropFirst(2)
            where text.count > 3 && !kept.contains(where: { $0.texts.contains(text) }) {
                #expect(!dump.contains(text), "\(text)")
            }
            let record = try #require(try index.record(item.name))
            #expect(record.erased != nil)
            #expect(record.officer == nil)
            #expect(record.names.allSatisfy { $0.path.utf8?.hasPrefix("//") ?? false })
        }
        for row in life.erasures {
            let text = JSONWriter.line(.object(row.row.members))
            #expect(!text.contains("王") && !text.contains("REC_"), "\(text)")
        }
    }

    @Test func whatWasDoneAndByWhomStays() throws {
        let digest = try #require(SHA256Digest(bytes: Array(repeating: 1, count: 32)))
        let item = LedgerName(station: "0602", leaf: 4)
        let rows = [
            HoldRow(.item(item.description), why: "x", by: "uid:1").row,
            DeletionRow(
                item: item.description, sha256: nil, proposal: "0602-9", rule: "usual", why: "x",
                approvals: ["uid:1", "uid:2"], by: "evidock"
            ).row,
        ]
        for row in rows {
            #expect(
                ErasureRow(of: row, digest: digest, leaf: 9, item: item, by: "evidock") == nil)
        }
    }
}
