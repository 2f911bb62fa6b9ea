import Evidence
import EvidenceTestKit
import Foundation
import Testing

@Suite(
    "A station of another user",
    .enabled(if: Program.path != nil, "the program is not built"),
    .enabled(if: geteuid() == 0, "giving files away needs root"))
struct OwnerTests {
    private static let other: uid_t = 65534

    private func give(_ path: String) {
        lchown(path, Self.other, Self.other)
        for name in FileManager.default.subpaths(atPath: path) ?? [] {
            lchown(path + "/" + name, Self.other, Self.other)
        }
    }

    /// Files that have come to be root's.
    private func roots(_ path: String) -> [String] {
        (FileManager.default.subpaths(atPath: path) ?? []).filter { name in
            var status = stat()
            return lstat(path + "/" + name, &status) == 0 && status.st_uid != Self.other
        }
    }

    private func given() throws -> Bench {
        let bench = Bench()
        bench.put(Array("footage".utf8), "a.mp4")
        #expect(try bench.ingest().status == 0)
        give(bench.root)
        return bench
    }

    @Test("root is told to work as that user, and leaves nothing of its own there")
    func writing() throws {
        let bench = try given()
        let commands = [
            ["ingest", bench.card], ["index", "rebuild"], ["describe"], ["repair"],
            ["volumes", "add", bench.card], ["serve", "--dock-root", bench.card],
        ]
        for command in commands {
            let result = try Program.runAll(["--root", bench.root] + command)
            #expect(result.status == 2, "\(command) \(result.errors)")
            #expect(result.errors.contains("runuser -u "), "\(command) \(result.errors)")
        }
        #expect(roots(bench.root).isEmpty)
    }

    @Test("An empty directory that is another user's becomes no station of root's")
    func making() throws {
        let directory = TemporaryDirectory()
        mkdir(directory.path + "/root", 0o755)
        give(directory.path + "/root")
        let result = try Program.run(
            "--root", directory.path + "/root", "init", "--station", "x",
            environment: ["LANG": "zh_CN.UTF-8"])
        #expect(result.status == 2 && result.errors.contains("runuser -u "))
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path + "/root") == [])
    }

    @Test("Reading goes on, says where the index lags, and writes nothing")
    func reading() throws {
        let bench = try given()
        let copy = bench.directory.path + "/index"
        try FileManager.default.copyItem(atPath: bench.root + "/index.sqlite", toPath: copy)
        for name in ["index.sqlite", "index.sqlite-wal", "index.sqlite-shm"] {
            unlink(bench.root + "/" + name)
        }
        // No index at all: only its owner makes one.
        #expect(try Program.run("--root", bench.root, "list").status == 2)
        #expect(roots(bench.root).isEmpty)
        let card = bench.directory.path + "/other"
        mkdir(card, 0o755)
        bench.directory.write([1, 2], at: "other/b.mp4")
        chown(bench.root, 0, 0)
        #expect(try Program.run("--root", bench.root, "ingest", card).status == 0)
        for name in ["index.sqlite-wal", "index.sqlite-shm"] { unlink(bench.root + "/" + name) }
        unlink(bench.root + "/index.sqlite")
        try FileManager.default.moveItem(atPath: copy, toPath: bench.root + "/index.sqlite")
        give(bench.root)
        let list = try Program.run("--root", bench.root, "list", "--json")
        #expect(list.status == 0 && list.lines.count == 1)
        #expect(list.errors.contains("newest entries"), "\(list.errors)")
        #expect(roots(bench.root).isEmpty)
    }

    @Test("Who may read and not write is told so, and whose it is")
    func readOnly() throws {
        let bench = try given()
        chmod(bench.directory.path, 0o755)
        chmod(bench.root, 0o755)
        let program = try #require(Program.path)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
        process.arguments = [
            "--reuid=65533", "--clear-groups", program, "--root", bench.root, "ingest", bench.card,
        ]
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let text = String(
            decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 2)
        #expect(text.contains("belongs to another user"), "\(text)")
    }

    @Test("The running daemon does root's work as the station's own user")
    func daemon() throws {
        let bench = Bench()
        let daemon = try ServeCommandTests.Daemon(bench)
        chown(bench.root, Self.other, Self.other)
        bench.put(Array("footage".utf8), "a.mp4")
        #expect(try bench.ingest().status == 0)
        #expect(daemon.stop() == 0)
    }
}
