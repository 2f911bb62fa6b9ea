import Evidence
import Recorders
import Testing

/// Each built-in family with its sample tree.
@Suite struct FamilyTests {
    @Test func everyBuiltInProfileIsUnderstood() throws {
        let catalogue = try ProfileCatalogue.load(directory: nil)
        #expect(catalogue.faults.isEmpty)
        #expect(
            catalogue.builtIn.map(\.name) == [
                "dsj", "dcam", "infodat", "novatek", "blackvue", "allwinner", "gopro", "axis",
                "dcim", "folder",
            ])
    }

    @Test func dcam() throws {
        let card = try Card()
        try card.add([
            "Media/Video/2026-08-04/DCAM_CAM001_000001_20260804_100000.mp4",
            "Media/Video/2026-08-04/DCAM_CAM001_000001_20260804_100000.md5",
            "Media/IMP/2026-08-04/DCAM_CAM001_000001_20260804_101500_IMP_enc.mp4",
            "Media/Image/2026-08-04/DCAM_CAM001_000001_20260804_100130.jpg",
            "Media/Audio/2026-08-04/DCAM_CAM001_000001_20260804_100200.m4a",
            "Media/Temp/2026-08-04/DCAM_CAM001_000001_20260804_103000.mp4",
            "Media/Video/2026-08-04/.publishing-6f1c",
        ])
        let visit = try card.visit()
        #expect(visit.profile == "dcam")
        #expect(visit.recorder == "CAM001")
        #expect(visit.officer == "000001")
        #expect(visit.zone == .china)
        #expect(visit.files.count == 5)
        #expect(visit.unfinished == 2)
        #expect(visit.unfinishedBytes == 2)
        #expect(visit.findings.isEmpty)
        let first = visit.file("Media/Video/2026-08-04/DCAM_CAM001_000001_20260804_100000.mp4")
        #expect(first?.claims.captured == CivilTime(2026, 8, 4, 10, 0, 0))
        #expect(first?.claims.capturedIsUTC == false)
        let checksum = visit.file("Media/Video/2026-08-04/DCAM_CAM001_000001_20260804_100000.md5")
        #expect(checksum?.role == .sidecar)
        #expect(checksum?.sidecarOf == first?.path)
        let important = visit.file(
            "Media/IMP/2026-08-04/DCAM_CAM001_000001_20260804_101500_IMP_enc.mp4")
        #expect(important?.claims.marks == ["important"])
        #expect(important?.claims.isEncrypted == true)
        #expect(visit.files.filter { $0.role == .photo }.count == 1)
        #expect(visit.files.filter { $0.role == .audio }.count == 1)
    }

    @Test func anEmptyDcamCardIsKnownByItsFolders() throws {
        let card = try Card()
        try card.add(["Media/Video/.keep"])
        let visit = try card.visit(serial: "1A2B-3C4D")
        #expect(visit.profile == "dcam")
        #expect(visit.recorder == "1A2B-3C4D")
        #expect(visit.files.isEmpty)
    }

    @Test func dsj() throws {
        let card = try Card()
        try card.add([
            "DSJ_AB12345_067890_20250301_080910.mp4", "DSJ_AB12345_067890_20250301_081000_SOS.mp4",
            "DSJ_AB12345_067890_20250301_081500_IMP_enc.MP4", "20250301.LOG",
        ])
        let visit = try card.visit()
        #expect(visit.profile == "dsj")
        #expect(visit.recorder == "AB12345")
        #expect(visit.officer == "067890")
        #expect(
            visit.file("DSJ_AB12345_067890_20250301_081000_SOS.mp4")?.claims.marks == ["sos"])
        #expect(
            visit.file("DSJ_AB12345_067890_20250301_081500_IMP_enc.MP4")?.claims.isEncrypted == true
        )
        #expect(visit.file("20250301.LOG")?.role == .sidecar)
    }

    @Test func officerOfZerosIsNobody() throws {
        let card = try Card()
        try card.add("Media/Video/DCAM_CAM001_000000_20260804_100000.mp4")
        let visit = try card.visit()
        #expect(visit.recorder == "CAM001")
        #expect(visit.officer == nil)
        #expect(visit.files.first?.claims.officer == nil)
    }

    @Test func infoDat() throws {
        let card = try Card()
        try card.add("DCIM/100MEDIA/Info.dat", "JY0042;1;880123;x;\r\nsecond;line")
        try card.add("DCIM/100MEDIA/20250301_080910_0001.MP4")
        let visit = try card.visit(label: "NO NAME")
        #expect(visit.profile == "infodat")
        #expect(visit.recorder == "JY0042")
        #expect(visit.officer == "880123")
        #expect(visit.file("DCIM/100MEDIA/Info.dat")?.role == .sidecar)
        #expect(
            visit.file("DCIM/100MEDIA/20250301_080910_0001.MP4")?.claims.captured
                == CivilTime(2025, 3, 1, 8, 9, 10))
    }

    @Test func novatekWithTwoCameras() throws {
        let card = try Card()
        try card.add([
            "DCIM/Movie/2026_0406_142122_000022F.MP4", "DCIM/Movie/2026_0406_142122_000023R.MP4",
            "DCIM/Movie/2026_0406_142222_000024F.MP4", "DCIM/Movie/2026_0406_142222_000025R.MP4",
            "DCIM/Movie/Parking/2026_0406_150000_000026PF.MP4",
        ])
        let visit = try card.visit()
        #expect(visit.profile == "novatek")
        #expect(visit.findings.isEmpty)
        let rear = visit.file("DCIM/Movie/2026_0406_142122_000023R.MP4")
        #expect(rear?.claims.channel == "R")
        #expect(rear?.claims.sequence == 23)
        #expect(rear?.claims.captured == CivilTime(2026, 4, 6, 14, 21, 22))
        let parked = visit.file("DCIM/Movie/Parking/2026_0406_150000_000026PF.MP4")
        #expect(parked?.claims.marks == ["parking"])
        #expect(parked?.claims.channel == "F")
    }

    @Test func vantrueAnd70mai() throws {
        let card = try Card()
        try card.add([
            "Video/Normal/2017_0101_060101_001A.MP4", "Video/Normal/2017_0101_060101_001B.MP4",
            "Normal/Front/NO20260101-120000-000001F.MP4", "GPSData000001.txt",
        ])
        let visit = try card.visit()
        #expect(visit.profile == "novatek")
        #expect(visit.file("Video/Normal/2017_0101_060101_001B.MP4")?.claims.channel == "B")
        #expect(visit.file("Normal/Front/NO20260101-120000-000001F.MP4")?.claims.sequence == 1)
        #expect(visit.file("GPSData000001.txt")?.role == .sidecar)
    }

    @Test func blackVueLinksSidecarsThatLeaveTheDirectionOut() throws {
        let card = try Card()
        try card.add([
            "Record/20181029_131513_NF.mp4", "Record/20181029_131513_NR.mp4",
            "Record/20181029_131513_N.gps", "Record/20181029_131513_N.3gf",
            "Record/20181029_131513_NF.thm", "Record/20181029_131600_EF.mp4",
        ])
        let visit = try card.visit()
        #expect(visit.profile == "blackvue")
        let front = RecorderPath("Record/20181029_131513_NF.mp4")
        for name in ["N.gps", "N.3gf", "NF.thm"] {
            let sidecar = visit.file("Record/20181029_131513_" + name)
            #expect(sidecar?.role == .sidecar)
            #expect(sidecar?.sidecarOf == front)
        }
        #expect(visit.file("Record/20181029_131600_EF.mp4")?.claims.marks == ["event"])
        #expect(visit.file("Record/20181029_131513_NR.mp4")?.claims.channel == "R")
    }

    @Test(arguments: [
        [
            "Recordings/Normal/20230102-030405_NOR_D1.avi",
            "Recordings/Event/20230102-030405_EVT_P1.avi",
        ],
        ["Blackbox/23/01/02/03/MDR1_20230102_030405.avi", "Blackbox/23/01/02/03/log.txt"],
    ])
    func cowonAndUrive(_ paths: [String]) throws {
        let card = try Card()
        try card.add(paths)
        let visit = try card.visit()
        #expect(visit.profile == "blackvue")
        #expect(visit.file(paths[0])?.claims.captured == CivilTime(2023, 1, 2, 3, 4, 5))
    }

    @Test func allwinner() throws {
        let card = try Card()
        try card.add(["20200101_000010F.ts", "2020_0101_000010F_23-S-T.ts", "20200102000011.ts"])
        let visit = try card.visit()
        #expect(visit.profile == "allwinner")
        #expect(visit.file("20200101_000010F.ts")?.claims.channel == "F")
        #expect(
            visit.file("2020_0101_000010F_23-S-T.ts")?.claims.captured
                == CivilTime(2020, 1, 1, 0, 0, 10))
        #expect(
            visit.file("20200102000011.ts")?.claims.captured == CivilTime(2020, 1, 2, 0, 0, 11))
    }

    @Test func axis() throws {
        let card = try Card()
        let folder = "jdoe_ACCC8E123456_20260804T100000Z"
        try card.add([
            folder + "/20260804T100000Z_0001.mkv",
            folder + "/20260804T100000Z_0001_gpstrail.json",
        ])
        let visit = try card.visit()
        #expect(visit.profile == "axis")
        #expect(visit.recorder == "ACCC8E123456")
        #expect(visit.officer == "jdoe")
        #expect(visit.zone == ZoneOffset(minutes: 0))
        let clip = visit.file(folder + "/20260804T100000Z_0001.mkv")
        #expect(clip?.claims.capturedIsUTC == true)
        #expect(clip?.claims.captured == CivilTime(2026, 8, 4, 10, 0, 0))
        let trail = visit.file(folder + "/20260804T100000Z_0001_gpstrail.json")
        #expect(trail?.role == .sidecar)
        #expect(trail?.sidecarOf == clip?.path)
    }

    @Test func genericDCIM() throws {
        let card = try Card()
        try card.add([
            "DCIM/100CANON/IMG_0001.JPG", "DCIM/100CANON/MVI_0002.MOV", "DCIM/.Trash/a.jpg",
        ])
        let visit = try card.visit(label: "CAM7")
        #expect(visit.profile == "dcim")
        #expect(visit.recorder == "CAM7")
        #expect(visit.unfinished == 1)
        #expect(visit.file("DCIM/100CANON/MVI_0002.MOV")?.claims.sequence == 2)
    }

    @Test func plainFolderIsTakenWholeAndSaid() throws {
        let card = try Card()
        try card.add([
            "a.bin", ".hidden", "Temp/b.mp4", "c/DSJ_X1_000002_20250301_080910.mp4", "d.mp4",
            "e.mp4",
        ])
        let visit = try card.visit()
        #expect(visit.profile == "folder")
        #expect(visit.recorder == nil)
        #expect(visit.files.count == 6)
        #expect(visit.unfinished == 0)
        #expect(visit.codes == ["unknown-recorder"])
        // A name that some family writes is read, but does not say whose folder this is.
        #expect(
            visit.file("c/DSJ_X1_000002_20250301_080910.mp4")?.claims.captured
                == CivilTime(2025, 3, 1, 8, 9, 10))
    }

    @Test func overridesGoFirst() throws {
        let card = try Card()
        try card.add("DSJ_AB12345_067890_20250301_080910.mp4")
        let visit = try card.visit(
            overrides: RecorderOverrides(
                recorder: "R9", officer: "O9", zone: ZoneOffset("+09:00")))
        #expect(visit.recorder == "R9")
        #expect(visit.officer == "O9")
        #expect(visit.zone == ZoneOffset(minutes: 540))
        #expect(visit.files.first?.claims.device == "AB12345")
    }
}
