import EvidenceTestKit
import Testing

@testable import Portal

@Suite struct MultipartFormTests {
    private func body(_ parts: [(name: String, value: [UInt8])], _ boundary: String) -> [UInt8] {
        parts.flatMap { name, value in
            Array(
                "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"; filename=\"a;b\"\r\n\r\n"
                    .utf8) + value + Array("\r\n".utf8)
        } + Array("--\(boundary)--\r\n".utf8)
    }

    /// RFC 7578 section 4: names in any case, types that a part may have, a part with nothing in it.
    @Test func partsComeByTheirNames() throws {
        let text = """
            --AaB03x\r
            content-disposition: form-data; name="field1"\r
            content-type: text/plain;charset=UTF-8\r
            \r
            Joe owes =E2=82=AC100.\r
            --AaB03x\r
            Content-Disposition: form-data; name="file"; filename="f.pdf"\r
            \r
            \r
            --AaB03x--
            """
        let form = try #require(MultipartForm(Array(text.utf8), boundary: "AaB03x"))
        #expect(form.parts["field1"] == Array("Joe owes =E2=82=AC100.".utf8))
        #expect(form.parts["file"] == [])
        #expect(form.parts.count == 2)
    }

    @Test func whateverIsSentComesWhole() throws {
        var generator = SeededGenerator(seed: 7578)
        for _ in 0..<300 {
            let boundary = "b\(Int.random(in: 0..<1000, using: &generator))"
            // Bytes that look like what stands between parts.
            let alphabet = Array("\r\n-b0".utf8)
            let parts = (0..<Int.random(in: 0..<5, using: &generator)).map { number in
                (
                    name: "n\(number)",
                    value: (0..<Int.random(in: 0..<200, using: &generator)).map { _ in
                        alphabet.randomElement(using: &generator) ?? 0
                    }
                )
            }
            let mark = Array("\r\n--\(boundary)".utf8)
            let isClear = parts.allSatisfy { part in
                let bytes = Array("\r\n".utf8) + part.value + Array("\r\n".utf8)
                return !bytes.indices.contains { bytes[$0...].starts(with: mark) }
            }
            guard isClear else { continue }
            let form = MultipartForm(body(parts, boundary), boundary: boundary)
            #expect(
                form?.parts == Dictionary(uniqueKeysWithValues: parts.map { ($0.name, $0.value) }))
        }
    }

    /// Cut anywhere, it is no form.
    @Test func aFormThatIsCutIsNone() {
        let whole = body([("a", Array("x\r\n--y".utf8)), ("b", [0, 255])], "y0")
        #expect(MultipartForm(whole, boundary: "y0") != nil)
        for end in 0..<(whole.count - 2) {
            #expect(MultipartForm(Array(whole[..<end]), boundary: "y0") == nil)
        }
    }

    @Test(arguments: [
        ("multipart/form-data; boundary=abc", "abc"),
        ("Multipart/Form-Data; charset=utf-8; Boundary=\"a b\"", "a b"),
        ("multipart/form-data", nil), ("application/x-www-form-urlencoded; boundary=abc", nil),
        ("", nil),
    ])
    func theBoundaryStandsInTheType(type: String, boundary: String?) {
        #expect(MultipartForm.boundary(in: type) == boundary)
    }
}
