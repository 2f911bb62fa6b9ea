import Evidence
import EvidenceTestKit
import Foundation
import Testing

@Suite(
    "evidock serve", .serialized, .enabled(if: Program.path != nil, "the program is not built"))
struct ServeCommandTests {
    /// A running daemon, stopped by its own pid.
    final class Daemon {
        let process: Process
        let bench: Bench
        let docks: String

        init(_ bench: Bench) throws {
            self.bench = bench
            docks = bench.directory.path + "/docks"
            mkdir(docks, 0o755)
            process = try Program.process(["serve", "--root", bench.root, "--dock-root", docks])
            let output = Pipe()
            process.standardOutput = output
            process.standardError = FileHandle(forWritingAtPath: "/dev/null")
            try process.run()
            var line = Data()
            while !line.contains(UInt8(ascii: "\n")) {
                let piece = output.fileHandleForReading.availableData
                if piece.isEmpty { break }
                line += piece
            }
            #expect(String(decoding: line, as: UTF8.self).hasPrefix("listening on "))
        }

        func stop() -> Int32 {
            process.terminate()
            process.waitUntilExit()
            return process.terminationStatus
        }

        /// Asks until the answer fits: the event is the daemon's, the waiting ours.
        func docks(until fits: ([JSONValue]) -> Bool) throws -> [JSONValue] {
            let deadline = ContinuousClock.now + .seconds(60)
            while true {
                let lines = try Program.run("docks", "--root", bench.root, "--json").lines
                if fits(lines) || ContinuousClock.now > deadline { return lines }
                usleep(50_000)
            }
        }
    }

    @Test("FAULTS-8: a second daemon leaves with 6, and the first goes on and stops cleanly")
    func second() throws {
        let daemon = try Daemon(Bench())
        let second = try Program.run("serve", "--root", daemon.bench.root)
        #expect(second.status == 6)
        #expect(second.errors.contains("in use"))
        #expect(daemon.stop() == 0)
        #expect(try Program.run("log", "checkpoint", "--root", daemon.bench.root).status == 0)
    }

    @Test("Writing commands go through the daemon that holds the root")
    func control() throws {
        let bench = Bench()
        bench.put(Array("through the socket".utf8), "a.mp4")
        let daemon = try Daemon(bench)
        let result = try bench.ingest()
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.summary?[key: "ingested"]?.integerValue == 1)
        let item = try #require(
            result.lines.first { $0[key: "path"]?.stringValue == "a.mp4" }?[key: "item"]?
                .stringValue)
        let out = bench.directory.path + "/out"
        #expect(try Program.run("copy", item, "--out", out, "--root", bench.root).status == 0)
        #expect(try Program.run("list", "--root", bench.root, "--json").lines.count == 1)
        #expect(daemon.stop() == 0)
        #expect(try Program.run("audit", "--root", bench.root).status == 0)
    }

    @Test(
        "A mounted recorder is taken, may be removed, and its going is noticed",
        .enabled(if: geteuid() == 0, "mounting needs root"))
    func docking() throws {
        let bench = Bench()
        let daemon = try Daemon(bench)
        let point = daemon.docks + "/slot1"
        mkdir(point, 0o755)
        // Filled elsewhere first, so that what docks is whole and read-only from the start.
        let source = bench.directory.path + "/source"
        mkdir(source, 0o755)
        #expect(mount("none", source, "tmpfs", 0, "size=8m") == 0)
        bench.directory.write(
            [UInt8](repeating: 5, count: 3_000_000), at: "source/Media/Video/a.mp4")
        #expect(mount(source, point, nil, UInt(MS_BIND), nil) == 0)
        defer {
            umount2(point, CInt(MNT_DETACH))
            umount2(source, CInt(MNT_DETACH))
        }
        let done = try daemon.docks { lines in
            lines.contains { $0[key: "state"]?.stringValue == "may-be-removed" }
        }
        #expect(done.first?[key: "slot"]?.stringValue == "slot1")
        #expect(done.first?[key: "words"]?.stringValue == "Done, may be removed")
        #expect(umount2(point, CInt(MNT_DETACH)) == 0)
        let after = try daemon.docks { $0.isEmpty }
        #expect(after.isEmpty)
        #expect(try Program.run("list", "--root", bench.root, "--json").lines.count == 1)
        #expect(daemon.stop() == 0)
        #expect(try Program.run("audit", "--root", bench.root).status == 0)
    }
}
