import Evidence
import Testing

@testable import Casework

@Suite("Footage and field tasks")
struct MatcherTests {
    private func time(_ text: String) throws -> Timestamp {
        try #require(Timestamp("2019-08-10T\(text):00.000Z"))
    }

    private func duty(
        _ id: String, _ officers: [String], _ from: String, _ to: String,
        cases: [String] = ["（2019）闽06执123号"], recorders: [String] = [],
        place: MatchSubject.Point? = nil
    ) throws -> DutyRow {
        DutyRow(
            id: id, caseNumbers: try cases.map { try CaseNumber(reading: $0) }, kind: "search",
            court: "闽06", officers: officers.map { ScheduledOfficer(id: $0, name: nil) },
            recorders: recorders, plannedStart: try time(from), plannedEnd: try time(to),
            latitude: place?.latitude, longitude: place?.longitude,
            radius: place == nil ? nil : 300)
    }

    private func footage(
        _ from: String, _ to: String, claimed: String? = nil, registered: String? = nil,
        attributed: String? = nil, recorder: String? = "R1"
    ) throws -> MatchSubject {
        var subject = MatchSubject(begins: try time(from), ends: try time(to))
        subject.recorder = recorder
        subject.claimedOfficer = claimed
        subject.registeredOfficer = registered
        subject.attributedOfficer = attributed
        return subject
    }

    private func codes(_ candidate: MatchCandidate?) -> Set<String> {
        Set(candidate?.reasons.map(\.code.rawValue) ?? [])
    }

    @Test("The officer of the register within the time is linked")
    func plain() throws {
        let duties = [
            try duty("D1", ["1"], "01:00", "03:00"),
            try duty("D2", ["2"], "01:00", "03:00", cases: ["（2019）闽06执9号"]),
        ]
        let result = Matcher().match(try footage("01:10", "01:40", registered: "1"), duties)
        #expect(result.decision == .assign)
        #expect(result.candidates.map(\.duty.id) == ["D1", "D2"])
        #expect(
            codes(result.candidates.first) == ["registered-officer", "time-inside", "only-task"])
        #expect(codes(result.candidates.last) == ["other-officer", "time-inside"])
    }

    @Test("A claim alone is enough only where nothing else is near")
    func claim() throws {
        let footage = try footage("01:10", "01:40", claimed: "1")
        let first = try duty("D1", ["1"], "01:00", "03:00")
        #expect(Matcher().match(footage, [first]).decision == .assign)
        let second = try duty("D2", ["1"], "01:30", "04:00", cases: ["（2019）闽06执9号"])
        #expect(Matcher().match(footage, [first, second]).decision == .propose)
    }

    @Test("Neither the officer nor the time alone links")
    func halves() throws {
        let duty = try duty("D1", ["1"], "01:00", "03:00")
        #expect(
            Matcher().match(try footage("01:10", "01:40"), [duty]).decision == .propose)
        #expect(
            Matcher().match(try footage("09:10", "09:40", registered: "1"), [duty]).decision
                == .inbox)
        #expect(
            Matcher().match(try footage("01:10", "01:40", registered: "7"), [duty]).decision
                == .inbox)
    }

    @Test("The time around a task is allowed for, and no more")
    func around() throws {
        let duty = try duty("D1", ["1"], "01:00", "03:00")
        func code(_ from: String, _ to: String) throws -> String? {
            let result = Matcher().match(try footage(from, to, registered: "1"), [duty])
            return result.candidates.first?.reasons.map(\.code.rawValue).first {
                $0.hasPrefix("time")
            }
        }
        #expect(try code("00:40", "00:45") == "time-beside")
        #expect(try code("00:40", "00:44") == "time-outside")
        #expect(try code("03:30", "03:40") == "time-beside")
        #expect(try code("03:31", "03:40") == "time-outside")
        #expect(try code("02:20", "03:10") == "time-inside")
        #expect(try code("02:20", "03:11") == "time-partly")
        #expect(try code("01:00", "01:00") == "time-inside")
    }

    @Test("What lies beside a task is linked with its take or by its place, else asked about")
    func beside() throws {
        let place = MatchSubject.Point(latitude: 24_513_000, longitude: 117_647_100)
        let duty = try duty("D1", ["1"], "01:00", "03:00", recorders: ["R1"], place: place)
        var footage = try footage("03:10", "03:20", attributed: "1")
        #expect(Matcher().match(footage, [duty]).decision == .propose)
        footage.casesOfTake = Set(duty.caseNumbers)
        #expect(Matcher().match(footage, [duty]).decision == .assign)
        footage.casesOfTake = []
        footage.points = [place]
        #expect(Matcher().match(footage, [duty]).decision == .assign)
    }

    @Test("A recorder that one task names does not draw its officer's footage of another")
    func namedTwice() throws {
        let first = try duty("D1", ["1"], "01:00", "03:00", recorders: ["R1"])
        let second = try duty("D2", ["1"], "03:10", "05:00", cases: ["（2019）闽06执9号"])
        for footage in [
            try footage("03:12", "03:25", registered: "1"),
            try footage("03:12", "03:25", claimed: "1"),
        ] {
            let result = Matcher().match(footage, [first, second])
            #expect(result.candidates.first?.duty.id == "D2")
            #expect(result.decision == .assign)
        }
    }

    @Test("Two tasks of the same cases do not stand in each other's way")
    func sameCase() throws {
        let duties = [
            try duty("D1", ["1"], "01:00", "03:00"), try duty("D2", ["1"], "03:00", "04:00"),
        ]
        #expect(
            Matcher().match(try footage("02:30", "03:05", registered: "1"), duties).decision
                == .assign)
    }

    @Test("A correction by a person outweighs register and claim, and is not contradicted silently")
    func correction() throws {
        let duties = [
            try duty("D1", ["1"], "01:00", "03:00"),
            try duty("D2", ["2"], "01:00", "03:00", cases: ["（2019）闽06执9号"]),
        ]
        let result = Matcher().match(
            try footage("01:10", "01:40", claimed: "1", registered: "1", attributed: "2"), duties)
        #expect(result.decision == .assign)
        #expect(result.candidates.first?.duty.id == "D2")
        #expect(codes(result.candidates.first).contains("contradicted-claim"))
    }

    @Test("The recorder that a task names, and the place, count")
    func recorderAndPlace() throws {
        let place = MatchSubject.Point(latitude: 24_513_000, longitude: 117_647_100)
        let named = try duty("D1", [], "01:00", "03:00", recorders: ["R1"], place: place)
        var subject = try footage("01:10", "01:40")
        #expect(Matcher().match(subject, [named]).decision == .assign)
        subject.points = [MatchSubject.Point(latitude: 24_514_000, longitude: 117_647_100)]
        #expect(codes(Matcher().match(subject, [named]).candidates.first).contains("inside-place"))
        subject.points = [MatchSubject.Point(latitude: 25_513_000, longitude: 117_647_100)]
        let far = Matcher().match(subject, [named])
        #expect(codes(far.candidates.first).contains("far-from-place"))
        #expect(far.decision == .propose)
        #expect(Matcher.metres(place, subject.points[0]) / 1000 == 111)
    }

    @Test("A doubtful clock never links by a claim alone")
    func clock() throws {
        var subject = try footage("01:10", "01:40", claimed: "1")
        subject.hasDoubtfulClock = true
        #expect(
            Matcher().match(subject, [try duty("D1", ["1"], "01:00", "03:00")]).decision
                == .propose)
    }

    @Test("A site's own numbers, and what is none of them")
    func weights() throws {
        let own = try MatchWeights(json: ["assignFrom": 100, "lead": 5])
        #expect(own.assignFrom == 100 && own.proposeFrom == MatchWeights().proposeFrom)
        #expect(try MatchWeights(json: own.json) == own)
        #expect(throws: TableFault.self) { try MatchWeights(json: ["assignForm": 100]) }
        #expect(throws: TableFault.self) { try MatchWeights(json: ["lead": "5"]) }
        #expect(throws: TableFault.self) { try MatchWeights(json: ["lead": 99_999]) }
    }
}
