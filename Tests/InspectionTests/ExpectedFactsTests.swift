import Evidence
import Inspection
import Testing

@Suite(
    "Facts agree with what independent tools read",
    .enabled(if: SharedMedia.isThere, "the shared media are not beside the package"),
    .enabled(if: InspectorProgram.isThere, "the inspector is not built beside the tests"))
struct ExpectedFactsTests {
    private static let inspector = Inspector(executable: InspectorProgram.path)

    @Test(arguments: SharedMedia.names)
    func factsOf(_ name: String) async throws {
        let expected = try #require(SharedMedia.expected[name])
        let facts = await Self.inspector.facts(ofFile: SharedMedia.folder + "/" + name)

        let allowed = expected[key: "status"]?.arrayValue?.compactMap(\.stringValue) ?? []
        #expect(allowed.contains(facts.status.rawValue), "\(facts)")
        #expect((facts.status == .sound) == (facts.problem == nil), "\(facts)")
        guard facts.status == .sound else { return }

        if let container = expected[key: "container"]?.stringValue {
            #expect(facts.container == container)
        }
        if let duration = expected[key: "duration"]?.number {
            let found = Double(try #require(facts.durationMicroseconds)) / 1_000_000
            #expect(abs(found - duration) <= max(0.1, duration * 0.02))
        }
        if let created = expected[key: "creationTime"]?.stringValue {
            #expect(facts.created == created)
        }
        if let make = expected[key: "make"]?.stringValue { #expect(facts.make == make) }
        if let model = expected[key: "model"]?.stringValue { #expect(facts.model == model) }
        let place = expected[key: "location"]?.arrayValue?.compactMap(\.number)
        if let place, place.count == 2 {
            let found = try #require(facts.location)
            #expect(abs(Double(found.latitudeE7) / 1e7 - place[0]) <= 0.0001)
            #expect(abs(Double(found.longitudeE7) / 1e7 - place[1]) <= 0.0001)
        } else {
            #expect(facts.location == nil)
        }
        if let streams = expected[key: "streams"]?.arrayValue {
            try #require(facts.streams.count == streams.count, "\(facts.streams)")
            for (found, wanted) in zip(facts.streams, streams) { compare(found, wanted) }
        }
    }

    private func compare(_ found: MediaFacts.Stream, _ wanted: JSONValue) {
        #expect(found.type == wanted[key: "type"]?.stringValue)
        if let codec = wanted[key: "codec"]?.stringValue { #expect(found.codec == codec) }
        if let width = wanted[key: "width"]?.integerValue { #expect(found.width == width) }
        if let height = wanted[key: "height"]?.integerValue { #expect(found.height == height) }
        #expect(found.rotation == wanted[key: "rotation"]?.integerValue)
        if let rate = wanted[key: "sampleRate"]?.integerValue { #expect(found.sampleRate == rate) }
        if let channels = wanted[key: "channels"]?.integerValue {
            #expect(found.channels == channels)
        }
        if let rate = wanted[key: "frameRate"]?.number {
            let numerator = Double(found.frameRateNumerator ?? 0)
            let denominator = Double(found.frameRateDenominator ?? 1)
            #expect(abs(numerator / denominator - rate) <= 0.1)
        }
    }

    @Test("A fragmented recording is as long as its fragments, not 143165 s")
    func fragmented() async {
        let facts = await Self.inspector.facts(ofFile: SharedMedia.folder + "/good/fragmented.mp4")
        #expect(abs((facts.durationMicroseconds ?? 0) - 1_070_000) < 20_000)
    }

    @Test("The camera's own words: model, serial number, firmware, timecode")
    func goPro() async {
        let facts = await Self.inspector.facts(
            ofFile: SharedMedia.folder + "/telemetry/gopro-max_gpmf_tmcd_loc.mp4")
        #expect(facts.make == "GoPro")
        #expect(facts.model == "GoPro Max")
        #expect(facts.serial == "C3353424500199")
        #expect(facts.firmware == "H19.03.01.30.00")
        #expect(facts.streams.first?.timecode == "15:44:35:10")
    }

    @Test(
        "What is wrong is said in words",
        arguments: [
            ("broken/70mai-fuzz_no-moov.MP4", "no index (moov)"),
            ("broken/free-box-size3.mp4", "a box of impossible size"),
            ("broken/moov-without-mdat.mp4", "no media data (mdat)"),
            ("broken/stsc-stco-contradict.mp4", "contradict"),
            ("broken/bad-timescale_1185230.mp4", "time scale"),
            ("broken/mdat-size-lies.mp4", "truncated at byte 101597 of 101605"),
            ("broken/android_keys_rot90_loc_media-cut.mp4", "truncated at byte 405249"),
            ("broken/zero-length_2018-04-12 19_24_49.mov", "empty"),
            ("broken/json-named.mp4", "text"),
        ])
    func problem(of name: String, holds words: String) async throws {
        let facts = await Self.inspector.facts(ofFile: SharedMedia.folder + "/" + name)
        #expect(try #require(facts.problem).contains(words))
    }
}

extension JSONValue {
    var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .decimal(let value): value
        default: nil
        }
    }
}
