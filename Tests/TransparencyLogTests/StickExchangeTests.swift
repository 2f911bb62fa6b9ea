import Evidence
import EvidenceTestKit
import Testing
import TransparencyLog

@Suite("Answers of a witness as a file")
struct StickExchangeTests {
    private func answers() throws -> [WitnessAnswer] {
        [
            .cosigned([try CosignedLog().line(by: 0), try CosignedLog().line(by: 1)]),
            .malformed("line 3"), .forbidden("no"), .unknownLog, .conflict(7),
            .inconsistent("words"), .unavailable("status 500"),
        ]
    }

    @Test("Every answer comes back as it was")
    func roundTrip() throws {
        for answer in try answers() {
            let read = try WitnessAnswer(file: answer.file)
            #expect(read.status == answer.status)
            if answer.status != 404, answer.status != 500 { #expect(read == answer) }
        }
    }

    @Test("A line too few, doubled or out of place is refused and named")
    func lines() throws {
        let lines = LineFault.lines(of: try #require(answers().first).file)
        for line in 1...3 {
            for fault in [LineFault.removed(line), .doubled(line), .swapped(line)] {
                let bytes = LineFault.bytes(of: fault.done(to: lines))
                #expect { try WitnessAnswer(file: bytes) } throws: {
                    let failure = $0 as? LogFailure
                    return failure?.kind == .malformedAnswer && failure?.line ?? 0 > 0
                }
            }
        }
        #expect {
            try WitnessAnswer(file: LineFault.bytes(of: LineFault.doubled(4).done(to: lines)))
        } throws: { ($0 as? LogFailure)?.line == 5 }
    }

    @Test("A file cut off anywhere is no other answer")
    func cutOff() throws {
        for answer in try answers() {
            let file = answer.file
            for count in 0..<file.count {
                guard let read = try? WitnessAnswer(file: Array(file[..<count])) else { continue }
                // Words for people may be cut; a size and lines may not.
                switch read {
                case .conflict: Issue.record("a size cut off")
                case .cosigned(let lines): #expect(lines.count < 2)
                default: break
                }
            }
        }
    }

    @Test("Whatever stands in the file, reading it ends")
    func noise() throws {
        let file = try #require(answers().first).file
        var random = SeededGenerator(seed: 5)
        for _ in 0..<3000 {
            var bytes = file
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(
                    in: 0...255, using: &random)
            }
            _ = try? WitnessAnswer(file: bytes)
        }
        #expect(throws: LogFailure.self) {
            try WitnessAnswer(file: [UInt8](repeating: 0x0a, count: 1 << 20))
        }
    }
}
