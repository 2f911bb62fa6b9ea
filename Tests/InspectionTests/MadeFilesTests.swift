import Evidence
import EvidenceTestKit
import Glibc
import Inspection
import Testing

@Suite(
    "Files made to mislead",
    .enabled(if: InspectorProgram.isThere, "the inspector is not built beside the tests"))
struct MadeFilesTests {
    private static let inspector = Inspector(executable: InspectorProgram.path)
    private var inspector: Inspector { Self.inspector }

    /// A box of ISO/IEC 14496-12.
    private func box(_ type: String, _ payload: [UInt8], size: UInt32? = nil) -> [UInt8] {
        big(size ?? UInt32(payload.count + 8)) + Array(type.utf8) + payload
    }

    private func big(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }

    private var fileType: [UInt8] { box("ftyp", Array("isom".utf8) + big(0) + Array("isom".utf8)) }

    @Test("Power was cut before the index was written")
    func noIndex() async {
        let bytes = fileType + box("mdat", [UInt8](repeating: 7, count: 500))
        let facts = await inspector.facts(of: bytes, extension: "mp4")
        #expect(facts.status == .damaged)
        #expect(facts.problem == "no index (moov)")
        #expect(facts.container == "mov,mp4,m4a,3gp,3g2,mj2")
    }

    @Test("Power was cut in the middle of the media data")
    func noIndexAndCut() async {
        let bytes = fileType + box("mdat", [UInt8](repeating: 7, count: 500), size: 9000)
        let facts = await inspector.facts(of: bytes, extension: "mp4")
        #expect(facts.problem == "no index (moov); truncated at byte \(bytes.count) of 9020")
    }

    @Test("Boxes nested a thousand deep")
    func deep() async {
        var inner = box("free", [])
        for _ in 0..<1000 { inner = box("trak", box("mdia", inner)) }
        let facts = await inspector.facts(of: fileType + box("moov", inner), extension: "mp4")
        #expect(facts.status == .damaged)
    }

    @Test("A table that claims four thousand million entries")
    func hugeTable() async {
        let table = box("stsz", big(0) + big(0) + big(.max))
        let track = box("trak", box("mdia", box("minf", box("stbl", table))))
        let facts = await inspector.facts(
            of: fileType + box("moov", track) + box("mdat", [1]), extension: "mp4")
        #expect(facts.status == .damaged)
    }

    @Test("A million empty boxes")
    func manyBoxes() async {
        var bytes = fileType
        let empty = box("free", [])
        for _ in 0..<300_000 { bytes += empty }
        let facts = await inspector.facts(of: bytes, extension: "mp4")
        #expect(facts.problem == "no index (moov)")
    }

    @Test("A sparse terabyte with the beginning of a movie")
    func sparse() async {
        let size: Int64 = 1 << 40
        let head = fileType + big(1) + Array("mdat".utf8) + big(255) + big(0xffff_ffe4)
        let descriptor = MemoryFile.open(head, size: size)
        defer { close(descriptor) }
        let facts = await inspector.facts(of: descriptor, size: size, extension: "mp4")
        #expect(facts.problem == "no index (moov)")
    }

    @Test("A sparse terabyte behind the beginning of a picture")
    func endlessPicture() async {
        let size: Int64 = 1 << 40
        let descriptor = MemoryFile.open([0xff, 0xd8, 0xff, 0xda, 0, 2], size: size)
        defer { close(descriptor) }
        let facts = await inspector.facts(of: descriptor, size: size, extension: "jpg")
        #expect([.damaged, .unreadable].contains(facts.status))
    }

    @Test("A name that says encrypted, over bytes that nobody can read")
    func encryptedByName() async {
        var numbers = SeededGenerator(seed: 5)
        let noise = (0..<4096).map { _ in UInt8.random(in: 0...255, using: &numbers) }
        let facts = await inspector.facts(of: noise, extension: "DSJ_1_2_20260101_000000_enc.mp4")
        #expect(facts.status == .encrypted)
        let plain = await inspector.facts(of: noise, extension: "mp4")
        #expect(plain.status == .unreadable)
        let other = await inspector.facts(of: noise, extension: "3gf")
        #expect(other.status == .notMedia)
    }

    @Test("Text, whatever its name, is no recording")
    func text() async {
        let line = Array("$GPRMC,064501,A,3954.5,N,11623.3,E\r\n".utf8)
        #expect(await inspector.facts(of: line, extension: "mp4").status == .notMedia)
        #expect(await inspector.facts(of: line, extension: "nmea").status == .notMedia)
    }

    @Test("Names with control and bidi characters are shown safely")
    func hostileTags() async {
        var chunk = Array("\u{1b}[2J\u{202e}cat".utf8) + [0xff, 0]
        if chunk.count % 2 != 0 { chunk.append(0) }
        let list = Array("INFOINAM".utf8) + little(UInt32(chunk.count)) + chunk
        let format = little(16) + [1, 0, 1, 0] + little(8000) + little(8000) + [1, 0, 8, 0]
        let body =
            Array("WAVEfmt ".utf8) + format + Array("LIST".utf8) + little(UInt32(list.count)) + list
            + Array("data".utf8) + little(8000) + [UInt8](repeating: 128, count: 8000)
        let facts = await inspector.facts(
            of: Array("RIFF".utf8) + little(UInt32(body.count)) + body, extension: "wav")
        #expect(facts.status == .sound)
        #expect(facts.durationMicroseconds == 1_000_000)
        #expect(facts.tags["title"] == "\\u{1b}[2J\\u{202e}cat\u{fffd}")
    }

    private func little(_ number: UInt32) -> [UInt8] { big(number).reversed() }

    @Test("A descriptor that is no regular file")
    func notAFile() async {
        let descriptor = open("/dev/zero", O_RDONLY | O_CLOEXEC)
        defer { close(descriptor) }
        let facts = await inspector.facts(of: descriptor, size: 100, extension: "mp4")
        #expect(facts.problem == "not a regular file")
    }

    @Test("A descriptor that is not open")
    func notOpen() async {
        let facts = await inspector.facts(of: -5, size: 100, extension: "mp4")
        #expect(facts.status == .unreadable)
        let closed = await inspector.facts(of: 1_000_000, size: 100, extension: "mp4")
        #expect(closed.status == .unreadable)
    }
}
