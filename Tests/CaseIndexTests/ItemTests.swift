import CaseIndex
import Evidence
import Testing

@Suite struct ItemTests {
    @Test func anItemIsFoundByItsNameOrByTheBeginningOfEitherDigest() async throws {
        var ledger = SampleLedger(seed: 31)
        let visit = ledger.dock(recorder: "1")
        for number in 0..<50 {
            let path = RecorderPath("F\(number).MP4")
            ledger.ingest(ledger.fileRow(visit: visit, path: path, recorder: "1", officer: nil))
        }
        let index = try await SampleIndex(ledger)
        for item in ledger.items {
            #expect(try index.record(item.name)?.sha256 == item.sha256)
            for digits in [5, 17, 63, 64] where digits > 16 || item.leaf < 6 {
                #expect(try index.record(String(item.sha256.hex.prefix(digits)))?.name == item.name)
                let capitals = String(item.sm3.hex.prefix(digits)).uppercased()
                #expect(try index.record(capitals)?.name == item.name)
            }
        }
        for text in [
            "0602-9999", "0601-1", "0602-01", "abc", "", "xyzt", "-", "0602-",
            String(repeating: "0", count: 65), "ffffffff", "'; DROP TABLE items", "12%4",
        ] {
            guard case .none = try index.reader.item(text) else {
                Issue.record("\(text) names nothing")
                continue
            }
        }
    }

    @Test func aBeginningThatSeveralShareNamesThemInOrder() async throws {
        var ledger = SampleLedger(seed: 32)
        let visit = ledger.dock(recorder: "1")
        var names: [String] = []
        for last in [3, 1, 2] as [UInt64] {
            let path = RecorderPath("F\(last).MP4")
            var row = ledger.fileRow(visit: visit, path: path, recorder: "1", officer: nil)
            row.sha256 = SHA256Digest(words: (0xabcd_ef00_0000_0000 | last, 0, 0, 0))
            names.append(SampleLedger.name(ledger.ingest(row)))
        }
        let index = try await SampleIndex(ledger)
        guard case .several(let found) = try index.reader.item("abcdef") else {
            Issue.record("three items begin so")
            return
        }
        #expect(found == names)
        #expect(try index.record("abcdef0000000002")?.name == names[2])
    }

    @Test func theSameContentOfTwoRecordersIsTwoItems() async throws {
        var ledger = SampleLedger(seed: 33)
        let digest: SHA256Digest = ledger.digest()
        var names: [LedgerName] = []
        for recorder in ["1", "2"] {
            let visit = ledger.dock(recorder: recorder)
            let row = ledger.fileRow(
                visit: visit, path: "A.MP4", recorder: recorder, officer: nil, sha256: digest)
            names.append(LedgerName(station: SampleLedger.station, leaf: ledger.ingest(row)))
        }
        let reader = try await SampleIndex(ledger).reader
        #expect(try reader.items(withSHA256: digest).map(\.item) == names.map(\.description))
        for (recorder, name) in zip(["1", "2"], names) {
            #expect(try reader.item(recorder: recorder, sha256: digest, path: nil) == name)
        }
        #expect(try reader.item(recorder: nil, sha256: digest, path: nil) == nil)
        guard case .several = try reader.item(digest.hex) else {
            Issue.record("a whole digest may be several items'")
            return
        }
    }

    @Test func emptyFilesAreItemsByTheirPath() async throws {
        var ledger = SampleLedger(seed: 34)
        let visit = ledger.dock(recorder: "1")
        var names: [LedgerName] = []
        for path in ["a", "b"] as [RecorderPath] {
            let row = ledger.fileRow(
                visit: visit, path: path, recorder: "1", officer: nil, size: 0, sha256: .ofNothing)
            names.append(LedgerName(station: SampleLedger.station, leaf: ledger.ingest(row)))
        }
        let reader = try await SampleIndex(ledger).reader
        #expect(try reader.item(recorder: "1", sha256: .ofNothing, path: "a") == names[0])
        #expect(try reader.item(recorder: "1", sha256: .ofNothing, path: "b") == names[1])
        #expect(try reader.item(recorder: "1", sha256: .ofNothing, path: "c") == nil)
    }

    @Test func showSaysWhatTheContractSays() async throws {
        var ledger = SampleLedger(seed: 35)
        let visit = ledger.dock(recorder: "0000101", officer: "012345")
        let captured = CivilTime(2024, 4, 30, 8, 15, 0)
        let row = ledger.fileRow(
            visit: visit, path: "DCIM/A.MP4", recorder: "0000101", officer: "012345",
            captured: captured, size: 4096, marks: ["important"])
        let leaf = ledger.ingest(row)
        ledger.describe(leaf, tags: ["major_brand": "isom", "a/b[0]~": "c"])
        ledger.enter(
            .disclosure,
            rows: [
                DisclosureRow(item: SampleLedger.name(leaf), by: "uid:0", how: "copy", why: nil).row
            ], previous: leaf)
        ledger.enter(
            .replication,
            rows: [
                ReplicationRow(item: SampleLedger.name(leaf), sha256: row.sha256, place: "nas").row
            ])
        let json = try #require(
            try await SampleIndex(ledger).record(SampleLedger.name(leaf))?.json)
        #expect(
            Set(json.objectValue?.keys ?? [:].keys) == [
                "item", "sha256", "sm3", "size", "role", "names", "media", "times", "officer",
                "recorder", "marks", "custody", "copies", "recording",
            ])
        #expect(
            json[key: "recording"] == [
                "id": .string(SampleLedger.name(leaf)), "segment": 1, "of": 1,
            ])
        #expect(json[key: "item"] == .string(SampleLedger.name(leaf)))
        #expect(json[key: "sha256"] == .string(row.sha256.hex))
        #expect(json[key: "size"] == 4096)
        #expect(json[key: "officer"] == "012345")
        #expect(
            json[key: "recorder"] == ["id": "0000101", "model": "DSJ-A9", "profile": "dcam"])
        #expect(json[key: "marks"] == ["important"])
        #expect(json[key: "copies"] == ["nas"])
        let name = json[key: "names"]?.arrayValue?.first
        #expect(name?[key: "path"] == "DCIM/A.MP4")
        #expect(name?[key: "visit"] == .string(SampleLedger.name(visit)))
        #expect(
            name?[key: "docked"]
                == .string(ledger.events[Int(visit)].leaf.time.description))
        #expect(
            json[key: "times"] == [
                "named": "2024-04-30T08:15:00", "zone": "+08:00", "startFrom": "named",
                "fileSystem": .string(row.file.modified.description),
                "start": "2024-04-30T08:15:00+08:00", "end": "2024-04-30T08:16:00+08:00",
            ])
        #expect(json[key: "media"]?[key: "duration"] == .decimal(60))
        #expect(json[key: "media"]?[key: "tags"] == ["major_brand": "isom", "a/b[0]~": "c"])
        #expect(json[key: "media"]?[key: "streams"]?.arrayValue?.first?[key: "width"] == 1920)
        let custody = json[key: "custody"]?.arrayValue ?? []
        #expect(
            custody.map { $0[key: "event"] } == [
                "ingestion", "description", "disclosure", "replication",
            ])
        #expect(custody.map { $0[key: "by"] } == ["uid:7", nil, "uid:0", nil])
    }

    @Test func theLatestDescriptionCounts() async throws {
        var ledger = SampleLedger(seed: 36)
        let visit = ledger.dock(recorder: "1")
        let leaf = ledger.ingest(
            ledger.fileRow(visit: visit, path: "A.MP4", recorder: "1", officer: nil))
        ledger.describe(leaf, tags: ["old": "vorher"])
        var facts = MediaFacts(status: .damaged, problem: "no index (moov)")
        facts.tags = ["new": "nachher"]
        ledger.enter(
            .description, rows: [DescriptionRow(item: SampleLedger.name(leaf), facts: facts).row])
        let index = try await SampleIndex(ledger)
        let record = try #require(try index.record(SampleLedger.name(leaf)))
        #expect(record.media == facts)
        #expect(record.end == nil)
        for (text, count) in [("vorher", 0), ("NACHHER", 1)] {
            var filter = ListFilter()
            filter.terms = SearchTerm.terms(of: text)
            #expect(try index.reader.list(filter).count == count)
        }
    }

    @Test func oneMoreNameIsShownOnceAndFound() async throws {
        var ledger = SampleLedger(seed: 37)
        let first = ledger.dock(recorder: "1")
        var row = ledger.fileRow(visit: first, path: "A.MP4", recorder: "1", officer: nil)
        let leaf = ledger.ingest(row)
        row.item = SampleLedger.name(leaf)
        row.isNewName = true
        for path in ["A.MP4", "B.MP4"] as [RecorderPath] {
            row.visit = SampleLedger.name(ledger.dock(recorder: "1"))
            row.file = FootageFile(
                path: path, size: row.file.size,
                modified: FileTime(seconds: 1_700_000_000, nanoseconds: 5), role: .video,
                claims: NameClaims())
            ledger.enter(.duplicate, rows: [row.row], previous: leaf)
        }
        let index = try await SampleIndex(ledger)
        let record = try #require(try index.record(SampleLedger.name(leaf)))
        #expect(record.names.map(\.path) == ["A.MP4", "B.MP4"])
        #expect(record.names[0].visit == SampleLedger.name(first))
        #expect(record.custody.map(\.event) == ["ingestion", "duplicate", "duplicate"])
    }

    @Test func itemsWaitForTheirDescriptionAndTheirSecondCopy() async throws {
        var ledger = SampleLedger(seed: 38)
        let visit = ledger.dock(recorder: "1")
        let leaves = (0..<4).map { number in
            let path = RecorderPath("F\(number).MP4")
            let row = ledger.fileRow(visit: visit, path: path, recorder: "1", officer: nil)
            return ledger.ingest(row)
        }
        ledger.describe(leaves[1])
        ledger.enter(
            .replication,
            rows: [
                ReplicationRow(
                    item: SampleLedger.name(leaves[0]), sha256: ledger.items[0].sha256, place: "x"
                ).row,
                ReplicationRow(
                    item: SampleLedger.name(leaves[3]), sha256: ledger.items[0].sha256, place: "x"
                ).row,
            ])
        let reader = try await SampleIndex(ledger).reader
        let names = leaves.map(SampleLedger.name)
        #expect(try reader.undescribed().map(\.item) == [names[0], names[2], names[3]])
        #expect(try reader.undescribed(limit: 1).map(\.path) == ["F0.MP4"])
        let wanting = try reader.withoutCopy(at: "x", after: -1, limit: 9)
        #expect(wanting.map(\.item) == Array(names[1...]))
        #expect(try reader.withoutCopy(at: "y", after: -1, limit: 9).map(\.item) == names)
        #expect(try reader.notes().count == 1)
        var seen: [LedgerName] = []
        try reader.everyItem { name, _, _ in seen.append(name) }
        #expect(seen.map(\.description) == names)
    }

    @Test func aFileSeenBeforeIsKnownByAllItsMarksTogether() async throws {
        var ledger = SampleLedger(seed: 39)
        let visit = ledger.dock(recorder: "1", serial: "AAAA")
        let row = ledger.fileRow(visit: visit, path: "A.MP4", recorder: "1", officer: nil)
        let leaf = ledger.ingest(row)
        let reader = try await SampleIndex(ledger).reader
        let file = row.file
        func known(
            recorder: String? = "1", serial: String? = "AAAA", path: RecorderPath = "A.MP4",
            size: Int64? = nil, later: Int32 = 0
        ) throws -> KnownFile? {
            try reader.knownFile(
                recorder: recorder, volumeSerial: serial, path: path, size: size ?? file.size,
                modified: FileTime(seconds: file.modified.seconds, nanoseconds: later))
        }
        let found = try #require(try known())
        #expect(found.item == SampleLedger.name(leaf))
        #expect(found.sha256 == row.sha256)
        #expect(found.probe == row.probe)
        #expect(found.blocks == row.blocks)
        #expect(try known(recorder: "2") == nil)
        #expect(try known(recorder: nil) == nil)
        #expect(try known(serial: "BBBB") == nil)
        #expect(try known(serial: nil) == nil)
        #expect(try known(path: "a.mp4") == nil)
        #expect(try known(size: file.size + 1) == nil)
        #expect(try known(later: 1) == nil)
    }
}
