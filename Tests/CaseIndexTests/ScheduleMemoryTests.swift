import CaseIndex
import Evidence
import EvidenceTestKit
import Testing

@Suite struct ScheduleMemoryTests {
    private static let hour: Int64 = 3_600_000
    private static let begin: Int64 = 1_767_196_800_000

    /// A schedule of some days, of four officers and three recorders; some tasks last for days.
    private struct Schedule {
        var ledger = SampleLedger(seed: 77)
        var duties: [String: DutyRow] = [:]
        var issues: [RecorderIssueRow] = []

        mutating func moment() -> Timestamp {
            Timestamp(milliseconds: begin + Int64(ledger.random(20 * 24 * 60)) * 60_000)
        }

        mutating func schedule(_ count: Int) throws {
            for _ in 0..<count {
                let start = moment()
                let length = Int64(ledger.random(20) == 0 ? 60 : 1 + ledger.random(5)) * hour
                // Known ids come again with other times and people.
                let id = "D\(ledger.random(150))"
                let number = try CaseNumber(reading: "(2026)闽06执\(1 + ledger.random(9))号")
                duties[id] = DutyRow(
                    id: id, caseNumbers: [number], kind: "search", court: "闽06",
                    officers: [ScheduledOfficer(id: "00000\(ledger.random(4))", name: nil)],
                    recorders: ledger.random(2) == 0 ? [] : ["R\(ledger.random(3))"],
                    plannedStart: start,
                    plannedEnd: Timestamp(milliseconds: start.milliseconds + length))
                ledger.enter(.schedule, rows: [duties[id]].compactMap { $0?.row })
            }
        }

        mutating func issue() {
            let issue = RecorderIssueRow(
                recorder: "R\(ledger.random(3))", step: .issued,
                officer: "00000\(ledger.random(4))", from: moment(), by: "uid:0")
            issues.append(issue)
            ledger.enter(.recorderIssue, rows: [issue.row])
        }

        /// What the index is to say, by looking at every task.
        func near(
            _ times: ClosedRange<Timestamp>, officers: Set<String>, recorder: String?
        ) -> Set<String> {
            let (first, last) = (times.lowerBound.milliseconds, times.upperBound.milliseconds)
            return Set(
                duties.values.filter { duty in
                    let start = duty.window.lowerBound.milliseconds
                    let end = duty.window.upperBound.milliseconds
                    let touches =
                        start <= last + 15 * 60_000 && end >= first - 30 * 60_000
                        && start >= first - 30 * 60_000 - 72 * hour
                    let isTheirs =
                        duty.officers.contains { $0.id.map(officers.contains) ?? false }
                        || recorder.map(duty.recorders.contains) ?? false
                    return touches
                        || isTheirs && (first - 72 * hour...last + 24 * hour).contains(start)
                }.map(\.id))
        }
    }

    @Test func aMemoryAnswersAsTheScheduleStandsAtEachLook() async throws {
        var world = Schedule()
        let index = try SampleIndex()
        let known = ScheduleMemory()
        var (empty, found) = (0, 0)
        for _ in 0..<12 {
            try world.schedule(40)
            if world.ledger.random(3) == 0 { world.issue() }
            try await index.writer.apply(world.ledger.drain())
            var questions: [(ClosedRange<Timestamp>, Set<String>, String)] = []
            for _ in 0..<40 {
                let start = world.moment()
                // Some footage is longer than what is asked for at once.
                let minutes = Int64(world.ledger.random(world.ledger.random(8) == 0 ? 2400 : 90))
                let end = Timestamp(milliseconds: start.milliseconds + minutes * 60_000)
                questions.append(
                    (
                        start...end, ["00000\(world.ledger.random(5))"],
                        "R\(world.ledger.random(4))"
                    ))
            }
            try index.reader.oneLook {
                try known.refresh(index.reader)
                for (times, officers, recorder) in questions {
                    let duties = try index.reader.duties(
                        near: times, officers: officers, recorder: recorder, minutesBefore: 15,
                        minutesAfter: 30, known: known)
                    let expected = world.near(times, officers: officers, recorder: recorder)
                    #expect(Set(duties.map(\.id)) == expected)
                    #expect(duties.count == expected.count, "each once")
                    for duty in duties { #expect(duty == world.duties[duty.id]) }
                    if expected.isEmpty { empty += 1 } else { found += 1 }

                    let holder = try index.reader.holder(
                        of: recorder, at: times.lowerBound, known: known)
                    #expect(
                        try holder
                            == index.reader.holder(of: recorder, at: times.lowerBound))
                    let steps = world.issues.enumerated().filter {
                        $0.element.recorder == recorder && $0.element.from <= times.lowerBound
                    }.sorted { ($0.element.from, $0.offset) < ($1.element.from, $1.offset) }
                    #expect(holder.owner == RecorderHolder(steps.map(\.element)).owner)
                }
            }
        }
        #expect(found > 200 && empty > 0, "the questions are of both kinds: \(found), \(empty)")
    }
}
