import EvidenceTestKit
import Glibc
import Testing

@testable import DurableFiles

/// No place leads out of the root.
struct PlaceTests {
    private static let escapes = [
        "", "/", "/etc/passwd", "..", "../x", "log/../../x", "log/..", "./x", "log//x", "log/",
        "log/x\0/../../y",
    ]

    @Test(arguments: escapes) func aPlaceThatLeadsOutIsRefused(place: String) throws {
        let directory = TemporaryDirectory()
        directory.write([], at: "root/staging/.keep")
        let root = try DurableRoot(path: directory.path + "/root")
        let calls: [() throws -> Void] = [
            { try root.publish([1], at: place) }, { try root.replace([1], at: place) },
            { try root.makeDirectory(place) }, { try root.makeDirectories([place]) },
            { try root.remove(place) }, { try root.removeFlatDirectory(place) },
            { _ = try root.read(place, limit: 1) }, { _ = try root.exists(place) },
            { _ = try root.names(in: place) }, { try root.moveAside("staging/.keep", to: place) },
            { try root.settle(place) },
        ]
        for call in calls {
            #expect {
                try call()
            } throws: {
                ($0 as? DurableFileFailure)?.code == "outside"
            }
        }
        #expect(try DurableRoot(path: directory.path).names(in: "root") == ["staging"])
    }

    @Test func aLinkIsNotReadThrough() throws {
        let directory = TemporaryDirectory()
        let secret = directory.write([9], at: "secret")
        mkdir(directory.path + "/root", 0o755)
        symlink(secret, directory.path + "/root/link")
        mkfifo(directory.path + "/root/fifo", 0o644)
        let root = try DurableRoot(path: directory.path + "/root")
        for place in ["link", "fifo"] {
            #expect(throws: DurableFileFailure.self) { try root.read(place, limit: 9) }
        }
    }

    @Test func aFileLongerThanTheLimitIsNotRead() throws {
        let directory = TemporaryDirectory()
        directory.write([1, 2, 3], at: "file")
        let root = try DurableRoot(path: directory.path)
        #expect(try root.read("file", limit: 3) == [1, 2, 3])
        #expect(throws: DurableFileFailure.self) { try root.read("file", limit: 2) }
    }

    @Test func aDirectoryIsMadeWithItsAncestorsAndAgain() throws {
        let directory = TemporaryDirectory()
        let root = try DurableRoot(path: directory.path)
        for _ in 0..<2 { try root.makeDirectory("log/tile/0/x001") }
        #expect(try root.exists("log/tile/0/x001"))
    }
}
