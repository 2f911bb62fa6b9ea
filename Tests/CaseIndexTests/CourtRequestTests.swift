import CaseIndex
import Evidence
import Testing

/// Whatever a ledger holds, a request stands as two people made it stand.
@Suite struct CourtRequestTests {
    private struct World {
        var ledger = SampleLedger(seed: 91)
        var request = ""

        mutating func ask(by: String) throws {
            let row = CourtRequestRow(
                caseNumber: try CaseNumber(reading: "(2026)闽06执1号"), court: "某法院", letter: "函1",
                document: "0602-1", sha256: SHA256Digest(words: (1, 2, 3, 4)), from: nil, to: nil,
                why: "x", by: by)
            request = SampleLedger.name(ledger.enter(.order, rows: [row.row]))
        }

        mutating func step(_ kind: CourtRequestStepRow.Step, by: String) {
            var step = CourtRequestStepRow(request: request, step: kind, why: "x", by: by)
            (step.bag, step.items, step.receiver) = (SHA256Digest(words: (5, 6, 7, 8)), 1, "y")
            ledger.enter(.order, rows: [step.row])
        }
    }

    private func states(
        _ steps: [(CourtRequestStepRow.Step, String)]
    ) async throws -> [String] {
        var world = World()
        try world.ask(by: "account:a")
        let index = try SampleIndex()
        var states: [String] = []
        for (step, by) in steps {
            world.step(step, by: by)
            try await index.writer.apply(world.ledger.drain())
            states.append(try #require(try index.reader.courtRequest(world.request)).state)
        }
        return states
    }

    @Test func twoOthersApproveAndThenItGoesItsWay() async throws {
        let found = try await states([
            (.packed, "account:b"), (.approved, "account:a"), (.approved, "account:b"),
            (.approved, "account:b"), (.delivered, "account:b"), (.approved, "account:c"),
            (.delivered, "account:b"), (.packed, "uid:0"), (.packed, "uid:0"),
            (.refused, "account:b"), (.delivered, "account:b"), (.refused, "account:b"),
        ])
        #expect(
            found == [
                "open", "open", "open", "open", "open", "approved", "approved", "packed", "packed",
                "packed", "delivered", "delivered",
            ])
    }

    @Test func whatIsRefusedStaysSo() async throws {
        let found = try await states([
            (.approved, "account:b"), (.refused, "account:b"), (.approved, "account:c"),
            (.packed, "account:c"),
        ])
        #expect(found == ["open", "refused", "refused", "refused"])
    }

    @Test func stepsThatDoNotCountAreNotTold() async throws {
        var world = World()
        try world.ask(by: "account:a")
        for account in ["account:a", "account:b", "account:b", "account:c"] {
            world.step(.approved, by: account)
        }
        let index = try await SampleIndex(world.ledger)
        let found = try #require(try index.reader.courtRequest(world.request))
        #expect(found.steps.map(\.row.by) == ["account:b", "account:c"])
        #expect(try index.reader.courtRequests(limit: 10).map(\.name) == [world.request])
        #expect(try index.reader.courtRequest("0602-999") == nil)
    }
}
