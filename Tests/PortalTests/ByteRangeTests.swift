@testable import Portal
import Testing

/// RFC 9110 section 14.
struct ByteRangeTests {
    @Test(
        "Ranges of ten bytes",
        arguments: [
            (nil, .whole), ("bytes=0-3", .part(0, 3)), ("bytes=0-0", .part(0, 0)),
            ("bytes=9-9", .part(9, 9)), ("bytes=4-", .part(4, 9)), ("bytes=4-99", .part(4, 9)),
            ("bytes=-3", .part(7, 9)), ("bytes=-10", .part(0, 9)), ("bytes=-99", .part(0, 9)),
            ("bytes=-0", .unsatisfiable), ("bytes=10-", .unsatisfiable),
            ("bytes=10-12", .unsatisfiable), ("bytes=5-4", .unsatisfiable),
            ("bytes=-", .unsatisfiable), ("bytes=", .unsatisfiable),
            ("bytes=a-b", .unsatisfiable), ("bytes=1-2-3", .unsatisfiable),
            ("bytes=--1", .unsatisfiable), ("bytes=+1-2", .unsatisfiable),
            ("bytes=0-1,3-4", .unsatisfiable), ("bytes=0-1,", .unsatisfiable),
            ("bytes= 0-3 ", .part(0, 3)), ("BYTES=0-3", .part(0, 3)),
            ("lines=1-2", .whole), ("bytes", .whole),
            ("bytes=2-99999999999999999999", .part(2, 9)),
            ("bytes=99999999999999999999-", .unsatisfiable),
            ("bytes=-99999999999999999999", .part(0, 9)),
        ] as [(String?, ByteRange)])
    func ranges(field: String?, range: ByteRange) {
        #expect(ByteRange(field, size: 10) == range)
    }

    @Test("Of nothing there is no part")
    func empty() {
        #expect(ByteRange(nil, size: 0) == .whole)
        for field in ["bytes=0-", "bytes=-1", "bytes=0-0"] {
            #expect(ByteRange(field, size: 0) == .unsatisfiable)
        }
    }

    @Test("A thousand ranges are one refusal")
    func many() {
        let field = "bytes=" + (0..<1000).map { "\($0)-\($0)" }.joined(separator: ",")
        #expect(ByteRange(field, size: 10_000) == .unsatisfiable)
    }
}
