import CaseIndex
import Evidence
import Testing

@Suite struct VisitTests {
    @Test func aDockingWithoutItsEndIsUnfinishedUntilItsRecorderWasHereAgain() async throws {
        var ledger = SampleLedger(seed: 41)
        let cut = ledger.dock(recorder: "A")
        let other = ledger.dock(recorder: "B")
        ledger.undock(other)
        let index = try await SampleIndex(ledger)
        #expect(try index.reader.unfinishedVisits().map(\.visit) == [SampleLedger.name(cut)])
        let again = ledger.dock(recorder: "A")
        try await index.writer.apply(ledger.events)
        // One line a recorder: the newer one speaks for it.
        #expect(try index.reader.unfinishedVisits().map(\.visit) == [SampleLedger.name(again)])
        ledger.undock(again)
        try await index.writer.apply(ledger.events)
        #expect(try index.reader.unfinishedVisits().isEmpty)
    }

    @Test func aRecorderPulledTooEarlyIsUnfinishedToo() async throws {
        var ledger = SampleLedger(seed: 42)
        ledger.undock(ledger.dock(recorder: "A"), .interrupted)
        ledger.undock(ledger.dock(recorder: "B"), .failed)
        ledger.undock(ledger.dock(recorder: "C"), .complete)
        let visits = try await SampleIndex(ledger).reader.unfinishedVisits()
        #expect(visits.map(\.recorder) == ["A", "B"])
        #expect(visits.map(\.outcome) == ["interrupted", "failed"])
        #expect(visits.first?.volumeLabel == "BODYCAM")
    }

    @Test func aRecorderWithoutANumberIsToldByItsVolume() async throws {
        var ledger = SampleLedger(seed: 43)
        let cut = ledger.dock(recorder: nil, serial: "1111")
        ledger.undock(ledger.dock(recorder: nil, serial: "2222"))
        let index = try await SampleIndex(ledger)
        #expect(try index.reader.unfinishedVisits().map(\.visit) == [SampleLedger.name(cut)])
        ledger.undock(ledger.dock(recorder: nil, serial: "1111"))
        try await index.writer.apply(ledger.events)
        #expect(try index.reader.unfinishedVisits().isEmpty)
    }

    @Test func aRecorderMayBeClearedOfExactlyTheFilesOfItsLastVisit() async throws {
        var ledger = SampleLedger(seed: 44)
        let first = ledger.dock(recorder: "A")
        var row = ledger.fileRow(visit: first, path: "old.mp4", recorder: "A", officer: nil)
        let old = ledger.ingest(row)
        ledger.undock(first, mayBeCleared: true)
        let index = try await SampleIndex(ledger)
        #expect(try index.reader.clearable().map(\.path) == ["old.mp4"])

        let second = ledger.dock(recorder: "A")
        let new = ledger.ingest(
            ledger.fileRow(visit: second, path: "new.mp4", recorder: "A", officer: nil))
        row.item = SampleLedger.name(old)
        row.visit = SampleLedger.name(second)
        ledger.enter(.duplicate, rows: [row.row], previous: second)
        try await index.writer.apply(ledger.events)
        #expect(try index.reader.clearable().isEmpty)
        ledger.undock(second, mayBeCleared: true)
        try await index.writer.apply(ledger.events)
        let files = try index.reader.clearable()
        #expect(files.map(\.path) == ["new.mp4", "old.mp4"])
        #expect(files.map(\.item) == [new, old].map(SampleLedger.name))
        #expect(files.map(\.visit) == [second, second].map(SampleLedger.name))
        #expect(files.last?.sha256 == row.sha256)
    }

    @Test func refusalsFindingsAndPartialCopiesAreKept() async throws {
        var ledger = SampleLedger(seed: 45)
        let visit = ledger.dock(recorder: "A")
        let name = SampleLedger.name(visit)
        ledger.enter(
            .refusal,
            rows: ["x", "y"].map {
                RefusalRow(visit: name, path: RecorderPath($0), code: "io-error", reason: "EIO").row
            }, previous: visit)
        let finding = Finding(
            code: "written-while-docked", subject: name, message: Bilingual("a", "b"),
            expected: "ro", found: "rw")
        ledger.enter(
            .finding,
            rows: [FindingRow(visit: name, item: nil, path: nil, finding: finding).row])
        let digest: SHA256Digest = ledger.digest()
        ledger.enter(
            .quarantine,
            rows: [
                QuarantineRow(
                    item: nil, visit: name, path: "half.mp4", code: "incomplete",
                    reason: "bytes 4096 to 8192", size: 9000, sha256: digest, sm3: nil,
                    unreadable: [4096..<8192]
                ).row
            ])
        let reader = try await SampleIndex(ledger).reader
        #expect(try reader.refusals(visit: name).map(\.path) == ["x", "y"])
        #expect(try reader.refusals(visit: "0602-77").isEmpty)
        #expect(try reader.refusals().count == 2)
        #expect(try reader.findings(visit: name) == [finding])
        let doubt = try #require(try reader.quarantined().first)
        #expect(doubt.item == nil)
        #expect(doubt.sha256 == digest)
        #expect(doubt.path == "half.mp4")
        #expect(try reader.list().isEmpty)
    }

    @Test func aDoubtfulItemSaysWhy() async throws {
        var ledger = SampleLedger(seed: 46)
        let visit = ledger.dock(recorder: "A")
        let row = ledger.fileRow(visit: visit, path: "a.mp4", recorder: "A", officer: nil)
        let name = SampleLedger.name(ledger.ingest(row))
        let doubt = QuarantineRow(
            item: name, visit: SampleLedger.name(visit), path: "a.mp4", code: "checksum-differs",
            reason: "as its .md5 has it", size: 1, sha256: nil, sm3: nil, unreadable: [])
        ledger.enter(.quarantine, rows: [doubt.row])
        let index = try await SampleIndex(ledger)
        let json = try #require(try index.record(name)?.json)
        #expect(
            json[key: "quarantine"]
                == ["code": "checksum-differs", "reason": "as its .md5 has it"])
        #expect(try index.reader.list().first?.quarantineCode == "checksum-differs")
        #expect(try index.reader.quarantined().map(\.item) == [name])
        #expect(try index.reader.counts().quarantined == 1)
    }
}
