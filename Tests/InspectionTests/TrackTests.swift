import Evidence
import EvidenceTestKit
import Foundation
import Inspection
import Testing

@Suite(
    "Where a movie was shot, out of its own tracks",
    .enabled(if: InspectorProgram.isThere, "the inspector is not built beside the tests"))
struct TrackTests {
    private static let inspector = Inspector(executable: InspectorProgram.path)

    @Test(
        "Tracks agree with what an independent tool reads",
        .enabled(if: SharedMedia.isThere, "the shared media are not beside the package"),
        arguments: [
            "telemetry/gopro-hero5_gpmf_2s.mp4", "telemetry/gopro-max_gpmf_tmcd_loc.mp4",
        ])
    func shared(_ name: String) async throws {
        let bytes = try Data(contentsOf: URL(filePath: SharedMedia.folder + "/raw-facts.json"))
        let told = try JSONReader.value(of: [UInt8](bytes))[key: "files"]?[key: name]?[
            key: "gps_exiftool_12.57"]
        let facts = await Self.inspector.facts(ofFile: SharedMedia.folder + "/" + name)
        let track = try #require(facts.track)
        #expect(track.count == told?[key: "track_points"]?.integerValue)
        for (fix, place, time) in [
            (track.fixes.first, "first", "first_datetime"),
            (track.fixes.last, "last", "last_datetime"),
        ] {
            let fix = try #require(fix)
            let degrees = told?[key: place]?.arrayValue?.compactMap(\.number) ?? []
            try #require(degrees.count == 2)
            #expect(abs(Double(fix.place.latitudeE7) / 1e7 - degrees[0]) < 1e-5)
            #expect(abs(Double(fix.place.longitudeE7) / 1e7 - degrees[1]) < 1e-5)
            // 2017:04:17 17:31:03.985
            let text = try #require(told?[key: time]?.stringValue)
            let date = text.prefix(10).replacing(":", with: "-")
            let said = try #require(Timestamp("\(date)T\(text.suffix(12))Z"))
            #expect(abs(fix.time.milliseconds - said.milliseconds) <= 1000, "\(fix.time) \(said)")
        }
    }

    @Test(
        "NMEA in a text track", .enabled(if: SharedMedia.isThere, "the shared media are not there"))
    func texts() async throws {
        let facts = await Self.inspector.facts(
            ofFile: SharedMedia.folder + "/telemetry/thinkware-f200pro_tx3g-nmea.mp4")
        #expect(try #require(facts.track).count > 0)
    }

    // MARK: - Made ones

    private func big(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }

    private func box(_ type: String, _ payload: [UInt8]) -> [UInt8] {
        big(UInt32(payload.count + 8)) + Array(type.utf8) + payload
    }

    private func entry(
        _ key: String, _ type: Character, _ size: UInt8, _ count: UInt16, _ payload: [UInt8]
    ) -> [UInt8] {
        let shape = [type.asciiValue ?? 0, size, UInt8(count >> 8), UInt8(count & 0xff)]
        let padding = [UInt8](repeating: 0, count: (4 - payload.count % 4) % 4)
        return Array(key.utf8) + shape + payload + padding
    }

    /// A second of telemetry with two positions.
    private func payload(fix: UInt32, time: String, latitude: Int32) -> [UInt8] {
        let values = [latitude, 1_176_471_000, 0, 0, 0, latitude + 100, 1_176_471_100, 0, 0, 0]
            .flatMap { big(UInt32(bitPattern: $0)) }
        let stream =
            entry("GPSU", "U", 16, 1, Array(time.utf8)) + entry("GPSF", "L", 4, 1, big(fix))
            + entry("SCAL", "l", 4, 5, [10_000_000, 10_000_000, 1000, 1000, 100].flatMap(big))
            + entry("GPS5", "l", 20, 2, values)
        let inner = entry("STRM", "\0", 1, UInt16(stream.count), stream)
        return entry("DEVC", "\0", 1, UInt16(inner.count), inner)
    }

    private func movie(_ samples: [[UInt8]], sizes: [UInt32]? = nil) -> [UInt8] {
        let head = box("ftyp", Array("mp41".utf8) + big(0) + Array("mp41".utf8))
        let media = box("mdat", samples.flatMap(\.self))
        let lengths = sizes ?? samples.map { UInt32($0.count) }
        let count = big(UInt32(samples.count))
        let tables =
            box("stsd", big(0) + big(1) + box("gpmd", [0, 0, 0, 0, 0, 0, 0, 1]))
            + box("stts", big(0) + big(1) + count + big(1000))
            + box("stsc", big(0) + big(1) + big(1) + count + big(1))
            + box("stsz", big(0) + big(0) + count + lengths.flatMap(big))
            + box("stco", big(0) + big(1) + big(UInt32(head.count + 8)))
        let header = box("mdhd", big(0) + big(0) + big(0) + big(1000) + big(2000) + big(0))
        let handler = box("hdlr", big(0) + big(0) + Array("meta".utf8) + big(0) + big(0) + big(0))
        let track = box("trak", box("mdia", header + handler + box("minf", box("stbl", tables))))
        let movie = box("mvhd", big(0) + big(0) + big(0) + big(1000) + big(2000))
        return head + media + box("moov", movie + track)
    }

    @Test("What the camera calls a fix is one, with the time beside it")
    func fixes() async throws {
        let bytes = movie([
            payload(fix: 0, time: "190810013000.000", latitude: 1),
            payload(fix: 3, time: "190810013001.000", latitude: 245_130_000),
            payload(fix: 2, time: "190810013002.500", latitude: 245_140_000),
            payload(fix: 3, time: "191310013003.000", latitude: 245_150_000),
        ])
        let track = try #require(await Self.inspector.facts(of: bytes, extension: "mp4").track)
        #expect(track.count == 4)
        #expect(
            track.fixes.map(\.time.description) == [
                "2019-08-10T01:30:01.000Z", "2019-08-10T01:30:01.500Z",
                "2019-08-10T01:30:02.500Z", "2019-08-10T01:30:03.000Z",
            ])
        #expect(
            track.fixes.map(\.place.latitudeE7) == [
                245_130_000, 245_130_100, 245_140_000, 245_140_100,
            ])
        #expect(track.fixes.first?.place.longitudeE7 == 1_176_471_000)
    }

    @Test("Telemetry that lies about its sizes gives nothing, and harms nothing")
    func hostile() async {
        let sound = payload(fix: 3, time: "190810013001.000", latitude: 245_130_000)
        for place in stride(from: 0, to: sound.count, by: 5) {
            var bytes = sound
            bytes[place] = 0xff
            let facts = await Self.inspector.facts(of: movie([bytes]), extension: "mp4")
            #expect(facts.inspector != nil)
        }
        for sizes: [UInt32] in [[.max], [0], [1]] {
            let facts = await Self.inspector.facts(
                of: movie([sound], sizes: sizes), extension: "mp4")
            #expect(facts.track == nil)
        }
    }
}
