import Evidence
import Glibc
import Recorders
import Testing

/// FAULTS 12: what is no plain file is refused, never followed, never waited for.
@Suite struct HostileEntryTests {
    @Test("FAULTS 12: a symbolic link is refused, and neither followed nor opened")
    func symbolicLink() throws {
        let card = try Card()
        try card.add("a.mp4")
        #expect(symlink("/etc/passwd", card.place("link.mp4")) == 0)
        #expect(symlink("..", card.place("up")) == 0)
        let listing = try card.list()
        #expect(listing.files.map(\.path) == [RecorderPath("a.mp4")])
        #expect(listing.refused.map(\.code) == ["symbolic-link", "symbolic-link"])
        let tree = try RecorderTree(at: card.root)
        for path in ["link.mp4", "up/etc/passwd", "../etc/passwd", "/etc/passwd"] {
            #expect(throws: RecorderFailure.self) { try tree.open(RecorderPath(path)) }
        }
    }

    @Test("FAULTS 12: a loop of symbolic links ends")
    func loop() throws {
        let card = try Card()
        try card.add("d/a.mp4")
        #expect(symlink("../d", card.place("d/again")) == 0)
        let listing = try card.list()
        #expect(listing.files.count == 1)
        #expect(listing.refused.map(\.path) == [RecorderPath("d/again")])
    }

    @Test("FAULTS 12: a FIFO is refused without waiting for a writer")
    func fifo() throws {
        let card = try Card()
        #expect(mkfifo(card.place("pipe.mp4"), 0o644) == 0)
        #expect(try card.list().refused.map(\.code) == ["fifo"])
        let tree = try RecorderTree(at: card.root)
        #expect { try tree.open(RecorderPath("pipe.mp4")) } throws: {
            ($0 as? RecorderFailure)?.refusal == .fifo
        }
    }

    @Test("FAULTS 12: a socket is refused")
    func socketFile() throws {
        let card = try Card()
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { buffer in
            for (index, byte) in card.place("s.mp4").utf8.enumerated() { buffer[index] = byte }
        }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(bound == 0)
        #expect(try card.list().refused.map(\.code) == ["socket"])
    }

    @Test(
        "FAULTS 12: a device is refused and not opened",
        .enabled(if: geteuid() == 0, "making a device needs root"))
    func device() throws {
        let card = try Card()
        // 1:8 is /dev/random, a device that answers.
        guard mknod(card.place("d.mp4"), S_IFCHR | 0o644, 0x108) == 0 else {
            try Test.cancel("this system makes no devices")
        }
        #expect(try card.list().refused.map(\.code) == ["device"])
    }

    @Test("FAULTS 12: a hard link is refused under both its names")
    func hardLink() throws {
        let card = try Card()
        try card.add(["a.mp4", "c.mp4"])
        #expect(link(card.place("a.mp4"), card.place("b.mp4")) == 0)
        let listing = try card.list()
        #expect(listing.files.map(\.path) == [RecorderPath("c.mp4")])
        #expect(listing.refused.map(\.code) == ["hard-link", "hard-link"])
    }

    @Test("FAULTS 12: 1,000 folders deep is one refusal, and the rest is taken")
    func thousandDeep() throws {
        let card = try Card()
        try card.add("a.mp4")
        var folder = open(card.root, O_RDONLY | O_DIRECTORY)
        for _ in 0..<1000 {
            #expect(mkdirat(folder, "d", 0o755) == 0)
            let next = openat(folder, "d", O_RDONLY | O_DIRECTORY)
            close(folder)
            folder = next
        }
        close(folder)
        let listing = try card.list()
        #expect(listing.files.count == 1)
        #expect(listing.refused.map(\.code) == ["too-deep"])
        #expect(listing.refused.first?.path.components.count == 65)
    }

    @Test("A path longer than the kernel takes at once is listed and opened")
    func longPath() throws {
        let card = try Card()
        var folder = open(card.root, O_RDONLY | O_DIRECTORY)
        let name = String(repeating: "n", count: 250)
        for _ in 0..<40 {
            #expect(mkdirat(folder, name, 0o755) == 0)
            let next = openat(folder, name, O_RDONLY | O_DIRECTORY)
            close(folder)
            folder = next
        }
        close(openat(folder, "a.mp4", O_WRONLY | O_CREAT, 0o644))
        close(folder)
        let tree = try RecorderTree(at: card.root)
        let listing = try tree.list()
        #expect(listing.refused.isEmpty)
        let path = try #require(listing.files.first?.path)
        #expect(path.bytes.count > 10_000)
        let descriptor = try tree.open(path)
        #expect(try RecorderTree.state(of: descriptor).size == 0)
        close(descriptor)
    }

    @Test("FAULTS 12: a sparse file of 1 TiB is refused; a whole one of any size is not")
    func sparse() throws {
        let card = try Card()
        let path = try card.add("huge.mp4")
        guard truncate(card.place(path), 1 << 40) == 0 else {
            try Test.cancel("this file system holds no file of 1 TiB")
        }
        #expect(try card.list().refused.map(\.code) == ["sparse"])
    }

    @Test("A folder without end is cut at the limit of entries, and that is said")
    func tooManyEntries() throws {
        let card = try Card()
        for number in 0..<20 { try card.add("\(number).mp4") }
        let listing = try RecorderTree(at: card.root).list(entryLimit: 10)
        #expect(listing.files.count == 10)
        #expect(listing.refused.map(\.code) == ["too-many-entries"])
    }

    @Test(
        "A folder that cannot be listed is refused, and the others go on",
        .enabled(if: geteuid() == 0, "changing to another user needs root"))
    func unreadable() throws {
        let card = try Card()
        try card.add(["open/a.mp4", "closed/b.mp4", "c.mp4"])
        chmod(card.root, 0o755)
        chmod(card.place("closed"), 0o000)
        chmod(card.place("c.mp4"), 0o000)
        // Only this thread becomes nobody: the raw call, unlike seteuid(3), binds the caller alone.
        let listing = try OtherUser.run { try card.list() }
        #expect(listing.files.map(\.path) == [RecorderPath("open/a.mp4")])
        #expect(listing.refused.map(\.path) == [RecorderPath("c.mp4"), RecorderPath("closed")])
        #expect(Set(listing.refused.map(\.code)) == ["unreadable"])
    }

    @Test(
        "A mount inside a recorder is refused as another file system",
        .enabled(if: Mounting.isPossible, "mounting is not possible here"))
    func otherFileSystem() throws {
        let card = try Card()
        try card.add(["a.mp4", "m/b.mp4"])
        try Mounting.withTmpfs(at: card.place("m")) {
            let tree = try RecorderTree(at: card.root)
            let listing = try tree.list()
            #expect(listing.files.map(\.path) == [RecorderPath("a.mp4")])
            #expect(listing.refused.map(\.code) == ["other-file-system"])
            #expect { try tree.open(RecorderPath("m/b.mp4")) } throws: {
                ($0 as? RecorderFailure)?.refusal == .otherFileSystem
            }
        }
    }
}
