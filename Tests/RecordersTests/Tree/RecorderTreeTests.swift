import Evidence
import Glibc
import Recorders
import Testing

@Suite struct RecorderTreeTests {
    private func accessTimes(_ card: Card, _ paths: [String]) -> [FileStamp] {
        paths.map { path in
            var state = stat()
            stat(card.place(path), &state)
            return FileStamp(
                accessed: [state.st_atim.tv_sec, state.st_atim.tv_nsec],
                changed: [state.st_ctim.tv_sec, state.st_ctim.tv_nsec])
        }
    }

    private struct FileStamp: Equatable {
        let accessed: [Int]
        let changed: [Int]
    }

    @Test func listingAndReadingLeaveAccessTimesAlone() throws {
        let card = try Card()
        try card.add("d/a.mp4", "footage")
        // An access time older than the change makes relatime write it at the next read.
        for path in ["d/a.mp4", "d", ""] {
            let times = [timespec(tv_sec: 1000, tv_nsec: 0), timespec(tv_sec: 2000, tv_nsec: 0)]
            #expect(utimensat(AT_FDCWD, card.place(path), times, 0) == 0)
        }
        let before = accessTimes(card, ["d/a.mp4", "d", ""])
        let tree = try RecorderTree(at: card.root)
        _ = try tree.list()
        let descriptor = try tree.open(RecorderPath("d/a.mp4"))
        var buffer = [UInt8](repeating: 0, count: 16)
        #expect(read(descriptor, &buffer, 16) == 7)
        close(descriptor)
        #expect(try tree.head(of: RecorderPath("d/a.mp4"), limit: 4) == Array("foot".utf8))
        #expect(accessTimes(card, ["d/a.mp4", "d", ""]) == before)
    }

    @Test(
        "Where the access time may not be spared the file is still read",
        .enabled(if: geteuid() == 0, "changing to another user needs root"))
    func notTheOwner() throws {
        let card = try Card()
        try card.add("a.mp4")
        chmod(card.root, 0o755)
        let descriptor = try OtherUser.run {
            try RecorderTree(at: card.root).open(RecorderPath("a.mp4"))
        }
        #expect(try RecorderTree.state(of: descriptor).size == 1)
        close(descriptor)
    }

    @Test func aFileReplacedAfterListingIsSeen() throws {
        let card = try Card()
        let path = try card.add("a.mp4", "one")
        let tree = try RecorderTree(at: card.root)
        let listed = try #require(try tree.list().files.first)
        unlink(card.place("a.mp4"))
        try card.add("a.mp4", "another")
        let descriptor = try tree.open(path)
        defer { close(descriptor) }
        #expect(try RecorderTree.state(of: descriptor).size != listed.size)
        unlink(card.place("a.mp4"))
        #expect { try tree.open(path) } throws: { ($0 as? RecorderFailure)?.kind == .missing }
    }

    @Test func foldersAndMissingRootsAreSaid() throws {
        let card = try Card()
        try card.add("d/a.mp4")
        #expect { try RecorderTree(at: card.place("d/a.mp4")) } throws: {
            ($0 as? RecorderFailure)?.kind == .notAFolder
        }
        #expect { try RecorderTree(at: card.place("none")) } throws: {
            ($0 as? RecorderFailure)?.kind == .missing
        }
        #expect(throws: RecorderFailure.self) {
            try RecorderTree(at: card.root).open(RecorderPath("d"))
        }
    }

    @Test func aFolderIsAliveUntilItIsGone() throws {
        let card = try Card()
        try card.add("d/a.mp4")
        let tree = try RecorderTree(at: card.place("d"))
        #expect(tree.isAlive())
        unlink(card.place("d/a.mp4"))
        rmdir(card.place("d"))
        #expect(!tree.isAlive())
    }

    @Test(
        "A mount that is gone, or replaced by another, is not alive",
        .enabled(if: Mounting.isPossible, "mounting is not possible here"))
    func mountGone() throws {
        let card = try Card()
        try card.add("m/x")
        var held: RecorderTree?
        try Mounting.withTmpfs(at: card.place("m")) {
            held = try RecorderTree(at: card.place("m"))
            #expect(held?.isAlive() == true)
        }
        #expect(held?.isAlive() == false)
        try Mounting.withTmpfs(at: card.place("m")) { #expect(held?.isAlive() == false) }
    }

    @Test func descriptorsDoNotLeak() throws {
        let card = try Card()
        for number in 0..<30 { try card.add("d\(number)/a.mp4") }
        let tree = try RecorderTree(at: card.root)
        _ = try tree.list()
        try card.add("pipe/x")
        #expect(mkfifo(card.place("pipe/p"), 0o644) == 0)
        for path in ["pipe/p", "none", "d1"] { _ = try? tree.open(RecorderPath(path)) }
        // Only the root itself is still open.
        #expect(card.openDescriptors() == 1)
    }

    @Test func aRootNamedThroughALinkIsTheFolderItself() throws {
        let card = try Card()
        try card.add("d/a.mp4")
        #expect(symlink("d", card.place("link")) == 0)
        let tree = try RecorderTree(at: card.place("link"))
        #expect(tree.root == card.place("d"))
        #expect(tree.isAlive())
        #expect(try tree.list().files.count == 1)
    }
}
