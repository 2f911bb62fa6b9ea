import Recorders
import Testing

@Suite struct NamePatternTests {
    private func groups(_ pattern: String, _ name: String) throws -> [String]? {
        try NamePattern(pattern).match(Array(name.utf8))?.map { "\($0.group)=\($0.text)" }
    }

    @Test func groupsAreRead() throws {
        #expect(
            try groups("A_{device:word 1-4}[_{mark:SOS|IMP}]", "a_X-1_imp") == [
                "device=X-1", "mark=imp",
            ])
        #expect(try groups("A_{device:word 1-4}[_{mark:SOS|IMP}]", "A_12") == ["device=12"])
        #expect(try groups("A_{device:word 1-4}", "A_12345") == nil)
        #expect(try groups("{channel:A|AB}C", "ABC") == ["channel=AB"])
        #expect(try groups(#"\[{sequence:digits 1-3}\]"#, "[12]") == ["sequence=12"])
    }

    @Test func aGroupOfAnOptionalPartThatDidNotMatchIsForgotten() throws {
        #expect(
            try groups("[{mark:a|b}{date:digits 2}]{sequence:text 1-9}", "a1x") == ["sequence=a1x"])
    }

    @Test func longestFirstButNotTooLong() throws {
        #expect(
            try groups("{officer:text 1-64}_{device:word 1-32}_{date:digits 2}", "a_b_C1_26") == [
                "officer=a_b", "device=C1", "date=26",
            ])
    }

    @Test("A name made to make the matcher work hard is refused as fast as any")
    func backtracking() throws {
        let part = "[{:text 0-255}{:word 0-255}]"
        let pattern = try NamePattern(String(repeating: part, count: 15) + "!")
        let name = [UInt8](repeating: 0x61, count: 255)
        #expect(pattern.match(name) == nil)
        #expect(pattern.match(name + [0x21]) != nil)
        #expect(pattern.match([UInt8](repeating: 0x61, count: 100_000)) == nil)
    }
}
