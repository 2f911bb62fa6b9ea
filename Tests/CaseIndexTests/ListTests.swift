import CaseIndex
import Evidence
import Testing

@Suite struct ListTests {
    /// A filter set to one value, with the words to say which.
    private struct Narrowing {
        let name: String
        let apply: (inout ListFilter) -> Void
    }

    private static func narrowings() -> [Narrowing] {
        var all: [Narrowing] = []
        for officer in SampleLedger.officers.prefix(3) {
            all.append(Narrowing(name: "officer \(officer)") { $0.officer = officer })
        }
        for recorder in SampleLedger.recorders {
            all.append(Narrowing(name: "recorder \(recorder)") { $0.recorder = recorder })
        }
        let texts = [
            "强制", "王晓", "执", "rec_", "LAVF58", "ünï", "hi3516", "海思", "副本", "01", "7", "a",
            "没有的字", "zzz", "0602-1", "o'brien", "rec_ 腾退", ".mp4 漳浦 dsj", "%", "_", "\"x\"",
        ]
        for text in texts {
            all.append(Narrowing(name: "text \(text)") { $0.terms = SearchTerm.terms(of: text) })
        }
        let (from, to) = (
            Timestamp(milliseconds: 1_700_000_000_000), Timestamp(milliseconds: 1_710_000_000_000)
        )
        all.append(Narrowing(name: "from") { $0.from = from })
        all.append(Narrowing(name: "to") { $0.to = to })
        all.append(
            Narrowing(name: "case") { $0.caseNumber = try? CaseNumber(reading: "（2019）闽06执123号") })
        all.append(Narrowing(name: "unassigned") { $0.isUnassigned = true })
        all.append(Narrowing(name: "all") { $0.includesSidecars = true })
        all.append(Narrowing(name: "limit 1") { $0.limit = 1 })
        all.append(Narrowing(name: "limit 1000") { $0.limit = 1000 })
        return all
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func everyFilterAndEveryPairAgreesWithThePencilModel(seed: UInt64) async throws {
        var ledger = SampleLedger(seed: seed)
        ledger.live(visits: 12, filesEach: 15)
        let index = try await SampleIndex(ledger, batches: 50)
        var nonEmpty = 0
        var wrong: [String] = []
        func check(_ filter: ListFilter, _ name: String) throws {
            let want = ledger.expected(filter)
            if try index.reader.list(filter).map(\.item) != want { wrong.append(name) }
            if !want.isEmpty { nonEmpty += 1 }
        }
        try check(ListFilter(), "no filter")
        let narrowings = Self.narrowings()
        for (place, first) in narrowings.enumerated() {
            for second in narrowings[place...] {
                var filter = ListFilter()
                first.apply(&filter)
                second.apply(&filter)
                try check(filter, "\(first.name), \(second.name)")
            }
        }
        #expect(wrong.isEmpty)
        #expect(nonEmpty > 150)
    }

    @Test func commonTextIsFoundAlongTheWay() async throws {
        var ledger = SampleLedger(seed: 4)
        let visit = ledger.dock(recorder: "0000101", officer: "王晓明")
        for number in 0..<7000 {
            let officer = number == 3 ? "李芳" : "王晓明"
            let path = RecorderPath("执行现场/F\(number).MP4")
            ledger.ingest(
                ledger.fileRow(visit: visit, path: path, recorder: "0000101", officer: officer))
        }
        let index = try await SampleIndex(ledger)
        for text in ["执行", "王晓明", "现场 f12", "李芳", "f699", "王晓明 李芳"] {
            var filter = ListFilter()
            filter.terms = SearchTerm.terms(of: text)
            #expect(try index.reader.list(filter).map(\.item) == ledger.expected(filter), "\(text)")
        }
    }

    @Test func sidecarsStandWithTheirFootageWhicheverCameFirst() async throws {
        var ledger = SampleLedger(seed: 5)
        let visit = ledger.dock(recorder: "1")
        let early = ledger.ingest(
            ledger.fileRow(
                visit: visit, path: "a.nmea", recorder: "1", officer: nil, role: .sidecar,
                sidecarOf: "a.mp4"))
        let footage = ledger.ingest(
            ledger.fileRow(visit: visit, path: "a.mp4", recorder: "1", officer: nil))
        let late = ledger.ingest(
            ledger.fileRow(
                visit: visit, path: "a.md5", recorder: "1", officer: nil, role: .sidecar,
                sidecarOf: "a.mp4"))
        let alone = ledger.ingest(
            ledger.fileRow(
                visit: visit, path: "b.md5", recorder: "1", officer: nil, role: .sidecar,
                sidecarOf: "b.mp4"))
        let index = try await SampleIndex(ledger)
        let listed = try index.reader.list()
        #expect(Set(listed.map(\.item)) == [SampleLedger.name(footage), SampleLedger.name(alone)])
        let line = try #require(listed.first { $0.item == SampleLedger.name(footage) })
        #expect(line.sidecars == [early, late].map(SampleLedger.name))
        var all = ListFilter()
        all.includesSidecars = true
        #expect(try index.reader.list(all).count == 4)
        let record = try #require(try index.record(SampleLedger.name(late)))
        #expect(record.sidecarOf == [SampleLedger.name(footage)])
    }

    @Test func twoFilesThatClaimEachOtherAsFootageBothStayListed() async throws {
        var ledger = SampleLedger(seed: 6)
        let visit = ledger.dock(recorder: "1")
        for (path, other) in [("a", "b"), ("b", "a")] as [(RecorderPath, RecorderPath)] {
            ledger.ingest(
                ledger.fileRow(
                    visit: visit, path: path, recorder: "1", officer: nil, role: .sidecar,
                    sidecarOf: other))
        }
        #expect(try await SampleIndex(ledger).reader.list().count == 2)
    }

    @Test func manyThousandRecordingsAreListedInOrder() async throws {
        var ledger = SampleLedger(seed: 7)
        let index = try SampleIndex()
        for _ in 0..<20 {
            ledger.addRecordings(1000)
            try await index.writer.apply(ledger.drain())
        }
        for (officer, text) in [(nil, nil), ("012345", nil), (nil, "腾退"), ("王晓明", "芳")]
            as [(String?, String?)]
        {
            var filter = ListFilter()
            (filter.officer, filter.limit) = (officer, 50)
            filter.terms = SearchTerm.terms(of: text ?? "")
            #expect(try index.reader.list(filter).map(\.item) == ledger.expected(filter))
        }
        #expect(try index.reader.counts().items == 20_000)
    }
}

extension RecorderPath: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { self.init(value) }
}
