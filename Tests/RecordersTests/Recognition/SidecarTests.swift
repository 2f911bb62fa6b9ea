import Evidence
import Recorders
import Testing

@Suite struct SidecarTests {
    @Test func linksByStemAndByFullNameInTheSameFolder() throws {
        let card = try Card()
        try card.add([
            "DCIM/A/clip1.MP4", "DCIM/A/CLIP1.nmea", "DCIM/A/clip1.mp4.md5", "DCIM/A/clip1.srt",
            "DCIM/A/clip1.jpg", "DCIM/A/clip1.jpg.md5", "DCIM/B/clip1.gps", "DCIM/A/clip2.log",
        ])
        let visit = try card.visit()
        let clip = RecorderPath("DCIM/A/clip1.MP4")
        for name in ["CLIP1.nmea", "clip1.mp4.md5", "clip1.srt"] {
            #expect(visit.file("DCIM/A/" + name)?.sidecarOf == clip)
            #expect(visit.file("DCIM/A/" + name)?.role == .sidecar)
        }
        #expect(
            visit.file("DCIM/A/clip1.jpg.md5")?.sidecarOf == RecorderPath("DCIM/A/clip1.jpg"))
        #expect(visit.file("DCIM/B/clip1.gps")?.sidecarOf == nil)
        #expect(visit.file("DCIM/A/clip2.log")?.sidecarOf == nil)
        #expect(visit.file("DCIM/A/clip1.jpg")?.sidecarOf == nil)
    }

    @Test func checksumsAsRecordersWriteThem() {
        let digits = "D41D8CD98F00B204e9800998ecf8427e"
        let bytes: [UInt8] = [
            0xd4, 0x1d, 0x8c, 0xd9, 0x8f, 0x00, 0xb2, 0x04, 0xe9, 0x80, 0x09, 0x98, 0xec, 0xf8,
            0x42, 0x7e,
        ]
        func parse(_ text: String) -> ChecksumSidecar { ChecksumSidecar.parse(Array(text.utf8)) }
        #expect(parse(digits) == .md5(bytes, name: nil))
        #expect(parse(digits + "\n") == .md5(bytes, name: nil))
        #expect(parse("\u{feff}" + digits + "\r\n") == .md5(bytes, name: nil))
        #expect(parse(digits + "  a b.mp4\n") == .md5(bytes, name: Array("a b.mp4".utf8)))
        #expect(parse(digits + " *a.mp4\n") == .md5(bytes, name: Array("a.mp4".utf8)))
    }

    @Test func aHugeOrBinaryChecksumFileIsMalformed() {
        let huge = [UInt8](repeating: 0x61, count: 100_000)
        #expect(ChecksumSidecar.parse(huge) == .malformed("malformed: too long"))
        let binary = [UInt8](repeating: 0xff, count: 32)
        #expect(
            ChecksumSidecar.parse(binary) == .malformed("malformed: not 32 hexadecimal digits"))
    }

    @Test func deviceFileInGBK() {
        // 执法 in GBK.
        let officer: [UInt8] = [0xd6, 0xb4, 0xb7, 0xa8]
        let file = DeviceFile(bytes: Array("JY1;x;".utf8) + officer + Array(";y\n".utf8))
        #expect(file.device == "JY1")
        #expect(file.officer == "执法")
    }

    @Test func hostileDeviceFiles() {
        #expect(DeviceFile(bytes: []).device == nil)
        #expect(DeviceFile(bytes: Array(";;;\n".utf8)).officer == nil)
        #expect(DeviceFile(bytes: [0xff, 0xff, 0x3b]).device == nil)
        #expect(DeviceFile(bytes: [UInt8](repeating: 0x61, count: 1 << 20)).device == nil)
        let escape = DeviceFile(bytes: Array("\u{1b}]0;x;\u{202e}y;z".utf8))
        #expect(escape.device == "\\u{1b}]0")
        #expect(escape.officer == "\\u{202e}y")
        let many = DeviceFile(bytes: [UInt8](repeating: 0x3b, count: 4096))
        #expect(many.device == nil && many.officer == nil)
    }
}
