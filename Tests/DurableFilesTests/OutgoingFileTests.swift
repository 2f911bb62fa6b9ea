import EvidenceTestKit
import Glibc
import Testing

@testable import DurableFiles

/// What leaves the store appears whole or not at all.
struct OutgoingFileTests {
    private let directory = TemporaryDirectory()

    private func names() throws -> [String] {
        try DurableRoot(path: directory.path).names(in: "out")
    }

    @Test func itAppearsOnlyWhenItIsPublished() throws {
        mkdir(directory.path + "/out", 0o755)
        let path = directory.path + "/out/file"
        let file = try OutgoingFile(path: path)
        try [1, 2, 3].withUnsafeBytes { try file.write($0) }
        #expect(access(path, F_OK) != 0)
        try file.publish()
        #expect(try names() == ["file"])
    }

    @Test func oneThatIsDroppedLeavesNothing() throws {
        mkdir(directory.path + "/out", 0o755)
        do {
            let file = try OutgoingFile(path: directory.path + "/out/file")
            try [1, 2, 3].withUnsafeBytes { try file.write($0) }
        }
        #expect(try names() == [])
    }

    @Test func whatAppearedMeanwhileIsNotOverwritten() throws {
        mkdir(directory.path + "/out", 0o755)
        do {
            let file = try OutgoingFile(path: directory.path + "/out/file")
            directory.write([9], at: "out/file")
            #expect(throws: DurableFileFailure.self) { try file.publish() }
        }
        #expect(try names() == ["file"])
        #expect(throws: DurableFileFailure.self) {
            try OutgoingFile(path: directory.path + "/out/file")
        }
    }
}
