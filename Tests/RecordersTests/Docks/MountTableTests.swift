import Evidence
import Glibc
import Recorders
import Testing

@Suite struct MountTableTests {
    static let fixture = #"""
        22 1 8:2 / / rw,relatime shared:1 - ext4 /dev/nosuch-sda2 rw,errors=remount-ro
        30 22 0:26 / /run/evidock/docks rw,nosuid - tmpfs tmpfs rw
        36 30 8:17 / /run/evidock/docks/sdb1 ro,nosuid,nodev,noexec,noatime shared:9 master:4 - vfat /dev/nosuch-sdb1 ro,fmask=0022
        37 30 8:33 / /run/evidock/docks/a\040b\134c\012d rw,nosuid - exfat /dev/nosuch-sdc1 rw,iocharset=utf8
        38 30 0:50 / /run/evidock/docks/fuse ro,nosuid - fuseblk /dev/nosuch-loop0 rw,user_id=0
        39 22 8:49 / /run/evidock/docks2/x ro - vfat /dev/nosuch-sdd1 ro
        40 30 8:65 / /run/evidock/docks/sdb1 rw - vfat /dev/nosuch-sde1 rw

        not a line
        41 30 8:66 / /run/evidock/docks/short rw
        42 30 8:67 / /run/evidock/docks/noopt ro - vfat none rw
        """#

    @Test func readsVolumesBelowTheRoots() throws {
        let table = MountTable(bytes: Array(Self.fixture.utf8))
        let labels = VolumeLabels(disks: "/nowhere", sysRoot: "/nowhere")
        let volumes = table.volumes(below: ["/run/evidock/docks/"], labels: labels)
        #expect(
            volumes.map(\.mountPoint) == [
                "/run/evidock/docks/a b\\c\nd", "/run/evidock/docks/fuse",
                "/run/evidock/docks/noopt", "/run/evidock/docks/sdb1",
            ])
        #expect(volumes.map(\.isReadOnly) == [false, true, true, false])
        #expect(volumes.map(\.fileSystem) == ["exfat", "fuseblk", "vfat", "vfat"])
        // The later of two mounts on one point is the one that is seen.
        #expect(volumes[3].source == "/dev/nosuch-sde1")
        #expect(volumes[3].device == "8:65")
        #expect(volumes.allSatisfy { !$0.isFolder && $0.label == nil })
    }

    @Test("The kernel's own file systems and the automounter's trap are no recorders")
    func kernelsOwn() {
        let lines = """
            50 22 0:5 / /d/proc rw - proc proc rw
            51 22 0:6 / /d/trap rw - autofs systemd-1 rw
            52 22 0:6 / /d/slot rw - autofs systemd-1 rw
            53 52 8:17 / /d/slot ro - vfat /dev/nosuch-sdb1 ro
            """
        let labels = VolumeLabels(disks: "/nowhere", sysRoot: "/nowhere")
        let volumes = MountTable(bytes: Array(lines.utf8)).volumes(below: ["/d"], labels: labels)
        #expect(volumes.map(\.mountPoint) == ["/d/slot"])
        #expect(volumes.map(\.fileSystem) == ["vfat"])
    }

    @Test func aSuperblockMountedReadOnlyCounts() {
        let line = "36 30 8:17 / /d/x rw,nosuid - vfat /dev/sdb1 ro"
        #expect(MountTable(bytes: Array(line.utf8)).mounts.first?.isReadOnly == true)
    }

    @Test("Lines of any bytes, cut anywhere, are read or left out")
    func hostileLines() {
        let bytes = Array(Self.fixture.utf8)
        for end in 0..<bytes.count { _ = MountTable(bytes: Array(bytes[..<end])) }
        let odd: [UInt8] = Array(#"36 30 8:17 / /d/\999\4\0 ro - vfat /dev/x ro"#.utf8)
        #expect(MountTable(bytes: odd).mounts.first?.point == Array(#"/d/\999\4\0"#.utf8))
        let invalid = Array("36 30 8:17 / /d/".utf8) + [0xff] + Array(" ro - vfat /dev/x ro".utf8)
        let table = MountTable(bytes: invalid)
        #expect(table.mounts.first?.point.last == 0xff)
        #expect(table.volumes(below: ["/d"]).isEmpty)
    }

    @Test func labelsAndNumbersComeFromTheLinksBelowDevDisk() throws {
        let card = try Card()
        try card.add(["disk/by-label/.x", "disk/by-uuid/.x"])
        #expect(symlink("../../sdz1", card.place(#"disk/by-label/CAM\x20001"#)) == 0)
        #expect(symlink("../../sdz1", card.place("disk/by-uuid/1A2B-3C4D")) == 0)
        try card.add("sys/class/block/sdz1/ro", "1\n")
        let labels = VolumeLabels(disks: card.place("disk"), sysRoot: card.place("sys"))
        let table = MountTable(bytes: Array("36 30 8:17 / /d/x rw - vfat /dev/sdz1 rw".utf8))
        let volume = try #require(table.volumes(below: ["/d"], labels: labels).first)
        #expect(volume.label == "CAM 001")
        #expect(volume.serial == "1A2B-3C4D")
        #expect(volume.isReadOnly)
    }

    @Test func aFolderNamedByHandIsNoMount() throws {
        let card = try Card()
        try card.add("d/a.mp4")
        let table = try MountTable.read()
        let volume = try table.volume(at: card.place("d"))
        #expect(volume.isFolder)
        #expect(volume.serial == nil)
        #expect(throws: RecorderFailure.self) { try table.volume(at: card.place("d/a.mp4")) }
        #expect(throws: RecorderFailure.self) { try table.volume(at: card.place("none")) }
        #expect { try MountTable.read(from: "/nowhere/mountinfo") } throws: {
            ($0 as? RecorderFailure)?.disposition == .stop
        }
    }

    @Test(
        "A real mount is known by hand as well", .enabled(if: Mounting.isPossible, "cannot mount"))
    func realMount() throws {
        let card = try Card()
        try card.add("m/x")
        try Mounting.withTmpfs(at: card.place("m"), options: "size=1m,ro") {
            let volume = try MountTable.read().volume(at: card.place("m"))
            #expect(!volume.isFolder)
            #expect(volume.isReadOnly)
            #expect(volume.fileSystem == "tmpfs")
        }
    }
}
