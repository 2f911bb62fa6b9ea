@testable import CaseIndex
import Evidence
import Testing

@Suite struct CaptureTimesTests {
    private let taken = Timestamp("2024-05-01T12:00:00.000Z") ?? Timestamp(milliseconds: 0)

    private func times(
        named: String? = nil, namedIsUTC: Bool = false, container: String? = nil,
        fileSystem: String? = "2024-05-01T02:00:00Z", duration: Int64? = nil
    ) -> CaptureTimes {
        CaptureTimes(
            named: named.flatMap { CivilTime($0) }, namedIsUTC: namedIsUTC, zone: .china,
            container: container, fileSystem: fileSystem.flatMap { FileTime($0) },
            durationMicroseconds: duration, taken: taken)
    }

    @Test func theNameComesFirstWithTheZoneAssumed() {
        let times = times(
            named: "2024-05-01T09:30:00", container: "2024-05-01T01:31:00Z", duration: 90_500_000)
        #expect(times.startFrom == .named)
        #expect(times.startText == "2024-05-01T09:30:00+08:00")
        #expect(times.endText == "2024-05-01T09:31:30.500+08:00")
        #expect(times.start.description == "2024-05-01T01:30:00.000Z")
    }

    @Test func aNameInUTCIsNotShifted() {
        #expect(
            times(named: "2024-05-01T01:30:00", namedIsUTC: true).startText
                == "2024-05-01T09:30:00+08:00")
    }

    @Test func theContainerComesSecondAndTheFileSystemLast() {
        let second = times(container: "2024-05-01T01:58:00.250000Z", duration: 60_000_000)
        #expect(second.startFrom == .container)
        #expect(second.startText == "2024-05-01T09:58:00.250+08:00")
        let last = times()
        #expect(last.startFrom == .fileSystem)
        #expect(last.startText == "2024-05-01T10:00:00+08:00")
        #expect(last.endText == nil)
    }

    @Test(arguments: [
        ("2024-05-01T10:00:00Z", "only local time agrees with the file system"),
        ("2024-05-01T10:00:00.000000Z", "with a fraction"),
        ("2024:05:01 10:00:00", "no zone at all"),
        ("2024-05-01T10:00:00+0800", "a zone of its own"),
        ("2024-05-01T02:00:00Z", "true UTC"),
    ])
    func aContainersZMayBeLocalTime(created: String, why: String) {
        let times = times(container: created)
        #expect(times.start.description == "2024-05-01T02:00:00.000Z", "\(why)")
        #expect(times.startFrom == .container)
    }

    @Test func aTimeAfterTheFileWasTakenIsReadAsLocalTime() {
        let times = times(container: "2024-05-02T18:00:00Z", fileSystem: nil)
        #expect(times.start.description == "2024-05-02T10:00:00.000Z")
    }

    @Test(arguments: ["1970-01-01T00:00:00", "2000-01-01T00:10:00", "2038-01-19T03:14:07"])
    func aClockThatWasNeverSetIsPassedOver(named: String) {
        let times = times(named: named, container: "2024-05-01T01:58:00Z")
        #expect(times.startFrom == .container)
    }

    @Test func whereNothingCanBeTrueTheFirstClaimIsSaid() {
        let times = times(named: "1970-01-01T08:00:00", fileSystem: "1980-01-01T00:00:00Z")
        #expect(times.startFrom == .named)
        #expect(times.start.milliseconds == 0)
    }

    @Test(arguments: ["", "0000:00:00 00:00:00", "yesterday", "2024-05-01", "2024-05-01T10:00:00?"])
    func whatIsNoTimeIsNoClaim(text: String) {
        #expect(ContainerTime(text) == nil)
        #expect(times(container: text).startFrom == .fileSystem)
    }
}
