import Evidence
import Glibc
import Recorders
import Testing

/// FAULTS 11: names of any bytes are kept as they are.
@Suite struct NameTests {
    static let names: [(defect: String, bytes: [UInt8])] = [
        ("GBK", [0xd6, 0xb4, 0xb7, 0xa8, 0x2e, 0x6d, 0x70, 0x34]),
        ("invalid UTF-8", [0xff, 0xfe, 0x80, 0x2e, 0x6d, 0x70, 0x34]),
        ("half a character", Array("执".utf8.dropLast()) + Array(".mp4".utf8)),
        ("control characters", Array("a\u{1}\u{1b}[31m\u{7f}.mp4".utf8)),
        ("bidirectional override", Array("a\u{202e}4pm.exe".utf8)),
        ("newlines", Array("a\nb\r\nc.mp4".utf8)),
        ("255 bytes", [UInt8](repeating: 0x61, count: 251) + Array(".mp4".utf8)),
        ("a formula", Array("=cmd|' C'!A0.csv".utf8)),
        ("HTML", Array("<img src=x onerror=alert(1)>.mp4".utf8)),
        ("only spaces", Array("   ".utf8)),
        ("backslash and dots", Array("..\\..\\x.mp4".utf8)),
        ("three dots", Array("...".utf8)),
        ("per cent", Array("100%41.mp4".utf8)),
    ]

    @Test("FAULTS 11: every byte of a name is kept, and the file opens", arguments: names)
    func bytesAreKept(defect: String, bytes: [UInt8]) throws {
        let card = try Card()
        try card.add(bytes, "content")
        let tree = try RecorderTree(at: card.root)
        let listing = try tree.list()
        #expect(listing.files.map(\.path.bytes) == [bytes])
        let descriptor = try tree.open(RecorderPath(bytes: bytes))
        #expect(try RecorderTree.state(of: descriptor).size == 7)
        close(descriptor)
        let shown = listing.files[0].path.display.unicodeScalars
        #expect(!shown.contains { $0.value < 0x20 || $0.value == 0x202e || $0.value == 0x7f })
    }

    @Test("FAULTS 11: all of them on one card, one line each in the inventory")
    func inventoryKeepsToItsLines() throws {
        let card = try Card()
        for name in Self.names { try card.add([0x64, 0x2f] + name.bytes) }
        #expect(symlink("x", card.place("d/link\nname")) == 0)
        let visit = try card.visit()
        #expect(visit.files.count == Self.names.count)
        let inventory = visit.inventoryBytes()
        let lines = inventory.split(separator: 0x0a)
        #expect(lines.count == Self.names.count + 1)
        #expect(inventory.last == 0x0a)
        #expect(inventory.allSatisfy { $0 == 0x0a || (0x20..<0x7f).contains($0) })
        #expect(lines.contains { $0 == Array("! d/link%0aname".utf8)[...] })
    }

    @Test("FAULTS 11: twins by case are two files")
    func twins() throws {
        let card = try Card()
        try card.add(["A.mp4", "a.mp4", "A.md5"])
        let visit = try card.visit()
        #expect(visit.files.count == 3)
        #expect(visit.file("A.md5")?.sidecarOf == RecorderPath("A.mp4"))
        #expect(visit.inventoryBytes().split(separator: 0x0a).count == 3)
    }

    @Test("FAULTS 11: `..` in a path leaves nothing")
    func dotsInPath() throws {
        let card = try Card()
        try card.add("d/a.mp4")
        let tree = try RecorderTree(at: card.place("d"))
        for path in ["../d/a.mp4", "..", ".", "", "x/../../d/a.mp4"] {
            #expect(throws: RecorderFailure.self) { try tree.open(RecorderPath(path)) }
        }
    }
}
