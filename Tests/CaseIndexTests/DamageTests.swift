import CaseIndex
import Evidence
import EvidenceTestKit
import Glibc
import Testing

@Suite struct DamageTests {
    /// A whole index that nobody has open.
    private struct ClosedIndex {
        let directory = TemporaryDirectory()
        var path: String { directory.path + "/index.sqlite" }
    }

    private func sound() async throws -> ClosedIndex {
        var ledger = SampleLedger(seed: 21)
        ledger.live(visits: 4, filesEach: 10)
        let index = ClosedIndex()
        let writer = try IndexWriter.open(path: index.path, origin: SampleLedger.origin)
        try await writer.apply(ledger.events)
        try writer.close()
        return index
    }

    private func damage(of path: String) -> IndexFailure.Code? {
        do {
            _ = try IndexWriter.open(path: path, origin: SampleLedger.origin)
            return nil
        } catch {
            return (error as? IndexFailure)?.kind
        }
    }

    private func patch(_ path: String, at offset: off_t, _ bytes: [UInt8]) {
        let descriptor = open(path, O_WRONLY)
        defer { close(descriptor) }
        #expect(pwrite(descriptor, bytes, bytes.count, offset) == bytes.count)
    }

    @Test func aSoundIndexIsUsable() async throws {
        let index = try await sound()
        #expect(IndexWriter.isUsable(path: index.path, origin: SampleLedger.origin))
        #expect(try IndexReader(path: index.path).damage().isEmpty)
    }

    @Test func whatIsNoDatabaseIsRecognised() throws {
        let directory = TemporaryDirectory()
        let path = directory.write(Array(repeating: 0x41, count: 9000), at: "index.sqlite")
        #expect(!IndexWriter.isUsable(path: path, origin: SampleLedger.origin))
        #expect(damage(of: path) == .damaged)
    }

    @Test func anIndexThatIsNotThereIsNotUsableAndIsMade() throws {
        let directory = TemporaryDirectory()
        let path = directory.path + "/index.sqlite"
        #expect(!IndexWriter.isUsable(path: path, origin: SampleLedger.origin))
        let failure = #expect(throws: IndexFailure.self) { try IndexReader(path: path) }
        #expect(failure?.kind == .unavailable)
        #expect(damage(of: path) == nil)
        #expect(IndexWriter.isUsable(path: path, origin: SampleLedger.origin))
    }

    @Test func anEmptyFileIsNotUsableAndIsMadeAnIndex() throws {
        let directory = TemporaryDirectory()
        let path = directory.write([], at: "index.sqlite")
        #expect(!IndexWriter.isUsable(path: path, origin: SampleLedger.origin))
        #expect(damage(of: path) == nil)
    }

    @Test func anotherProgramsDatabaseIsLeftAlone() async throws {
        let index = try await sound()
        // The application id stands at byte 68 of the header (sqlite.org/fileformat.html).
        patch(index.path, at: 68, [0, 0, 0, 9])
        #expect(!IndexWriter.isUsable(path: index.path, origin: SampleLedger.origin))
        #expect(damage(of: index.path) == .damaged)
    }

    @Test func aNewerSchemaIsLeftAlone() async throws {
        let index = try await sound()
        // The user version stands at byte 60.
        patch(index.path, at: 60, [0, 0, 0, 99])
        #expect(!IndexWriter.isUsable(path: index.path, origin: SampleLedger.origin))
        #expect(damage(of: index.path) == .damaged)
    }

    @Test func anotherStationsIndexIsLeftAlone() async throws {
        let index = try await sound()
        #expect(!IndexWriter.isUsable(path: index.path, origin: "elsewhere.example/1"))
        let failure = #expect(throws: IndexFailure.self) {
            try IndexWriter.open(path: index.path, origin: "elsewhere.example/1")
        }
        #expect(failure?.kind == .damaged)
    }

    @Test func damagedPagesComeToLight() async throws {
        let index = try await sound()
        var status = stat()
        #expect(stat(index.path, &status) == 0)
        for offset in stride(from: off_t(8192), to: status.st_size, by: 4096) {
            patch(index.path, at: offset, Array(repeating: 0xa5, count: 600))
        }
        let reader = try? IndexReader(path: index.path)
        let failure = #expect(throws: IndexFailure.self) {
            guard let reader else { throw IndexFailure(.damaged) }
            _ = try reader.list()
            guard try reader.damage().isEmpty else { throw IndexFailure(.damaged) }
        }
        #expect(failure?.kind == .damaged)
    }

    @Test func damageAnywhereIsAFailureAndNeverACrash() async throws {
        var generator = SeededGenerator(seed: 22)
        let index = try await sound()
        var status = stat()
        #expect(stat(index.path, &status) == 0)
        for _ in 0..<60 {
            let offset = off_t.random(in: 100..<status.st_size - 64, using: &generator)
            patch(index.path, at: offset, (0..<64).map { _ in generator.next(upperBound: 255) })
            guard let reader = try? IndexReader(path: index.path) else { continue }
            _ = try? reader.list()
            _ = try? reader.clearable()
            _ = try? reader.unfinishedVisits()
            try? reader.everyItem { name, _, _ in _ = try? reader.item(name.description) }
            try? reader.orderedDump { _ in }
        }
    }

    @Test func everyFailureHasWordsInBothLanguages() {
        for code in IndexFailure.Code.allCases {
            let failure = IndexFailure(code, detail: "x")
            #expect(failure.disposition == .retry)
            #expect(failure.problem.english != failure.problem.chinese)
            #expect(failure.nextStep.english != failure.nextStep.chinese)
        }
    }
}
