import Casework
import Evidence
import EvidenceTestKit
import Glibc
import Testing

@Suite("Encodings of a schedule")
struct ScheduleTextTests {
    private static let table = "案号,当事人,承办法官\r\n（2019）闽06执123号,甲、乙,𠮷某\r\n2019闽06执124,丙,丁\r\n"

    /// Encoded by the system's iconv(3).
    private static func encoded(_ text: String, _ name: String) throws -> [UInt8] {
        let descriptor = try #require(iconv_open(name, "UTF-8"))
        defer { iconv_close(descriptor) }
        var input = Array(text.utf8).map { CChar(bitPattern: $0) }
        var output = [CChar](repeating: 0, count: input.count * 4 + 16)
        let capacity = output.count
        let written = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                var (from, left) = (source.baseAddress, source.count)
                var (to, room) = (target.baseAddress, capacity)
                let result = iconv(descriptor, &from, &left, &to, &room)
                return result == 0 ? capacity - room : -1
            }
        }
        #expect(written >= 0)
        return output[..<max(0, written)].map { UInt8(bitPattern: $0) }
    }

    private func text(_ bytes: [UInt8]) throws -> (String, ScheduleText.Encoding) {
        let text = try ScheduleText(bytes)
        var out: [UInt8] = []
        try text.forEachPiece { piece in for index in piece.indices { out.append(piece[index]) } }
        return (String(decoding: out, as: UTF8.self), text.encoding)
    }

    @Test("The same rows in every encoding")
    func encodings() throws {
        let table = Self.table
        let files: [([UInt8], ScheduleText.Encoding)] = [
            (Array(table.utf8), .utf8), ([0xef, 0xbb, 0xbf] + Array(table.utf8), .utf8WithMark),
            ([0xff, 0xfe] + (try Self.encoded(table, "UTF-16LE")), .utf16LittleEndian),
            ([0xfe, 0xff] + (try Self.encoded(table, "UTF-16BE")), .utf16BigEndian),
            (try Self.encoded(table, "GB18030"), .gb18030),
        ]
        for (bytes, encoding) in files {
            let (found, name) = try text(bytes)
            #expect(found == table)
            #expect(name == encoding)
            let schedule = try Schedule(bytes)
            #expect(schedule.cases.count == 2)
            #expect(schedule.cases.first?.judge == "𠮷某")
            #expect(schedule.summary.encoding == encoding.rawValue)
        }
    }

    @Test("Text of many pieces is not broken at their edges")
    func pieces() throws {
        for shift in 0..<4 {
            let long = String(repeating: "x", count: shift) + String(repeating: "案𠮷", count: 60_000)
            #expect(try text(Self.encoded(long, "GB18030")).0 == long)
            #expect(try text([0xff, 0xfe] + Self.encoded(long, "UTF-16LE")).0 == long)
            #expect(try text(Array(long.utf8)).0 == long)
        }
    }

    @Test("Bytes that are in no encoding have a line")
    func broken() throws {
        let good = Array("案号,当事人\n2019闽06执1,甲\n".utf8)
        let files: [([UInt8], Int)] = [
            (good + [0xff, 0x0a], 3), ([0xef, 0xbb, 0xbf] + good + [0xc3, 0x28], 3),
            (try Self.encoded("案号\n甲\n", "GB18030") + [0xff, 0xff, 0x0a], 3),
            ([0xff, 0xfe, 0x41, 0x00, 0x0a, 0x00, 0x00, 0xd8, 0x41, 0x00], 2),
            ([0xff, 0xfe, 0x41], 1), (Array("a\r\nb\r\n".utf8) + [0x80], 3),
        ]
        for (bytes, line) in files {
            let failure = #expect(throws: ScheduleFailure.self) { try text(bytes) }
            #expect(failure?.kind == .encoding)
            #expect(failure?.line == line)
        }
    }

    @Test("CR, LF and CRLF end the same lines")
    func lineEnds() throws {
        for end in ["\n", "\r", "\r\n"] {
            let lines = ["案号,备注", "2019闽06执1,a", "x,b", "2019闽06执2,c"]
            let schedule = try Schedule(lines.joined(separator: end))
            #expect(schedule.verdicts.map(\.line) == [2, 3, 4])
            #expect(schedule.refusals.count == 1)
        }
    }

    @Test("A file of anything is refused, not endured", arguments: [1, 2, 3] as [UInt64])
    func garbage(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let header = Array("案号,类别,执行人员,计划开始,计划结束\n".utf8)
        for round in 0..<300 {
            let likely = Array("2019闽06执1,\"\n\r={}[]:搜查".utf8)
            let count = Int.random(in: 0...400, using: &random)
            let noise = (0..<count).map { _ in
                round.isMultiple(of: 2)
                    ? UInt8.random(in: 0...255, using: &random)
                    : likely.randomElement(using: &random) ?? 0
            }
            _ = try? Schedule(noise)
            _ = try? Schedule(header + noise)
            _ = try? Schedule([0xff, 0xfe] + noise)
        }
    }
}
