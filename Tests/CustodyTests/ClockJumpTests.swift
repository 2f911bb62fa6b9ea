import Custody
import Evidence
import Synchronization
import Testing

struct ClockJumpTests {
    private static let day: Int64 = 86_400_000

    /// Kinds of the leaves after one event, a step of the clock, and another event.
    private func kinds(step: Int64, uptime: Duration?) async throws -> [CustodyEventKind] {
        let store = try LedgerStore()
        var ledger = try store.open()
        try await ledger.enter(events(0..<1))
        if uptime == nil {
            try await ledger.close()
            ledger = try store.open()
        }
        store.clock.withLock { $0 = Timestamp(milliseconds: $0.milliseconds + step) }
        if let uptime { store.uptime.withLock { $0 += uptime } }
        try await ledger.enter(events(1..<2))
        try await ledger.enter(events(2..<3))
        try await ledger.close()
        var kinds: [CustodyEventKind] = []
        try store.reader().events(from: 0) { kinds.append($0.leaf.event) }
        return kinds
    }

    @Test(arguments: [-365 * day, -10_000, 10_000, 365 * day, 4000 * day])
    func aJumpWhileItRunsIsOneFindingBeforeTheNextEvent(step: Int64) async throws {
        let kinds = try await kinds(step: step, uptime: .seconds(0))
        #expect(kinds == [.annotation, .finding, .annotation, .annotation])
    }

    @Test(arguments: [-365 * day, -10_000, 365 * day])
    func aJumpAcrossAStartIsFound(step: Int64) async throws {
        let kinds = try await kinds(step: step, uptime: nil)
        #expect(kinds == [.annotation, .finding, .annotation, .annotation])
    }

    @Test func timeThatReallyPassedIsNoJump() async throws {
        let all = [CustodyEventKind](repeating: .annotation, count: 3)
        #expect(try await kinds(step: 400 * Self.day, uptime: .seconds(400 * 86_400)) == all)
        #expect(try await kinds(step: 30 * Self.day, uptime: nil) == all)
        #expect(try await kinds(step: -400, uptime: .milliseconds(100)) == all)
    }
}
