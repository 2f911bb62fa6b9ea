import CaseIndex
import Evidence
import Testing

@Suite struct HostileLedgerTests {
    @Test func namesInAnyBytesComeBackByteForByte() async throws {
        var ledger = SampleLedger(seed: 51)
        let visit = ledger.dock(recorder: "A")
        let names: [[UInt8]] = [
            Array("'; DROP TABLE items; --".utf8), [0xc4, 0xe3, 0xba, 0xc3], [0xff, 0xfe],
            Array("a\nb\u{202e}c\u{1b}[2J".utf8), [0x41, 0x00, 0x42], [],
            Array(String(repeating: "长", count: 85).utf8), Array("%_\\\"`".utf8),
        ]
        let leaves = names.map { name in
            let row = ledger.fileRow(
                visit: visit, path: RecorderPath(bytes: name), recorder: "A", officer: nil)
            return ledger.ingest(row)
        }
        let index = try await SampleIndex(ledger)
        for (name, leaf) in zip(names, leaves) {
            let record = try #require(try index.record(SampleLedger.name(leaf)))
            #expect(record.names.map(\.path.bytes) == [name])
        }
        let listed = Set(try index.reader.list().compactMap(\.path?.bytes))
        #expect(listed == Set(names))
    }

    @Test(
        arguments: [
            "\"", "*", "a*", "a OR b", "NOT x", "NEAR(a b)", "terms:abc", "(", "^abc", "\u{0}",
            "a\u{0}b", "'", "\\", "^", "+", "\u{1F600}", "王*",
            String(repeating: "长", count: 5000),
            "   ", "",
        ])
    func textIsNeverReadAsAQuery(text: String) async throws {
        var ledger = SampleLedger(seed: 52)
        ledger.live(visits: 2, filesEach: 6)
        let index = try await SampleIndex(ledger)
        var filter = ListFilter()
        filter.terms = SearchTerm.terms(of: text)
        let found = try index.reader.list(filter)
        if text.allSatisfy(\.isWhitespace) {
            #expect(found.count == (try index.reader.list().count))
        } else if text.count > 2 || text == "*" || text == "\\" || text == "^" {
            #expect(found.isEmpty)
        }
    }

    @Test func rowsThatCannotBeReadAreNotedAndTheRestGoesOn() async throws {
        var ledger = SampleLedger(seed: 53)
        let visit = ledger.dock(recorder: "A")
        let sound = ledger.fileRow(visit: visit, path: "a.mp4", recorder: "A", officer: nil)
        let name = SampleLedger.name(ledger.ingest(sound))
        func file(_ change: (inout [String: JSONValue]) -> Void) -> RecordRow {
            var members = sound.row.members
            change(&members)
            return RecordRow(kind: FileRow.kind, members: members)
        }
        let spoiled: [(CustodyEventKind, RecordRow)] = [
            (.ingestion, file { $0["sha256"] = "zz" }),
            (.ingestion, file { $0["visit"] = "elsewhere-1" }),
            (.ingestion, file { $0["visit"] = "9" }),
            (.duplicate, file { $0["item"] = "0602-9999" }),
            (.duplicate, file { $0["item"] = nil }),
            (.docking, RecordRow(kind: VisitRow.kind, members: [:])),
            (.undocking, RecordRow(kind: UndockingRow.kind, members: ["visit": 5])),
            (
                .description,
                RecordRow(kind: DescriptionRow.kind, members: ["item": .string(name)])
            ),
            (
                .description,
                RecordRow(
                    kind: DescriptionRow.kind, members: ["item": "0602-9999", "status": "sound"])
            ),
            (.quarantine, RecordRow(kind: QuarantineRow.kind, members: ["path": "a"])),
            (.refusal, RecordRow(kind: RefusalRow.kind, members: ["visit": .null])),
            (.finding, RecordRow(kind: FindingRow.kind, members: ["code": []])),
            (.replication, RecordRow(kind: ReplicationRow.kind, members: ["item": .string(name)])),
        ]
        for (event, row) in spoiled { ledger.enter(event, rows: [row]) }
        let last = ledger.fileRow(visit: visit, path: "z.mp4", recorder: "A", officer: nil)
        ledger.ingest(last)
        let reader = try await SampleIndex(ledger).reader
        #expect(try reader.list().count == 2)
        // An ingestion without a file is noted as such, too.
        let noted = Set(try reader.notes().map(\.leaf))
        #expect(noted == Set((2..<Int64(2 + spoiled.count))))
        #expect(try reader.nextLeaf() == ledger.next)
    }

    @Test func rowsOfALaterVersionAreCustodyLines() async throws {
        var ledger = SampleLedger(seed: 54)
        let visit = ledger.dock(recorder: "A")
        let row = ledger.fileRow(visit: visit, path: "a.mp4", recorder: "A", officer: nil)
        let leaf = ledger.ingest(row)
        let name = SampleLedger.name(leaf)
        ledger.enter(
            .hold,
            rows: [
                RecordRow(
                    kind: "whatever", members: ["item": .string(name), "by": "court:闽0602"])
            ])
        ledger.enter(.annotation, rows: [RecordRow(kind: "else", members: [:])], previous: leaf)
        ledger.enter(.timeStamp, rows: [])
        let index = try await SampleIndex(ledger)
        let custody = try #require(try index.record(name)?.custody)
        #expect(custody.map(\.event) == ["ingestion", "hold", "annotation"])
        #expect(custody.map(\.by) == ["uid:7", "court:闽0602", nil])
        #expect(try index.reader.notes().isEmpty)
    }

    @Test func anItemWhoseRowWasErasedIsStillThere() async throws {
        var ledger = SampleLedger(seed: 55)
        let visit = ledger.dock(recorder: "A", officer: "王晓明")
        let (sha256, sm3): (SHA256Digest, SM3Digest) = (ledger.digest(), ledger.digest())
        let erased: SHA256Digest = ledger.digest()
        let leaf = ledger.enter(
            .ingestion, rows: [], previous: visit, sha256: sha256, sm3: sm3, size: 77,
            missingRows: [erased])
        let index = try await SampleIndex(ledger)
        let record = try #require(try index.record(sha256.hex))
        #expect(record.name == SampleLedger.name(leaf))
        #expect(record.size == 77)
        #expect(record.names.isEmpty)
        #expect(record.officer == nil)
        #expect(try index.reader.list().map(\.path) == [nil])
        #expect(JSONWriter.line(record.json).contains("\"names\"") == false)
    }

    @Test func numbersAtTheirLimitsDoNotTrap() async throws {
        var ledger = SampleLedger(seed: 56)
        let visit = ledger.dock(recorder: "A")
        for size in [Int64.max, Int64.min, -1] {
            var row = ledger.fileRow(
                visit: visit, path: RecorderPath("F\(size)"), recorder: "A", officer: nil,
                size: size)
            row.zone = size < 0 ? "nonsense" : "-18:00"
            row.file = FootageFile(
                path: row.file.path, size: size,
                modified: FileTime(
                    seconds: size < 0 ? -62_135_596_800 : 253_402_300_799,
                    nanoseconds: 999_999_999),
                role: .video, claims: NameClaims())
            let leaf = ledger.ingest(row)
            var facts = MediaFacts(status: .sound)
            facts.durationMicroseconds = .max
            facts.created = "9999-12-31T23:59:59.999999Z"
            ledger.enter(
                .description,
                rows: [DescriptionRow(item: SampleLedger.name(leaf), facts: facts).row])
        }
        let index = try await SampleIndex(ledger)
        #expect(try index.reader.list().count == 3)
        #expect(try index.dump().count > 10)
        for item in ledger.items { #expect(try index.record(item.name)?.json != nil) }
        #expect(try index.reader.counts().items == 3)
    }

    @Test func textWithANULKeepsWhatFollows() async throws {
        var ledger = SampleLedger(seed: 57)
        let visit = ledger.dock(recorder: "A")
        let row = ledger.fileRow(visit: visit, path: "a", recorder: "A", officer: "x\u{0}yz")
        let name = SampleLedger.name(ledger.ingest(row))
        let index = try await SampleIndex(ledger)
        #expect(try index.record(name)?.officer == "x\u{fffd}yz")
    }
}
