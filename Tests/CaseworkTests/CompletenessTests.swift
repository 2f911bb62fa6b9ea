import Evidence
import Testing

@testable import Casework

/// What ought to be there after a field task.
struct CompletenessTests {
    private static func at(_ minute: Int64) -> Timestamp {
        Timestamp(milliseconds: 1_565_398_800_000 + minute * 60_000)
    }

    private static func duty(_ kind: String = "search") throws -> DutyRow {
        DutyRow(
            id: "D1", caseNumbers: [try CaseNumber(reading: "2019闽06执123")], kind: kind,
            court: "闽06",
            officers: [
                ScheduledOfficer(id: "1", name: nil), ScheduledOfficer(id: "2", name: nil),
            ], recorders: [], plannedStart: at(0), plannedEnd: at(120))
    }

    private static func footage(
        _ item: String, _ begins: Int64, _ ends: Int64, recorder: String = "R1",
        officer: String = "1", missing: Int64 = 0, problem: String? = nil
    ) -> DutyCoverage.Footage {
        DutyCoverage.Footage(
            item: item, recorder: recorder, officer: officer, begins: at(begins), ends: at(ends),
            missing: missing, problem: problem)
    }

    private static func ids(
        _ footage: [DutyCoverage.Footage], kind: String = "search",
        recorders: [String: Timestamp?] = [:], elsewhere: [String: Int64] = [:],
        now: Int64 = 10_000, rules: CompletenessRules = CompletenessRules()
    ) throws -> [String] {
        let coverage = DutyCoverage(
            duty: try duty(kind), footage: footage, recorders: recorders, elsewhere: elsewhere)
        return CompletenessCheck(rules, now: at(now)).findings(coverage).map(\.id)
    }

    private static let whole = [
        footage("a", 0, 60), footage("b", 60, 120),
        footage("c", 0, 119, recorder: "R2", officer: "2"),
    ]

    @Test func nothingIsMissingOfATaskThatIsRecordedWhole() throws {
        #expect(try Self.ids(Self.whole, recorders: ["R1": Self.at(300)]).isEmpty)
    }

    @Test func nothingIsSaidBeforeATaskIsOver() throws {
        #expect(try Self.ids([], recorders: ["R1": nil], now: 119).isEmpty)
        #expect(try Self.ids([], recorders: ["R1": nil], now: 121) == ["no-footage:D1"])
    }

    @Test func threeOfFourRecorded() throws {
        #expect(
            try Self.ids([Self.footage("a", 0, 120)]) == [
                "officer-without-footage:D1:2", "too-few-recorders:D1",
            ])
        #expect(
            try Self.ids([Self.footage("a", 0, 120)], kind: "service") == [
                "officer-without-footage:D1:2"
            ])
    }

    @Test func aHoleIsOneThatNoRecorderSaw() throws {
        let halves = [
            Self.footage("a", 0, 30), Self.footage("c", 45, 120, recorder: "R2", officer: "2"),
        ]
        #expect(try Self.ids(halves) == ["gap:D1:\(Self.at(30))"])
        #expect(try Self.ids(halves + [Self.footage("d", 20, 50)]).isEmpty)
        var rules = CompletenessRules()
        rules.gapMinutes = 16
        #expect(try Self.ids(halves, rules: rules).isEmpty)
    }

    @Test func whatLiesBesideTheTimeEndsNoHole() throws {
        let later = Self.footage("z", 135, 140)
        #expect(
            try Self.ids([Self.footage("a", 0, 100), later], kind: "service").contains {
                $0.hasPrefix("gap")
            } == false)
        #expect(try Self.ids(Self.whole + [later]).isEmpty)
    }

    @Test func footageAtAnotherHourIsToldApartFromNone() throws {
        #expect(
            try Self.ids([], elsewhere: ["1": 3]) == [
                "footage-elsewhere:D1:1", "officer-without-footage:D1:2",
            ])
        #expect(
            try Self.ids([Self.footage("a", 0, 120)], kind: "service", elsewhere: ["2": 1])
                == ["footage-elsewhere:D1:2"])
        #expect(try Self.ids(Self.whole, elsewhere: ["1": 3]).isEmpty)
    }

    @Test func missingNumbersAndDamagedFiles() throws {
        let files =
            Self.whole + [
                Self.footage("d", 10, 20, missing: 2),
                Self.footage("e", 20, 21, problem: "damaged"),
            ]
        #expect(try Self.ids(files) == ["missing-sequence:D1:d", "damaged:D1:e"])
    }

    @Test func recordersAreDockedWithinADay() throws {
        let day: Int64 = 24 * 60
        func ids(_ docked: Int64?, now: Int64) throws -> [String] {
            try Self.ids(Self.whole, recorders: ["R1": docked.map(Self.at)], now: now)
        }
        #expect(try ids(nil, now: 120 + day).isEmpty)
        #expect(try ids(nil, now: 121 + day) == ["not-docked:D1:R1"])
        #expect(try ids(120 + day, now: 5000).isEmpty)
        #expect(try ids(121 + day, now: 5000) == ["docked-late:D1:R1"])
    }

    @Test func rulesAreDataAndUnknownNamesAreTold() throws {
        let rules = try CompletenessRules(json: ["recorders": ["service": 3], "gapMinutes": 5])
        #expect(
            rules.recorders == ["service": 3] && rules.gapMinutes == 5 && rules.hoursToDock == 24)
        for wrong: JSONValue in [
            [], ["gap": 5], ["gapMinutes": -1], ["gapMinutes": "5"], ["recorders": 2],
            ["recorders": ["search": "two"]],
        ] {
            #expect(throws: TableFault.self) { try CompletenessRules(json: wrong) }
        }
    }
}
