import Evidence
import EvidenceTestKit
import Foundation
import Testing

/// Real footage made by others, through the whole program, against what independent tools read.
@Suite(
    "Real footage", .enabled(if: Program.path != nil, "the program is not built"),
    .enabled(if: SharedKnowledge.isPresent, "the team's footage is not beside the checkout"))
struct RealFootageTests {
    @Test("Facts of every file agree with ffprobe, exiftool and mediainfo within their tolerances")
    func facts() throws {
        let media = try #require(SharedKnowledge.path) + "/media"
        let bytes = try #require(FileManager.default.contents(atPath: media + "/expected.json"))
        let expected = try #require(
            try JSONReader.value(of: Array(bytes))[key: "files"]?.objectValue)
        let directory = TemporaryDirectory()
        let root = directory.path + "/root"
        let ingest = try Program.run("--root", root, "ingest", media, "--json")
        #expect(ingest.status == 0, "\(ingest.errors)")
        var checked = 0
        for line in ingest.lines {
            guard let path = line[key: "path"]?.stringValue, let facts = expected[path],
                let item = line[key: "item"]?.stringValue
            else { continue }
            let shown = try Program.run("--root", root, "show", item, "--json")
            let value = try #require(shown.lines.first)
            #expect(value[key: "sha256"] == facts[key: "sha256"], "\(path)")
            #expect(value[key: "size"] == facts[key: "size"], "\(path)")
            check(value, facts, path)
            checked += 1
        }
        #expect(checked == expected.count)
        #expect(try Program.run("--root", root, "audit").status == 0)
    }

    private func check(_ value: JSONValue, _ facts: JSONValue, _ path: String) {
        let media = value[key: "media"]
        let status = media?[key: "status"]
        #expect(facts[key: "status"]?.arrayValue?.contains(status ?? .null) == true, "\(path)")
        if path.hasPrefix("broken/") {
            #expect(media?[key: "problem"]?.stringValue?.isEmpty == false, "\(path)")
            return
        }
        if let container = facts[key: "container"] {
            #expect(media?[key: "container"] == container, "\(path)")
        }
        if let duration = number(facts[key: "duration"]) {
            let found = number(media?[key: "duration"]) ?? -1
            #expect(abs(found - duration) <= max(0.1, duration * 0.02), "\(path): \(found)")
        }
        for key in ["make", "model"] where facts[key: key] != nil {
            #expect(media?[key: key] == facts[key: key], "\(path)")
        }
        if let place = facts[key: "location"]?.arrayValue {
            let found = media?[key: "location"]
            for (index, key) in ["lat", "lon"].enumerated() {
                let distance = (number(found?[key: key]) ?? 999) - (number(place[index]) ?? -999)
                #expect(abs(distance) <= 0.0001, "\(path): \(key)")
            }
        } else {
            #expect(media?[key: "location"] == nil, "\(path)")
        }
        let wanted = facts[key: "streams"]?.arrayValue ?? []
        let streams = media?[key: "streams"]?.arrayValue ?? []
        if !wanted.isEmpty { #expect(streams.count == wanted.count, "\(path)") }
        for (stream, want) in zip(streams, wanted) {
            for key in ["type", "codec", "width", "height", "channels", "sampleRate", "rotation"]
            where want[key: key] != nil {
                #expect(stream[key: key] == want[key: key], "\(path): \(key)")
            }
            if let rate = number(want[key: "frameRate"]) {
                #expect(abs((number(stream[key: "frameRate"]) ?? -1) - rate) <= 0.1, "\(path)")
            }
        }
    }

    private func number(_ value: JSONValue?) -> Double? {
        switch value {
        case .decimal(let number): number
        case .integer(let number): Double(number)
        default: nil
        }
    }
}
