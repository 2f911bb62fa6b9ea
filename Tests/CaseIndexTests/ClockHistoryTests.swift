@testable import CaseIndex
import Evidence
import Testing

@Suite struct ClockHistoryTests {
    private let day: Int64 = 86_400_000
    private let minute: Int64 = 60_000

    private func history(_ measurements: (day: Int64, offset: Int64)...) -> ClockHistory {
        ClockHistory(measurements.map { .init(at: $0.day * day, offset: $0.offset) })
    }

    @Test func nothingMeasuredSaysNothing() {
        #expect(history().offset(atReading: 5 * day, taken: 6 * day) == nil)
    }

    @Test func oneMeasurementSpeaksForWhatWasOnTheRecorderAndForAMonth() {
        let history = history((100, 5 * minute))
        // Shot long before, but docked as the clock was measured.
        #expect(history.offset(atReading: 3 * day, taken: 100 * day) == 5 * minute)
        // Shot and docked long before.
        #expect(history.offset(atReading: 3 * day, taken: 4 * day) == nil)
        #expect(history.offset(atReading: 80 * day, taken: 81 * day) == 5 * minute)
        #expect(history.offset(atReading: 120 * day, taken: 121 * day) == 5 * minute)
        #expect(history.offset(atReading: 140 * day, taken: 141 * day) == nil)
    }

    @Test func driftIsInterpolated() {
        let history = history((100, 0), (200, 200_000))
        let middle = history.offset(atReading: 150 * day + 100_000, taken: 151 * day)
        #expect(middle == 100_000)
        let quarter = history.offset(atReading: 125 * day + 50_000, taken: 126 * day)
        #expect(quarter == 50_000)
    }

    /// Between the two somebody set the clock, at the docking in between.
    @Test func aStepIsNotInterpolated() {
        let history = history((100, 8 * 60 * minute), (110, 0))
        #expect(history.offset(atReading: 105 * day, taken: 106 * day) == 0)
        #expect(history.offset(atReading: 99 * day, taken: 100 * day) == 8 * 60 * minute)
    }

    /// A clock of 2000 that was set in between: its footage of before goes by the first measurement.
    @Test func yearsAreMendedWhereThatIsPossible() {
        let behind = -20 * 365 * day
        let history = history((9000, behind), (9010, 0))
        #expect(history.offset(atReading: 8999 * day + behind, taken: 9000 * day) == behind)
        #expect(history.offset(atReading: 9005 * day, taken: 9006 * day) == 0)
    }

    @Test func nothingIsPutAfterItsOwnDocking() {
        // The clock was right as this was shot, and fell back later.
        let history = history((9000, -20 * 365 * day))
        #expect(history.offset(atReading: 8990 * day, taken: 9000 * day) == nil)
    }

    @Test func arithmeticHoldsAtTheEnds() {
        let century: Int64 = 3_155_760_000_000
        let history = ClockHistory([
            .init(at: -62_135_596_800_000, offset: -century),
            .init(at: 253_402_300_799_000, offset: century),
        ])
        for reading: Int64 in [-62_135_596_800_000, 0, 253_402_300_799_000] {
            _ = history.offset(atReading: reading, taken: 0)
        }
    }
}

@Suite struct ClockFlagTests {
    private func flags(
        _ named: String?, zone: String = "+08:00", container: String? = nil,
        fileSystem: String? = nil, taken: String = "2024-05-01T12:00:00.000Z", offset: Int64? = nil
    ) throws -> Set<ClockFlag> {
        let zone = try #require(ZoneOffset(zone))
        let taken = try #require(Timestamp(taken))
        let file = fileSystem.flatMap { FileTime($0) }
        return CaptureTimes(
            named: named.flatMap { CivilTime($0) }, namedIsUTC: false, zone: zone,
            container: container, fileSystem: file, durationMicroseconds: 60_000_000, taken: taken
        ).flags(zone: zone, container: container, fileSystem: file, taken: taken, offset: offset)
    }

    @Test(arguments: ["1970-01-01T08:00:10", "2000-01-01T00:00:00", "1980-01-01T00:00:00"])
    func aClockThatWasNeverSet(time: String) throws {
        #expect(try flags(time) == [.neverSet])
    }

    @Test func theFutureAndItsLikelyCause() throws {
        #expect(try flags("2024-05-02T03:00:00") == [.futureByZone])
        #expect(try flags("2024-06-01T00:00:00") == [.future])
        #expect(try flags("2024-05-01T20:03:00") == [])
        // Once it is measured there is nothing impossible left.
        #expect(try flags("2024-05-02T03:00:00", offset: 8 * 3_600_000) == [])
    }

    @Test func eightHoursApart() throws {
        // The name is local time, and the container calls the same UTC.
        #expect(
            try flags("2024-05-01T09:30:00", container: "2024-05-01T09:30:00Z") == [.zoneApart])
        #expect(try flags("2024-05-01T09:30:00", container: "2024-05-01T01:30:00Z") == [])
        #expect(
            try flags("2024-05-01T09:30:00", fileSystem: "2024-05-01T09:31:00Z") == [.zoneApart])
    }

    /// Clocks that change for summer, by the distance that the container names.
    @Test(arguments: [
        ("2024-03-31T01:59:59+0100", "2024-03-31T00:59:59.000Z"),
        ("2024-03-31T03:00:00+0200", "2024-03-31T01:00:00.000Z"),
        ("2023-10-29T02:30:00+0200", "2023-10-29T00:30:00.000Z"),
        ("2023-10-29T02:30:00+0100", "2023-10-29T01:30:00.000Z"),
        ("2024-02-29T23:59:59+0800", "2024-02-29T15:59:59.000Z"),
    ])
    func zonesAndLeapDays(container: String, moment: String) throws {
        let taken = try #require(Timestamp("2024-05-01T12:00:00.000Z"))
        let times = CaptureTimes(
            named: nil, namedIsUTC: false, zone: .china, container: container, fileSystem: nil,
            durationMicroseconds: nil, taken: taken)
        #expect(times.start.description == moment)
    }

    @Test func aLeapDayInANameAndAYearWithoutOne() throws {
        #expect(CivilTime("2024-02-29T23:59:30") != nil)
        #expect(CivilTime("2023-02-29T23:59:30") == nil)
        let taken = try #require(Timestamp("2024-05-01T12:00:00.000Z"))
        let times = CaptureTimes(
            named: CivilTime("2024-02-29T23:59:30"), namedIsUTC: false, zone: .china,
            container: nil, fileSystem: nil, durationMicroseconds: 60_000_000, taken: taken)
        #expect(times.endText == "2024-03-01T00:00:30+08:00")
        let mended = times.mended(by: 86_400_000, zone: .china)
        #expect(mended.startText == "2024-02-28T23:59:30+08:00")
    }
}
