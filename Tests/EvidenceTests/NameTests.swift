import Evidence
import EvidenceTestKit
import Testing

@Suite("Names from recorders")
struct NameTests {
    @Test("Any bytes come back as they were", arguments: 0..<100)
    func lossless(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let bytes = (0..<Int.random(in: 1..<60, using: &random)).map { _ in
            UInt8.random(in: 1...255, using: &random)
        }
        let path = RecorderPath(bytes: bytes)
        var members: [String: JSONValue] = [:]
        path.write(into: &members)
        let stored = try JSONReader.value(of: JSONWriter.canonical(.object(members)))
        #expect(RecorderPath(members: try #require(stored.objectValue)) == path)
    }

    @Test("A name in GBK is shown with its bytes")
    func gbk() {
        let path = RecorderPath(bytes: [0xd6, 0xb4, 0xd0, 0xd0] + Array(".mp4".utf8))
        #expect(path.utf8 == nil)
        #expect(path.display.hasSuffix(".mp4"))
        #expect(!path.display.isEmpty)
    }

    @Test(
        "Control and direction characters cannot reach a terminal",
        arguments: [
            "a\u{1b}[31mb", "a\nb", "a\rb", "exe\u{202e}4pm.mp4", "a\u{200b}b", "a\u{2028}b",
            "a\u{7f}b", "a\u{9b}b",
        ])
    func safe(text: String) {
        let shown = RecorderPath(text).display
        #expect(
            shown.unicodeScalars.allSatisfy { scalar in
                scalar.properties.generalCategory != .control
                    && scalar.properties.generalCategory != .format
                    && scalar.properties.generalCategory != .lineSeparator
            })
        #expect(shown.contains("\\u{"))
    }

    @Test("Chinese names are shown as they are")
    func chinese() { #expect(RecorderPath("执行/录像一.mp4").display == "执行/录像一.mp4") }

    @Test("Parts of a path")
    func parts() {
        let path = RecorderPath("DCIM/100MEDIA/A.B.MP4")
        #expect(path.fileExtension == "mp4")
        #expect(path.stem == RecorderPath("DCIM/100MEDIA/A.B"))
        #expect(path.parent == RecorderPath("DCIM/100MEDIA"))
        #expect(RecorderPath(".hidden").fileExtension == "")
        #expect(RecorderPath("a").parent == RecorderPath(""))
    }

    @Test(
        "Item names read only their own spelling",
        arguments: [
            "0602", "-1", "0602-", "0602--1", "0602-01", "06 02-1", "0602-9223372036854775808",
        ])
    func ledgerNames(text: String) { #expect(LedgerName(text) == nil) }

    @Test("An item's name is the station's code and its leaf")
    func ledgerName() {
        #expect(LedgerName("0602-1742")?.leaf == 1742)
        #expect(LedgerName(station: "0602", leaf: 1742).description == "0602-1742")
    }

    @Test(
        "Base64 has one spelling",
        arguments: ["QQ", "QQ=", "QR==", "Q===", "QQ==QQ==", "Q Q=", "===="])
    func base64(text: String) { #expect(Base64.decode(text) == nil) }

    @Test("Base64 of any length is read back")
    func base64RoundTrip() {
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37) }
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        }
    }
}
