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
        /// What it says when it is ready.
        let line: String

        init(
            _ bench: Bench, dockRoots: [String]? = nil, environment: [String: String] = [:]
        ) throws {
            self.bench = bench
            docks = bench.directory.path + "/docks"
            mkdir(docks, 0o755)
            process = try Program.process(
                ["serve", "--root", bench.root]
                    + (dockRoots ?? [docks]).flatMap { ["--dock-root", $0] },
                environment: environment)
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
            self.line = String(decoding: line, as: UTF8.self)
            #expect(self.line.hasPrefix("listening on "))
        }

        func stop() -> Int32 {
            process.terminate()
            process.waitUntilExit()
            return process.terminationStatus
        }

        /// Asks until a slot is in that state.
        func docks(inState state: String) throws -> [JSONValue] {
            try docks { lines in lines.contains { $0[key: "state"]?.stringValue == state } }
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
        let second = try Program.run(
            "serve", "--root", daemon.bench.root, "--dock-root", daemon.docks)
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
        let done = try daemon.docks(inState: "may-be-removed")
        #expect(done.first?[key: "slot"]?.stringValue == "slot1")
        #expect(done.first?[key: "words"]?.stringValue == "Done, may be removed")
        #expect(umount2(point, CInt(MNT_DETACH)) == 0)
        let after = try daemon.docks { $0.isEmpty }
        #expect(after.isEmpty)
        #expect(try Program.run("list", "--root", bench.root, "--json").lines.count == 1)
        #expect(daemon.stop() == 0)
        #expect(try Program.run("audit", "--root", bench.root).status == 0)
    }

    /// A read-only volume of a few files at a mount point; unmounted by ``leave()``.
    final class MountedCard {
        let point: String
        private let source: String

        init(_ bench: Bench, at point: String, files: [String: [UInt8]]) {
            self.point = point
            // Not below the dock root: it would be docked itself.
            let name = point.dropFirst(bench.directory.path.utf8.count)
            source = bench.directory.path + "/sources" + name
            makeFolders(point)
            makeFolders(source)
            #expect(mount("none", source, "tmpfs", 0, "size=8m") == 0)
            for (name, bytes) in files {
                let path = source + "/" + name
                makeFolders((path as NSString).deletingLastPathComponent)
                #expect(FileManager.default.createFile(atPath: path, contents: Data(bytes)))
            }
            #expect(mount("none", source, nil, UInt(MS_REMOUNT | MS_RDONLY), nil) == 0)
            #expect(mount(source, point, nil, UInt(MS_BIND), nil) == 0)
        }

        func leave() { umount2(point, CInt(MNT_DETACH)) }

        deinit {
            leave()
            umount2(source, CInt(MNT_DETACH))
        }
    }

    @Test(
        "Two slots of one name at two dock roots are two slots; one more than can be read waits",
        .enabled(if: geteuid() == 0, "mounting needs root"))
    func severalSlots() throws {
        let bench = Bench()
        let roots = ["left", "right"].map { bench.directory.path + "/" + $0 }
        let cards = roots.enumerated().map { number, root in
            makeFolders(root)
            return MountedCard(
                bench, at: root + "/slot1",
                files: ["a\(number).mp4": [UInt8](repeating: UInt8(number), count: 200_000)])
        }
        let daemon = try Daemon(bench, dockRoots: roots, environment: ["EVIDOCK_VOLUMES": "1"])
        let lines = try daemon.docks { lines in
            lines.count { $0[key: "state"]?.stringValue == "may-be-removed" } == 2
        }
        #expect(
            lines.compactMap { $0[key: "slot"]?.stringValue } == [roots[1] + "/slot1", "slot1"])
        cards[1].leave()
        let left = try daemon.docks { $0.count == 1 }
        #expect(left.first?[key: "slot"]?.stringValue == "slot1")
        #expect(try Program.run("list", "--root", bench.root, "--json").lines.count == 2)
        #expect(daemon.stop() == 0)
    }

    @Test(
        "An empty card is said to be empty, and never to be cleared",
        .enabled(if: geteuid() == 0, "mounting needs root"))
    func emptyCard() throws {
        let bench = Bench()
        let daemon = try Daemon(bench)
        let card = MountedCard(bench, at: daemon.docks + "/slot1", files: [:])
        defer { card.leave() }
        let lines = try daemon.docks(inState: "may-be-removed")
        #expect(lines.first?[key: "reason"]?.stringValue == "No files were found on it")
        let text = try Program.run("docks", "--root", bench.root).output
        #expect(text.contains("Single copy") && !text.contains("cleared"))
        #expect(daemon.stop() == 0)
    }

    @Test(
        "evidock's own disk, mounted once more at the dock, is not taken in",
        .enabled(if: geteuid() == 0, "mounting needs root"))
    func ownDisk() throws {
        let bench = Bench()
        bench.put(Array("one".utf8), "a.mp4")
        #expect(try bench.ingest().status == 0)
        let daemon = try Daemon(bench)
        let point = daemon.docks + "/slot1"
        makeFolders(point)
        defer { umount2(point, CInt(MNT_DETACH)) }
        // The root itself, then what holds it.
        for own in [bench.root, bench.directory.path] {
            #expect(mount(own, point, nil, UInt(MS_BIND), nil) == 0)
            let reason = try daemon.docks(inState: "failed").first?[key: "reason"]?.stringValue
            #expect(reason?.contains("evidock's own store") == true)
            umount2(point, CInt(MNT_DETACH))
            #expect(try daemon.docks { $0.isEmpty }.isEmpty)
        }
        #expect(try Program.run("list", "--all", "--root", bench.root, "--json").lines.count == 1)
        #expect(daemon.stop() == 0)
    }

    @Test("A card with something that needs a look is not to be cleared, at a later docking either")
    func doubted() throws {
        let bench = Bench()
        bench.put(Array("footage".utf8), "a.mp4")
        bench.put(Array("00000000000000000000000000000000".utf8), "a.mp4.md5")
        let first = try bench.ingest()
        #expect(first.status == 3)
        let second = try bench.ingest()
        #expect(second.summary?[key: "quarantined"]?.integerValue == 0)
        #expect(second.summary?[key: "mayBeCleared"]?.boolValue == false)
        let clearable = try Program.run("docks", "--clearable", "--root", bench.root)
        #expect(clearable.output.isEmpty && clearable.errors.contains("No recorder may be cleared"))
    }
}

/// Makes a directory and those above it.
private func makeFolders(_ path: String) {
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
}
