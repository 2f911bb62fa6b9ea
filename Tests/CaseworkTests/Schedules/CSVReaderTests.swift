import Casework
import Evidence
import EvidenceTestKit
import Testing

@Suite("CSV")
struct CSVReaderTests {
    private func rows(_ text: String, pieces: Int = 1 << 20) throws -> [(line: Int, [String])] {
        var rows: [(line: Int, [String])] = []
        let bytes = Array(text.utf8)
        var reader = CSVReader(separator: 0x2c)
        var from = 0
        while from < bytes.count {
            let end = min(bytes.count, from + pieces)
            try reader.read(bytes.span.extracting(from..<end)) { row in
                rows.append((row.line, (0..<row.count).map(row.text)))
            }
            from = end
        }
        try reader.end { row in rows.append((row.line, (0..<row.count).map(row.text))) }
        return rows
    }

    @Test("Quotes, separators and line ends, whatever the pieces", arguments: 1...7)
    func quoting(pieces: Int) throws {
        let text = "a,\"b \"\"q\"\", c\",\r\n\"x\r\ny\",,\"\"\r1\n\n案,号"
        let found = try rows(text, pieces: pieces)
        #expect(
            found.map(\.1) == [
                ["a", "b \"q\", c", ""], ["x\r\ny", "", ""], ["1"], [""], ["案", "号"],
            ])
        #expect(found.map(\.line) == [1, 2, 4, 5, 6])
    }

    @Test(
        "Broken quotes have a line and a character",
        arguments: [
            ("a,b\nc,d\"e\n", 2, 4), ("a\n\"b\" c,d\n", 2, 4), ("a\nb,\"c\nd\n", 2, 3),
            ("案号\"", 1, 3),
            ("\"", 1, 1),
        ])
    func broken(text: String, line: Int, column: Int) {
        let failure = #expect(throws: ScheduleFailure.self) { try rows(text) }
        #expect(failure?.kind == .brokenQuotes)
        #expect(failure?.line == line)
        #expect(failure?.column == column)
        #expect(failure?.problem.chinese.contains("第\(line)行") == true)
    }

    @Test("Fields and rows have a bound")
    func bounds() {
        let long = #expect(throws: ScheduleFailure.self) {
            try rows(String(repeating: "x", count: CSVReader.fieldLimit + 1))
        }
        #expect(long?.kind == .fieldTooLong)
        let wide = #expect(throws: ScheduleFailure.self) {
            try rows(String(repeating: ",", count: 300))
        }
        #expect(wide?.kind == .tooManyFields)
    }

    @Test("A quotation mark that is never closed does not swallow a large file")
    func openQuote() {
        let text = "a,b\n\"" + String(repeating: "row,row\n", count: 100_000)
        #expect(throws: ScheduleFailure.self) { try rows(text) }
    }

    @Test("What is written is read back", arguments: [1, 2] as [UInt64])
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let signs = ["a", "案", ",", "\"", "\n", "\r\n", " ", "𠀀", "'", ";"]
        for _ in 0..<300 {
            let table = (0..<3).map { _ in
                (0..<4).map { _ in
                    "x"
                        + (0..<Int.random(in: 0...5, using: &random)).map { _ in
                            signs.randomElement(using: &random) ?? ""
                        }.joined()
                }
            }
            let text = table.map { $0.map(ScheduleReport.cell).joined(separator: ",") + "\r\n" }
                .joined()
            #expect(try rows(text, pieces: Int.random(in: 1...9, using: &random)).map(\.1) == table)
        }
    }
}
