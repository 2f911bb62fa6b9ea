import Evidence
import EvidenceTestKit
import GRDB
import Synchronization
import Testing

@testable import CaseIndex

/// How SQLite goes about what is asked of it for each file: never by a whole table.
struct PlanTests {
    private final class Heard: Sendable {
        private let statements = Mutex<Set<String>>([])
        var all: [String] { statements.withLock { $0.sorted() } }

        func listen(to db: Database) {
            db.trace { event in
                if case .statement(let statement) = event {
                    _ = self.statements.withLock { $0.insert(statement.sql) }
                }
            }
        }
    }

    /// Tables of a few rows, whatever the station's age.
    private static let small = [
        "origins", "json_each", "grams", "CONSTANT ROW", "(subquery", "main.grams", "page",
    ]

    private static func isWhole(_ step: String) -> Bool {
        if step.hasSuffix("(origin=?)") || step.contains("(ANY(origin)") { return true }
        guard step.hasPrefix("SCAN ") else { return false }
        return !small.contains { step.dropFirst(5).hasPrefix($0) }
    }

    private static func whole(_ heard: Heard, _ db: Database) throws -> [String] {
        try heard.all.filter { ["SELECT", "UPDATE", "DELETE", "INSERT"].contains($0.prefix(6)) }
            .flatMap { sql in
                let statement = try db.makeStatement(sql: "EXPLAIN QUERY PLAN \(sql)")
                statement.setUncheckedArguments(StatementArguments())
                return try Row.fetchAll(statement)
                    .map { $0["detail"] as String }.filter(isWhole).map { "\($0): \(sql)" }
            }
    }

    private static func ledger() throws -> SampleLedger {
        var ledger = SampleLedger(seed: 5)
        ledger.live(visits: 6, filesEach: 4)
        let visit = ledger.dock(recorder: "R1", officer: "000042")
        let number = try CaseNumber(reading: "（2019）闽06执123号")
        for minute in 0..<3 as Range<Int64> {
            let captured = CivilTime(secondsSince1970: 1_565_400_000 + minute * 60)
            let leaf = ledger.ingest(
                ledger.fileRow(
                    visit: visit, path: RecorderPath("\(minute).mp4"), recorder: "R1",
                    officer: "000042", captured: captured))
            ledger.describe(leaf)
            ledger.schedule(number, id: "D\(minute)", at: 1_565_371_200_000)
            ledger.assign(leaf, to: number, seen: ledger.next - 2)
        }
        return ledger
    }

    @Test func aFileMoreReadsNoWholeTable() async throws {
        let (heard, ledger) = (Heard(), try Self.ledger())
        let queue = try DatabaseQueue()
        try await queue.write { db in
            try db.execute(sql: "PRAGMA foreign_keys = OFF")
        }
        try queue.inDatabase { db in
            try IndexFormat.make(db)
            try db.execute(sql: "INSERT INTO origins (id, origin, nextLeaf) VALUES (1, 'o', 0)")
            heard.listen(to: db)
            let projection = Projection(tables: IndexTables(db: db, origin: 1))
            try db.inTransaction {
                for event in ledger.events { try projection.apply(event) }
                try projection.tables.refreshSearch()
                return .commit
            }
            db.trace()
            #expect(heard.all.count > 40)
            #expect(try Self.whole(heard, db) == [])
        }
    }

    @Test func matchingAndLookingAtAFileReadNoWholeTable() async throws {
        let (heard, ledger) = (Heard(), try Self.ledger())
        let index = try await SampleIndex(ledger)
        index.reader.queue.unsafeReentrantRead { heard.listen(to: $0) }
        let day = Timestamp(milliseconds: 1_565_371_200_000)
        for item in try index.reader.unmatched(after: -1, limit: 10) + [] {
            _ = try index.reader.duties(
                near: item.begins...(item.ends ?? item.begins), officers: ["000042"],
                recorder: "R1", minutesBefore: 15, minutesAfter: 30)
        }
        let last = try #require(ledger.items.last)
        _ = try index.reader.matchable(last.name)
        _ = try index.reader.holder(of: "R1", at: day)
        _ = try index.record(last.name)
        _ = try index.reader.retained(last.name)
        _ = try index.reader.clock(of: "R1")
        _ = try index.reader.duties(of: .officer, "000042")
        _ = try index.reader.knownCase(CaseNumber(reading: "（2019）闽06执123号"))
        for change: (inout ListFilter) -> Void in [
            { _ in }, { $0.officer = "000042" }, { $0.recorder = "R1" }, { $0.from = day },
            { $0.caseNumber = try? CaseNumber(reading: "（2019）闽06执123号") },
            { $0.isUnassigned = true }, { $0.terms = SearchTerm.terms(of: "强制") },
        ] {
            var filter = ListFilter()
            change(&filter)
            _ = try index.reader.list(filter)
        }
        try index.reader.queue.unsafeReentrantRead { db in
            db.trace()
            #expect(heard.all.count > 20)
            // The list walks an index in its own order until it has its lines.
            let found = try Self.whole(heard, db).filter {
                !$0.hasPrefix("SCAN i USING INDEX itemsBy")
                    && !$0.hasPrefix("SCAN i USING INDEX itemsUnlinked")
            }
            #expect(found == [])
        }
    }

    @Test func whatCameWhileTheMatcherThoughtIsThoughtOfAgain() async throws {
        var ledger = try Self.ledger()
        let number = try CaseNumber(reading: "（2019）闽06执123号")
        let leaf = try #require(ledger.items.last?.leaf)
        let seen = ledger.next
        ledger.schedule(number, id: "D9", at: 1_500_000_000_000)
        ledger.assign(leaf, to: number, seen: seen)
        #expect(
            try await SampleIndex(ledger).reader.unmatched(after: leaf - 1, limit: 9).map(\.leaf)
                == [leaf])
        ledger.assign(leaf, to: number, seen: ledger.next)
        #expect(try await SampleIndex(ledger).reader.unmatched(after: leaf - 1, limit: 9).isEmpty)
    }
}

extension SampleLedger {
    /// A field task of two hours of officer 000042.
    fileprivate mutating func schedule(_ number: CaseNumber, id: String, at begin: Int64) {
        let duty = DutyRow(
            id: id, caseNumbers: [number], kind: "search", court: "闽06",
            officers: [ScheduledOfficer(id: "000042", name: nil)], recorders: ["R1"],
            plannedStart: Timestamp(milliseconds: begin),
            plannedEnd: Timestamp(milliseconds: begin + 7_200_000))
        enter(.schedule, rows: [duty.row])
    }

    /// What the matcher says of a file.
    fileprivate mutating func assign(_ leaf: Int64, to number: CaseNumber, seen: Int64) {
        let item = Self.name(leaf)
        enter(
            .assignment,
            rows: [
                MatchRow(
                    item: item, decision: "assign", proposed: [], candidates: [], seen: seen
                ).row,
                AssignmentRow(
                    item: item, caseNumber: number, step: .assigned, duty: "D0", points: 99,
                    reasons: [], by: AssignmentRow.matcher
                ).row,
            ])
    }
}
