import DurableFiles
import EvidenceTestKit
import Foundation
import Glibc
import Testing

@Suite("Folders that come in and go out")
struct ForeignFolderTests {
    private let directory = TemporaryDirectory()

    private func code(_ error: any Error) -> String? { (error as? DurableFileFailure)?.code }

    @Test("Plain files are read, missing ones are nil, and what is too long is not taken")
    func plain() throws {
        directory.write(Array("abc".utf8), at: "in/a/b")
        let folder = try ForeignFolder(path: directory.path + "/in")
        #expect(try folder.read("a/b", limit: 3) == Array("abc".utf8))
        #expect(try folder.read("a/c", limit: 3) == nil)
        #expect(try folder.read("x/c", limit: 3) == nil)
        #expect { try folder.read("a/b", limit: 2) } throws: { code($0) == "too-long" }
        #expect(throws: DurableFileFailure.self) {
            try ForeignFolder(path: directory.path + "/none")
        }
    }

    @Test("Nothing leads out, and nothing that is no file is waited for")
    func hostile() throws {
        directory.write(Array("secret".utf8), at: "secret")
        directory.write([1], at: "in/a/b")
        let inside = directory.path + "/in"
        symlink("../secret", inside + "/link")
        symlink("..", inside + "/up")
        symlink("a", inside + "/within")
        mkfifo(inside + "/pipe", 0o644)
        mkdir(inside + "/folder", 0o755)
        let folder = try ForeignFolder(path: inside)
        for place in [
            "link", "up/secret", "../secret", "/etc/hostname", "within/b", "pipe", "folder",
        ] {
            #expect(throws: DurableFileFailure.self, "\(place)") {
                try folder.read(place, limit: 100)
            }
        }
    }

    @Test("A folder goes out whole, or nothing of it stays")
    func outgoing() throws {
        let path = directory.path + "/out"
        do {
            let folder = try OutgoingFolder(path: path)
            try folder.put([1], at: "a/b/c")
            try folder.put([2], at: "a/d")
            #expect(throws: DurableFileFailure.self) { try folder.put([3], at: "a/d") }
            for place in ["", "../x", "a/../x", "/x", "a//x"] {
                #expect(throws: DurableFileFailure.self) { try folder.put([1], at: place) }
            }
            #expect(access(path, F_OK) != 0)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
        let folder = try OutgoingFolder(path: path + "/")
        try folder.put([1], at: "a/b/c")
        try folder.publish()
        #expect(FileManager.default.contents(atPath: path + "/a/b/c") == Data([1]))
        #expect(throws: DurableFileFailure.self) { try OutgoingFolder(path: path) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["out"])
    }

    @Test("What appeared under the name meanwhile is not overwritten")
    func taken() throws {
        let path = directory.path + "/out"
        let folder = try OutgoingFolder(path: path)
        try folder.put([1], at: "a")
        directory.write([9], at: "out")
        #expect(throws: DurableFileFailure.self) { try folder.publish() }
        #expect(FileManager.default.contents(atPath: path) == Data([9]))
    }
}
