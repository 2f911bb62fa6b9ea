import Evidence
import Recorders
import Testing

@Suite struct ProfileCatalogueTests {
    @Test func aSitesOwnProfileGoesFirst() throws {
        let site = try Card()
        try site.add(
            "court.json",
            #"""
            {"profile": "court", "recognise": {"share": 40, "labels": ["CRT{:digits 3}"]},
             "names": ["CRT_{device:digits 4}_{date:digits 6}_{time:digits 4}_{sequence:digits 2}"],
             "leave": ["Work/"], "zone": "+07:00",
             "sequence": {"counter": "channel", "restartsDaily": true}}
            """#)
        let card = try Card()
        try card.add([
            "CRT_0042_260804_0930_01.mp4", "CRT_0042_260804_0931_02.mp4",
            "CRT_0042_260805_0930_09.mp4", "work/x.mp4",
        ])
        let visit = try card.visit(profiles: site.root)
        #expect(visit.profile == "court")
        #expect(visit.recorder == "0042")
        #expect(visit.zone == ZoneOffset("+07:00"))
        #expect(visit.unfinished == 1)
        #expect(visit.findings.isEmpty)
        #expect(
            visit.file("CRT_0042_260804_0930_01.mp4")?.claims.captured
                == CivilTime(2026, 8, 4, 9, 30, 0))
        let other = try Card()
        try other.add("x.bin")
        #expect(try other.visit(label: "CRT007", profiles: site.root).profile == "court")
        #expect(try other.visit(label: "CRTX", profiles: site.root).profile == "folder")
    }

    @Test(
        "A malformed profile of a site is said with file and member, and the others are in use",
        arguments: [
            ("{", "byte"), ("[]", "not an object"), ("{}", "profile"),
            (#"{"profile": "a b"}"#, "profile"), (#"{"profile": 3}"#, "profile"),
            (#"{"profile": "x", "nmaes": []}"#, "nmaes"),
            (#"{"profile": "x", "names": ["ok", "{date:digits}"]}"#, "names[1]"),
            (#"{"profile": "x", "names": ["{datum:digits 8}"]}"#, "unknown group datum"),
            (#"{"profile": "x", "names": ["[a"]}"#, "[ without ]"),
            (#"{"profile": "x", "names": ["a]"]}"#, "names[0]"),
            (#"{"profile": "x", "names": ["{date:digits 8-2}"]}"#, "bad count"),
            (#"{"profile": "x", "names": ["{date:digits 1-99999999999999999999}"]}"#, "bad count"),
            (#"{"profile": "x", "names": [{"pattern": "a", "utc": "yes"}]}"#, "names[0].utc"),
            (#"{"profile": "x", "recognise": {"share": 101}}"#, "recognise.share"),
            (#"{"profile": "x", "zone": "Peking"}"#, "zone"),
            (#"{"profile": "x", "sequence": {"counter": "?"}}"#, "sequence.counter"),
            (#"{"profile": "x", "marks": {"A": 1}}"#, "marks.A"),
        ])
    func malformed(json: String, told: String) throws {
        let site = try Card()
        try site.add("1-bad.json", json)
        try site.add("2-good.json", #"{"profile": "good"}"#)
        try site.add("readme.txt", "not a profile")
        let catalogue = try ProfileCatalogue.load(directory: site.root)
        #expect(catalogue.site.map(\.name) == ["good"])
        #expect(catalogue.builtIn.count == 10)
        let fault = try #require(catalogue.faults.first)
        #expect(catalogue.faults.count == 1)
        #expect(fault.code == "malformed-profile")
        #expect(fault.problem.english.contains("1-bad.json"))
        #expect(fault.problem.english.contains(told))
    }

    @Test func aDirectoryThatIsNotThereHoldsNone() throws {
        #expect(try ProfileCatalogue.load(directory: "/nowhere/recorders.d").site.isEmpty)
        let card = try Card()
        try card.add("file")
        #expect(throws: RecorderFailure.self) {
            try ProfileCatalogue.load(directory: card.place("file"))
        }
    }
}
