import Evidence
import Glibc
import Recorders
import Testing

/// The traps of other people's collectors, as far as the listing can fall into them.
@Suite struct TrapTests {
    @Test("trap-02: two files of one name and size in two folders are two files")
    func trap02() throws {
        let card = try Card()
        try card.add("DCIM/100MEDIA/A0001.MP4", "one")
        try card.add("DCIM/101MEDIA/A0001.MP4", "two")
        let visit = try card.visit()
        #expect(visit.files.count == 2)
        #expect(Set(visit.files.map(\.path)).count == 2)
    }

    @Test("trap-04: two files that claim the same second are both listed")
    func trap04() throws {
        let card = try Card()
        try card.add([
            "Media/Video/DCAM_CAM001_000001_20260804_100000.mp4",
            "Media/Image/DCAM_CAM001_000001_20260804_100000.jpg",
            "Media/IMP/DCAM_CAM001_000001_20260804_100000.mp4",
        ])
        let visit = try card.visit()
        #expect(visit.files.count == 3)
        #expect(Set(visit.files.map(\.claims.captured)).count == 1)
    }

    @Test("trap-05: a name that was met before is listed again; the listing remembers nothing")
    func trap05() throws {
        let card = try Card()
        try card.add("DSJ_AB12345_067890_20250301_080910.mp4", "before")
        let first = try card.visit()
        try card.add("DSJ_AB12345_067890_20250301_080910.mp4", "afterwards")
        let second = try card.visit()
        #expect(first.files.map(\.path) == second.files.map(\.path))
        #expect(first.files.map(\.size) != second.files.map(\.size))
        #expect(first.inventoryBytes() != second.inventoryBytes())
    }

    @Test("trap-06: every file is taken, whatever its extension")
    func trap06() throws {
        let card = try Card()
        let names = ["a.xyz", "b", "c.mp4.tmp", "d.EXE", "e.", "f.mp4~", "g.ini", "h.MP4"]
        try card.add(names.map { "Media/Video/" + $0 })
        try card.add("Media/Video/DCAM_CAM001_000001_20260804_100000.mp4")
        let visit = try card.visit()
        #expect(visit.profile == "dcam")
        #expect(visit.files.count == 9)
        #expect(visit.file("Media/Video/a.xyz")?.role == .other)
        #expect(visit.file("Media/Video/h.MP4")?.role == .video)
    }

    @Test("trap-08: the file system's time is no capture time")
    func trap08() throws {
        let card = try Card()
        try card.add("DCIM/100MEDIA/MVI.MOV")
        let visit = try card.visit()
        #expect(visit.files.first?.claims.captured == nil)
        #expect(visit.files.first?.modified.seconds ?? 0 > 1_600_000_000)
    }

    @Test("trap-09: the shortest clip is taken, and an empty one too")
    func trap09() throws {
        let card = try Card()
        try card.add("DSJ_AB12345_067890_20250301_080910.mp4", "")
        try card.add("DSJ_AB12345_067890_20250301_080911.mp4", "1")
        #expect(try card.visit().files.map(\.size) == [0, 1])
    }

    @Test("trap-11: chapters are told apart, so that names need not give the order")
    func trap11() throws {
        let card = try Card()
        try card.add([
            "DCIM/100GOPRO/GX010119.MP4", "DCIM/100GOPRO/GX010120.MP4",
            "DCIM/100GOPRO/GX020119.MP4",
        ])
        let visit = try card.visit()
        #expect(visit.profile == "gopro")
        let inOrder = visit.files.sorted { $0.claims.sequence ?? 0 < $1.claims.sequence ?? 0 }
        #expect(
            inOrder.map { String(decoding: $0.path.name, as: UTF8.self) } == [
                "GX010119.MP4", "GX020119.MP4", "GX010120.MP4",
            ])
        #expect(visit.findings.isEmpty)
    }

    @Test("trap-12: a local time in a name is never called UTC")
    func trap12() throws {
        let card = try Card()
        try card.add("DSJ_AB12345_067890_20250301_080910.mp4")
        let visit = try card.visit()
        let file = try #require(visit.files.first)
        #expect(!file.claims.capturedIsUTC)
        let captured = try #require(file.claims.captured)
        #expect(visit.zone.timestamp(of: captured).description == "2025-03-01T00:09:10.000Z")
    }

    @Test(
        "trap-13: a malformed checksum file does not pass",
        arguments: [
            "", "\n", "d41d8cd98f00b204e9800998ecf8427", "d41d8cd98f00b204e9800998ecf8427ee",
            "d41d8cd98f00b204e9800998ecf8427g\n", "OK",
            "MD5 (a) = d41d8cd98f00b204e9800998ecf8427e",
            "d41d8cd98f00b204e9800998ecf8427e\nd41d8cd98f00b204e9800998ecf8427e\n",
            " d41d8cd98f00b204e9800998ecf8427e", "\0\0\0\0",
        ])
    func trap13(text: String) {
        guard case .malformed(let why) = ChecksumSidecar.parse(Array(text.utf8)) else {
            Issue.record("it passed")
            return
        }
        #expect(why.hasPrefix("malformed: "))
    }

    @Test("trap-18: a layout that a firmware update changed is taken whole, and that is said")
    func trap18() throws {
        let card = try Card()
        try card.add(["Media/Video/NEW-CAM001-2026-08-04.mp4", "Media/Video/NEW-CAM001-2.mp4"])
        let unknown = try card.visit()
        #expect(unknown.files.count == 2)
        #expect(unknown.codes.contains("unknown-recorder"))
        for second in 10..<13 {
            try card.add("Media/Video/DCAM_CAM001_000001_20260804_1000\(second).mp4")
        }
        let half = try card.visit()
        #expect(half.profile == "dcam")
        #expect(half.files.count == 5)
        #expect(half.findings.first { $0.code == "unrecognised-names" }?.found == "2")
    }

    @Test("trap-20: files of 0 and 595 bytes and orphaned fragments of names are normal")
    func trap20() throws {
        let card = try Card()
        try card.add("DCIM/100MEDIA/FSCK0000.REC", String(repeating: "x", count: 595))
        try card.add("DCIM/100MEDIA/FILE0000.CHK", "")
        try card.add(Array("DCIM/100MEDIA/".utf8) + [0xe5, 0x80, 0x01, 0x7e, 0x31, 0x2e, 0x4d])
        let visit = try card.visit()
        #expect(visit.files.map(\.size).sorted() == [0, 1, 595])
        #expect(visit.refused.isEmpty)
    }
}
