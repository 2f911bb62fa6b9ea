import Evidence
import Recorders
import Testing

@Suite struct VisitFindingsTests {
    private func novatek(_ numbers: [Int], minute: Int = 0) -> [String] {
        numbers.enumerated().map { index, number in
            let digits = String(number)
            let padded = String(repeating: "0", count: 6 - digits.count) + digits
            let at = index + minute
            let clock = (10 + at / 60) * 10_000 + at % 60 * 100
            return "DCIM/2026_0406_\(clock)_\(padded).MP4"
        }
    }

    private func gaps(_ paths: [String]) throws -> [String] {
        let card = try Card()
        try card.add(paths)
        return try card.visit().findings.filter { $0.code == "missing-sequence" }
            .map { "\($0.expected ?? "")<\($0.found ?? "")" }
    }

    @Test func aMissingNumberIsFound() throws {
        #expect(try gaps(novatek([1, 2, 4])) == ["3<4"])
        #expect(try gaps(novatek([1, 2, 3])) == [])
        #expect(try gaps(novatek([7, 8, 11, 12, 20])) == ["9<11", "13<20"])
    }

    @Test func anotherRunIsNoGap() throws {
        // The counter begins again; so does a card that was formatted.
        #expect(try gaps(novatek([999_998, 999_999, 1, 2])) == [])
        // Protected files of long ago.
        #expect(try gaps(novatek([3, 90_000, 90_001])) == [])
        // Begun again, with a gap inside the second run.
        #expect(try gaps(novatek([500, 501, 1, 2, 4])) == ["3<4"])
    }

    @Test func camerasOfOneCounterMayComeInEitherOrder() throws {
        #expect(
            try gaps([
                "DCIM/2026_0406_100000_000001F.MP4", "DCIM/2026_0406_100000_000002R.MP4",
                "DCIM/2026_0406_100101_000003F.MP4", "DCIM/2026_0406_100100_000004R.MP4",
                "DCIM/2026_0406_100200_000005F.MP4", "DCIM/2026_0406_100200_000006R.MP4",
            ]) == [])
    }

    @Test func aMissingChapterIsFound() throws {
        #expect(try gaps(["GX010119.MP4", "GX030119.MP4"]) == ["11902<11903"])
        #expect(try gaps(["GX010119.MP4", "GX010121.MP4"]) == ["11902<12101"])
        #expect(try gaps(["GOPR0119.MP4", "GP010119.MP4", "GP020119.MP4", "GOPR0120.MP4"]) == [])
    }

    @Test func manyGapsAreToldAsANumber() throws {
        #expect(try gaps(novatek((0..<50).map { $0 * 2 })).count == 21)
    }

    @Test func namesOfSeveralRecorders() throws {
        let card = try Card()
        try card.add([
            "DSJ_A1_000001_20250301_080910.mp4", "DSJ_B2_000001_20250301_080911.mp4",
            "DSJ_B2_000002_20250301_080912.mp4",
        ])
        let visit = try card.visit()
        #expect(visit.recorder == "B2")
        #expect(visit.codes == ["several-recorders", "several-officers"])
        #expect(visit.findings.first?.found == "A1, B2")
    }

    @Test func timesThatCannotBe() throws {
        let card = try Card()
        try card.add([
            "DSJ_A1_000001_19700101_000010.mp4", "DSJ_A1_000001_20000101_000010.mp4",
            "DSJ_A1_000001_20250230_080910.mp4", "DSJ_A1_000001_20260801_080910.mp4",
            "DSJ_A1_000001_20250301_080910.mp4",
        ])
        let visit = try card.visit(now: "2026-05-01T00:00:00.000Z")
        #expect(visit.findings.first { $0.code == "impossible-capture-time" }?.found == "4")
        #expect(visit.recorder == "A1")
        // What is written in a name is kept as it is.
        #expect(
            visit.file("DSJ_A1_000001_19700101_000010.mp4")?.claims.captured
                == CivilTime(1970, 1, 1, 0, 0, 10))
        #expect(visit.file("DSJ_A1_000001_20250230_080910.mp4")?.claims.captured == nil)
    }

    @Test func aWritableMountIsSaidAndAFolderIsNot() throws {
        let card = try Card()
        try card.add("DSJ_A1_000001_20250301_080910.mp4")
        func codes(readOnly: Bool) throws -> [String] {
            let volume = Volume(
                mountPoint: card.root, source: "/dev/x", fileSystem: "vfat",
                isReadOnly: readOnly, isFolder: false, label: nil, serial: nil, device: "8:1")
            return try Recognition.visit(
                volume: volume, tree: RecorderTree(at: card.root),
                catalogue: ProfileCatalogue.load(directory: nil)
            ).codes
        }
        #expect(try codes(readOnly: false) == ["mounted-writable"])
        #expect(try codes(readOnly: true) == [])
        #expect(try card.visit().codes == [])
    }

    @Test func aHundredThousandNames() throws {
        let profile = try #require(
            ProfileCatalogue.load(directory: nil).builtIn.first { $0.name == "dcam" })
        var known = 0
        for number in 0..<100_000 {
            let clock = 100_000 + number % 60
            let name = "Media/Video/DCAM_CAM001_\(100_000 + number)_20260804_\(clock)"
            if profile.read(RecorderPath(name + ".mp4")) != nil { known += 1 }
            if profile.read(RecorderPath(name + "_\(number).mp4")) != nil { known += 1 }
        }
        #expect(known == 100_000)
    }
}
