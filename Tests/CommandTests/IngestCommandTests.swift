import Evidence
import EvidenceTestKit
import Foundation
import Testing

@Suite("evidock ingest", .enabled(if: Program.path != nil, "the program is not built"))
struct IngestCommandTests {
    private func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    @Test("Every file is accounted for, sealed under its digest, and audited")
    func everyFile() throws {
        let bench = Bench()
        bench.put(bytes(100_000), "a.mp4")
        bench.put(bytes(3_000_001, seed: 2), "b/c.mp4")
        bench.put([], "empty.mp4")
        bench.put(Array("note".utf8), "b/notes.txt")
        let result = try bench.ingest()
        #expect(result.status == 0, "\(result.errors)")
        let outcomes = result.lines.filter { $0[key: "outcome"] != nil }
        #expect(outcomes.count == 4)
        #expect(outcomes.allSatisfy { $0[key: "outcome"]?.stringValue == "ingested" })
        #expect(outcomes.allSatisfy { $0[key: "leaf"]?.integerValue != nil })
        let summary = try #require(result.summary)
        #expect(summary[key: "files"]?.integerValue == 4)
        #expect(summary[key: "safeToRemove"]?.boolValue == true)
        for outcome in outcomes {
            let sha256 = try #require(outcome[key: "sha256"]?.stringValue)
            let path = try #require(outcome[key: "path"]?.stringValue)
            let sealed = bench.root + "/vault/footage/\(sha256.prefix(2))/\(sha256)"
            let stored = FileManager.default.contents(atPath: sealed)
            #expect(stored == FileManager.default.contents(atPath: bench.card + "/" + path))
        }
        let audit = try Program.run("audit", "--root", bench.root, "--json")
        #expect(audit.status == 0, "\(audit.output)\(audit.errors)")
        let list = try Program.run("--root", bench.root, "list", "--json")
        // Text beside no footage of its own name is a line of its own: nothing is hidden.
        #expect(list.lines.count == 4)
    }

    @Test("trap-2, trap-5: the same card again is confirmed by digest, and nothing is stored twice")
    func again() throws {
        let bench = Bench()
        bench.put(bytes(200_000), "a.mp4")
        bench.put(bytes(10, seed: 3), "b.mp4")
        #expect(try bench.ingest().status == 0)
        let objects = bench.files("vault/footage")
        let second = try bench.ingest()
        #expect(second.status == 0, "\(second.errors)")
        #expect(second.summary?[key: "duplicate"]?.integerValue == 2)
        #expect(second.summary?[key: "ingested"]?.integerValue == 0)
        #expect(bench.files("vault/footage") == objects)
    }

    @Test("FAULTS-9: the same content under other names is one object and more events")
    func otherNames() throws {
        let bench = Bench()
        let same = bytes(50_000)
        bench.put(same, "a.mp4")
        bench.put(same, "b.mp4")
        bench.put(same, "c/d.mp4")
        let result = try bench.ingest()
        #expect(result.summary?[key: "ingested"]?.integerValue == 1)
        #expect(result.summary?[key: "duplicate"]?.integerValue == 2)
        #expect(bench.files("vault/footage").count == 1)
        let leaves = Set(result.lines.compactMap { $0[key: "leaf"]?.integerValue })
        #expect(leaves.count == 3)
    }

    @Test("trap-2: a file of the same name and size with other bytes is another item")
    func sameNameAndSize() throws {
        let bench = Bench()
        bench.put(bytes(300_000, seed: 5), "a.mp4")
        #expect(try bench.ingest().status == 0)
        bench.put(bytes(300_000, seed: 6), "a.mp4")
        let result = try bench.ingest()
        #expect(result.summary?[key: "ingested"]?.integerValue == 1)
        #expect(bench.files("vault/footage").count == 2)
    }

    @Test("trap-13: a checksum that differs, and one that is none, need a look")
    func checksums() throws {
        let bench = Bench()
        bench.put(bytes(5000), "DCAM_CAM001_000001_20260804_100000.mp4")
        bench.put(
            Array("00000000000000000000000000000000\n".utf8),
            "DCAM_CAM001_000001_20260804_100000.md5")
        bench.put(bytes(5000, seed: 9), "DCAM_CAM001_000001_20260804_100100.mp4")
        bench.put(Array("not a checksum\n".utf8), "DCAM_CAM001_000001_20260804_100100.md5")
        let result = try bench.ingest()
        #expect(result.status == 3)
        func outcome(_ name: String) -> JSONValue? {
            result.lines.first { $0[key: "path"]?.stringValue == name }
        }
        let footage = outcome("DCAM_CAM001_000001_20260804_100000.mp4")
        #expect(footage?[key: "outcome"]?.stringValue == "quarantined")
        #expect(footage?[key: "code"]?.stringValue == "checksum-differs")
        #expect(
            outcome("DCAM_CAM001_000001_20260804_100100.md5")?[key: "code"]?.stringValue
                == "checksum-malformed")
        #expect(
            outcome("DCAM_CAM001_000001_20260804_100100.mp4")?[key: "outcome"]?.stringValue
                == "ingested")
        #expect(try Program.run("audit", "--root", bench.root).status == 0)
    }

    @Test("FAULTS-12: links, pipes and sockets are refused by name, and the rest is taken")
    func otherKinds() throws {
        let bench = Bench()
        bench.put(bytes(100), "a.mp4")
        symlink("/etc/passwd", bench.card + "/link.mp4")
        symlink(".", bench.card + "/loop")
        mkfifo(bench.card + "/pipe.mp4", 0o644)
        let result = try bench.ingest()
        #expect(result.status == 3)
        #expect(result.summary?[key: "refused"]?.integerValue == 3)
        #expect(result.summary?[key: "ingested"]?.integerValue == 1)
        for line in result.lines where line[key: "outcome"]?.stringValue == "refused" {
            #expect(line[key: "reason"]?.stringValue?.isEmpty == false)
            #expect(line[key: "leaf"] != nil)
        }
    }

    @Test("FAULTS-11: names in any bytes are kept, shown safely, and never lead out of the vault")
    func hostileNames() throws {
        let bench = Bench()
        let names: [[UInt8]] = [
            [0xd6, 0xb4, 0xd0, 0xd0, 0x2e, 0x6d, 0x70, 0x34], [0xff, 0xfe], Array("a\nb.mp4".utf8),
            Array("=cmd|' calc'!A0.mp4".utf8), Array("<img src=x onerror=alert(1)>.mp4".utf8),
            Array("\u{202e}4pm.exe".utf8), Array(repeating: 0x61, count: 255), Array("A.MP4".utf8),
            Array("a.mp4".utf8), Array("..mp4".utf8), Array("\u{1b}[2J.mp4".utf8),
        ]
        for (index, name) in names.enumerated() {
            let descriptor = (Array(bench.card.utf8) + [0x2f] + name + [0]).withUnsafeBytes {
                open(
                    $0.bindMemory(to: CChar.self).baseAddress!, O_WRONLY | O_CREAT | O_EXCL, 0o644)
            }
            #expect(descriptor >= 0)
            let content = Array("content \(index)".utf8)
            #expect(write(descriptor, content, content.count) == content.count)
            close(descriptor)
        }
        let result = try bench.ingest()
        #expect(result.status == 0, "\(result.errors)")
        let paths = result.lines.compactMap { RecorderPath(members: $0.objectValue ?? [:]) }
        for name in names { #expect(paths.contains(RecorderPath(bytes: name))) }
        for arguments in [["list", "--all"], ["show", "none"]] {
            let shown = try Program.runAll(["--root", bench.root] + arguments)
            #expect(!shown.output.contains("\u{1b}"))
            #expect(!shown.output.contains("\u{202e}"))
        }
        #expect(try Program.run("audit", "--root", bench.root).status == 0)
    }

    @Test("An empty folder is nothing to do, and says so with exit code 1")
    func emptyFolder() throws {
        let directory = TemporaryDirectory()
        mkdir(directory.path + "/empty", 0o755)
        let result = try Program.run(
            "--root", directory.path + "/root", "ingest", directory.path + "/empty", "--json")
        #expect(result.status == 1)
        #expect(result.summary?[key: "files"]?.integerValue == 0)
    }

    @Test("A path that is not there is wrong usage, with what to do next")
    func noSuchPath() throws {
        let directory = TemporaryDirectory()
        let result = try Program.run(
            "--root", directory.path + "/root", "ingest", directory.path + "/none")
        #expect(result.status == 2)
        #expect(result.errors.contains("Check the path"))
    }

    @Test("A card that nothing may be written to is left exactly as it was, access times too")
    func untouched() throws {
        let bench = Bench()
        bench.put(bytes(70_000), "a.mp4")
        let path = bench.card + "/a.mp4"
        var times = [
            timespec(tv_sec: 1_000_000_000, tv_nsec: 5),
            timespec(tv_sec: 1_500_000_000, tv_nsec: 7),
        ]
        utimensat(AT_FDCWD, path, &times, 0)
        #expect(try bench.ingest().status == 0)
        var status = stat()
        stat(path, &status)
        #expect(status.st_atim.tv_sec == 1_000_000_000 && status.st_atim.tv_nsec == 5)
        #expect(status.st_mtim.tv_sec == 1_500_000_000)
    }

    @Test("Officers are spoken to in Chinese where they ask for it")
    func chinese() throws {
        let bench = Bench()
        bench.put(bytes(100), "a.mp4")
        let result = try Program.run(
            "--root", bench.root, "ingest", bench.card, environment: ["LANG": "zh_CN.UTF-8"])
        #expect(result.output.contains("采集完成，可以取下"))
        #expect(result.output.contains("已采集"))
    }
}
