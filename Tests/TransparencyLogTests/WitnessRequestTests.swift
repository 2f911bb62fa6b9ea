import Evidence
import Fixity
import Testing
import TransparencyLog

@Suite("What a log asks of a witness, and what it hears")
struct WitnessRequestTests {
    private let log = try! CosignedLog()
    private let hash = MerkleTree.emptyRoot

    private func request(_ hashes: Int = 2) throws -> WitnessRequest {
        try WitnessRequest(
            oldSize: 3, hashes: [SHA256Digest](repeating: hash, count: hashes), note: log.note)
    }

    @Test("A request comes back, with a proof of any length that there is")
    func roundTrip() throws {
        for count in [0, 1, 63] {
            let request = try request(count)
            #expect(try WitnessRequest(parsing: request.bytes) == request)
            #expect(request.checkpoint == log.checkpoint)
        }
        #expect(throws: LogFailure.self) { try self.request(64) }
    }

    @Test("The example of the specification reads as it is written")
    func example() throws {
        let text = """
            old 20852014
            PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
            jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=

            example.com/behind-the-sofa
            20852163
            CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

            — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=

            """
        let request = try WitnessRequest(parsing: Array(text.utf8))
        #expect(request.oldSize == 20_852_014 && request.hashes.count == 2)
        #expect(request.checkpoint.size == 20_852_163)
        #expect(request.bytes == Array(text.utf8))
        #expect(request.linesBefore == 4)
    }

    @Test("A malformed request is refused at its line")
    func hostile() throws {
        let word = Base64.encode(hash.bytes)
        let note = String(decoding: log.note.bytes, as: UTF8.self)
        let hostile: [(String, Int)] = [
            ("", 1), ("old", 1), ("old\n", 1), ("old \n", 1), ("Old 1\n", 1), ("old 01\n\n", 1),
            ("old -1\n\n", 1), ("old 1 \n\n", 1), ("old  1\n\n", 1), ("old ٣\n\n", 1),
            ("old 9223372036854775808\n\n", 1), ("old 1\r\n\n" + note, 1), ("old 1\n", 2),
            ("old 1\n\(word)", 2), ("old 1\n\(word) \n\n" + note, 2), ("old 1\nAAAA\n\n" + note, 2),
            ("old 1\n\(word)\n\(note)", 3), ("old 1\n\n", 3), ("old 1\n\n\n" + note, 3),
            ("old 1\n\nx\n", 0), ("old 1\n\nx\n\n— a AAAAAAA=\n", 4),
            ("old 1\n\n" + note.replacing("\n7\n", with: "\n07\n"), 4),
            ("old 1\n\n" + note + "x\n", 12), ("old 1\n\n" + note.dropLast(), 0),
            ("old 1\n" + String(repeating: word + "\n", count: 64) + "\n" + note, 65),
            ("old 1\n\n" + String(repeating: "a", count: 256 << 10), 0),
            ("old 1\n\n" + note + String(repeating: "— a AAAAAAA=\n", count: 128), 135),
        ]
        for (text, line) in hostile {
            do {
                _ = try WitnessRequest(parsing: Array(text.utf8))
                Issue.record("accepted: \(text.prefix(80).debugDescription)")
            } catch { #expect(error.line == line, "\(text.prefix(80).debugDescription)") }
        }
        let bytes = try request().bytes
        for place in bytes.indices {
            #expect(throws: LogFailure.self, "cut at \(place)") {
                let cut = try WitnessRequest(parsing: Array(bytes[..<place]))
                // A signature less is a request all the same.
                if cut.note.signatures.count < log.note.signatures.count {
                    throw LogFailure(.unsigned)
                }
            }
        }
    }

    @Test("Every answer comes back from its status and body")
    func answers() throws {
        let answers: [WitnessAnswer] = [
            .cosigned([try log.line(by: 0)]),
            .cosigned([try log.line(by: 0), try log.line(by: 1)]),
            .malformed("line 1: x"), .forbidden("y"), .unknownLog, .conflict(0), .conflict(.max),
            .inconsistent("z"),
        ]
        for answer in answers {
            let again = try WitnessAnswer(
                status: answer.status, contentType: answer.contentType, body: answer.body)
            #expect(again == answer)
        }
        #expect(answers.map(\.status) == [200, 200, 400, 403, 404, 409, 409, 422])
        #expect(WitnessAnswer.conflict(12).body == Array("12\n".utf8))
        #expect(WitnessAnswer.conflict(12).contentType == "text/x.tlog.size")
        for type in ["text/x.tlog.size; charset=utf-8", "Text/X.TLog.Size ;a=b"] {
            #expect(
                try WitnessAnswer(status: 409, contentType: type, body: Array("7\n".utf8))
                    == .conflict(7))
        }
        let down = WitnessAnswer.unavailable("x")
        #expect(
            try WitnessAnswer(status: down.status, contentType: nil, body: down.body)
                == .unavailable("status 500"))
        // Two roots of one size, as version 1.0.0 of the specification answers it.
        #expect(
            try WitnessAnswer(status: 409, contentType: "text/plain", body: Array("no\n".utf8))
                == .inconsistent("no"))
    }

    @Test("A malformed answer is refused; words for people are cut and cannot forge a line")
    func hostileAnswers() throws {
        let line = String(decoding: try log.line(by: 0).text, as: UTF8.self)
        for text in [
            "", "\n", "x\n", String(line.dropLast()), line + "\n", "\n" + line, line + "x\n",
            line.replacing("\n", with: "\r\n"), String(repeating: line, count: 129),
        ] {
            #expect(throws: LogFailure.self, "\(text.prefix(60).debugDescription)") {
                try WitnessAnswer(status: 200, contentType: nil, body: Array(text.utf8))
            }
        }
        for text in ["", "\n", "5", "05\n", "-5\n", "5\n\n", " 5\n", "5\r\n"] {
            #expect(throws: LogFailure.self, "\(text.debugDescription)") {
                try WitnessAnswer(
                    status: 409, contentType: "text/x.tlog.size", body: Array(text.utf8))
            }
        }
        let long = [UInt8](repeating: UInt8(ascii: "a"), count: 5000) + [0x0a, 0x41]
        #expect(
            try WitnessAnswer(status: 422, contentType: nil, body: long)
                == .inconsistent(String(repeating: "a", count: 200)))
        #expect(throws: LogFailure.self) {
            try WitnessAnswer(
                status: 404, contentType: nil, body: [UInt8](repeating: 1, count: 65_537))
        }
    }
}
