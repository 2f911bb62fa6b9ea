import EvidenceTestKit
import Glibc
import Testing

@testable import DurableFiles

/// A second copy or a stick for a copy may be exFAT under FUSE: it cannot rename without replacing,
/// and has no hard links.
@Suite(.enabled(if: ExFATVolume.isPossible, "needs root, a loop device and exfat-fuse"))
struct ExFATTests {
    @Test func aNameIsGivenOnceAndNeverReplaced() throws {
        let volume = try ExFATVolume()
        let root = try DurableRoot(path: volume.path)
        try root.makeDirectory("staging")
        try root.makeDirectory("log")
        #expect(try root.publish([1, 2, 3], at: "log/a") == .written)
        #expect(try root.publish([1, 2, 3], at: "log/a") == .wasThere)
        #expect(throws: DurableFileFailure.self) { try root.publish([4], at: "log/a") }
        #expect(try root.read("log/a", limit: 9) == [1, 2, 3])
        try root.publish([5], at: "log/b")
        #expect(throws: DurableFileFailure.self) { try root.moveAside("log/a", to: "log/b") }
        try root.moveAside("log/a", to: "log/c")
        #expect(try root.names(in: "log").sorted() == ["b", "c"])
        #expect(try root.names(in: "staging") == [])
    }

    @Test func whatLeavesTheStoreAppearsWholeAndReplacesNothing() throws {
        let volume = try ExFATVolume()
        let file = try OutgoingFile(path: volume.path + "/film.mp4")
        try ([1, 2, 3] as [UInt8]).withUnsafeBytes { try file.write($0) }
        try file.publish()
        let other = try OutgoingFile(path: volume.path + "/other.mp4")
        rename(volume.path + "/film.mp4", volume.path + "/other.mp4")
        #expect(throws: DurableFileFailure.self) { try other.publish() }
        let root = try DurableRoot(path: volume.path)
        #expect(try root.read("other.mp4", limit: 9) == [1, 2, 3])
    }
}

/// A small exFAT file system of a test's own, mounted as long as it is held.
private final class ExFATVolume {
    private struct Unavailable: Error { let step: String }

    static let isPossible =
        getuid() == 0 && access("/dev/fuse", R_OK | W_OK) == 0
        && access("/dev/loop-control", R_OK | W_OK) == 0
        && access("/usr/sbin/mkfs.exfat", X_OK) == 0
        && access("/usr/sbin/mount.exfat-fuse", X_OK) == 0

    private let directory = TemporaryDirectory()
    private let device: String
    var path: String { directory.path + "/volume" }

    init() throws {
        let image = directory.write([], at: "image")
        truncate(image, 16 << 20)
        mkdir(directory.path + "/volume", 0o755)
        try Self.run("mkfs.exfat \(image)")
        try Self.run("losetup --find --show \(image)", output: directory.path + "/device")
        let root = try DurableRoot(path: directory.path)
        let line = try root.read("device", limit: 100).prefix { $0 != UInt8(ascii: "\n") }
        device = String(decoding: line, as: UTF8.self)
        // A loop device keeps the read-only mark of whoever had it before.
        try Self.run("blockdev --setrw \(device)")
        try Self.run("mount.exfat-fuse \(device) \(directory.path)/volume")
    }

    deinit {
        try? Self.run("umount \(path)")
        try? Self.run("losetup --detach \(device)")
    }

    /// The daemon of a mount inherits what is open: it is given nothing to hold.
    private static func run(_ command: String, output: String = "/dev/null") throws {
        let status = system(
            "PATH=/usr/sbin:/usr/bin:/sbin:/bin \(command) </dev/null >\(output) 2>&1")
        guard status == 0 else { throw Unavailable(step: command) }
    }
}
