import Evidence
import EvidenceTestKit
import Foundation
import Glibc
import Inspection
import Testing

@Suite(
    "Files cut and spoiled at seeded places",
    .enabled(if: SharedMedia.isThere, "the shared media are not beside the package"),
    .enabled(if: InspectorProgram.isThere, "the inspector is not built beside the tests"))
struct DamageSweepTests {
    private static let good = SharedMedia.names.filter {
        $0.hasPrefix("good/") || $0.hasSuffix("hero5_gpmf_2s.mp4") || $0.hasSuffix(".TS")
    }
    private static let seed: UInt64 = 20_260_801

    /// Whether a cut to so many bytes can be seen at all: packets and frames end where they end.
    private static func isSeen(_ name: String, cutTo count: Int) -> Bool {
        switch name.split(separator: ".").last?.lowercased() {
        case "ts": count % 188 != 0
        case "mts": count % 192 != 0
        case "amr": false
        default: true
        }
    }

    @Test("A cut file is never sound, and the inspector lives on", arguments: good)
    func cuts(_ name: String) async {
        let inspector = Inspector(executable: InspectorProgram.path)
        let bytes = SharedMedia.bytes(name)
        var numbers = SeededGenerator(seed: Self.seed ^ UInt64(bytes.count))
        var places = (0..<6).map { _ in Int.random(in: 1..<bytes.count, using: &numbers) }
        places += [bytes.count * 71 / 100, bytes.count - 1, 1, 64]
        for place in places {
            let facts = await inspector.facts(of: Array(bytes.prefix(place)), extension: name)
            if Self.isSeen(name, cutTo: place) {
                #expect(facts.status != .sound, "cut to \(place) of \(bytes.count): \(facts)")
            }
            if facts.status != .sound { #expect(facts.problem != nil) }
        }
        let whole = await inspector.facts(of: bytes, extension: name)
        #expect(whole.status == .sound)
        #expect(inspector.starts == 1)
    }

    @Test("Flipped bytes never end the inspector", arguments: good)
    func flips(_ name: String) async {
        let inspector = Inspector(executable: InspectorProgram.path)
        let bytes = SharedMedia.bytes(name)
        var numbers = SeededGenerator(seed: Self.seed &+ UInt64(bytes.count))
        for round in 0..<12 {
            var spoiled = bytes
            // Headers and indexes stand at the ends: most faults are put there.
            let reach = round % 3 == 2 ? bytes.count : min(bytes.count, 4096)
            for _ in 0..<(1 << (round % 6)) {
                let offset = Int.random(in: 0..<reach, using: &numbers)
                let place = round % 3 == 1 ? bytes.count - 1 - offset : offset
                spoiled[place] = UInt8.random(in: 0...255, using: &numbers)
            }
            let facts = await inspector.facts(of: spoiled, extension: name)
            #expect(facts.durationMicroseconds ?? 0 <= 366 * 86_400 * 1_000_000)
            #expect(facts != Inspector.notStarted)
            for stream in facts.streams {
                #expect(stream.rotation.map { [90, 180, 270].contains($0) } ?? true)
            }
        }
        let whole = await inspector.facts(of: bytes, extension: name)
        #expect(whole.status == .sound)
        #expect(inspector.starts == 1)
    }
}
