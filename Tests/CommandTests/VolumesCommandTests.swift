import Evidence
import EvidenceTestKit
import Foundation
import Testing

@Suite(
    "evidock volumes, evidock repair", .serialized,
    .enabled(if: Program.path != nil, "the program is not built"))
struct VolumesCommandTests {
    private func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    /// A root with two files, and empty directories beside it.
    private func filled(_ directories: String...) throws -> Bench {
        let bench = Bench()
        bench.put(bytes(1_500_000), "a.mp4")
        bench.put(bytes(4000, seed: 2), "b.mp4")
        #expect(try bench.ingest().status == 0)
        for name in directories { mkdir(path(bench, name), 0o755) }
        return bench
    }

    private func path(_ bench: Bench, _ name: String) -> String {
        bench.directory.path + "/" + name
    }

    private func run(_ bench: Bench, _ arguments: String...) throws -> Program.Result {
        try Program.runAll(["--root", bench.root, "--json"] + arguments)
    }

    private func objects(_ disk: String) -> [String] {
        (FileManager.default.subpaths(atPath: disk + "/vault/footage") ?? [])
            .filter { $0.count > 60 }.sorted()
    }

    private func codes(_ result: Program.Result) -> [String] {
        result.lines.compactMap { $0[key: "finding"]?[key: "code"]?.stringValue }
    }

    private func spoil(_ path: String) throws {
        chmod(path, 0o644)
        var content = try #require(FileManager.default.contents(atPath: path))
        content[content.count / 2] ^= 1
        try content.write(to: URL(fileURLWithPath: path))
    }

    // MARK: - volumes

    @Test("Disks are added, remembered, and listed with their role and state")
    func list() throws {
        let bench = try filled("further", "copies")
        #expect(try run(bench, "volumes", "add", path(bench, "further")).status == 0)
        #expect(try run(bench, "volumes", "copies", path(bench, "copies")).status == 0)
        let listed = try run(bench, "volumes").lines
        #expect(
            listed.compactMap { $0[key: "role"]?.stringValue } == ["first", "further", "copies"])
        #expect(listed.allSatisfy { $0[key: "state"]?.stringValue == "in-use" })
        #expect(listed.allSatisfy { $0[key: "free"]?.integerValue != nil })
        let again = try run(bench, "volumes", "add", path(bench, "further"))
        #expect(again.lines.first?[key: "wasThere"]?.boolValue == true)
        #expect(try run(bench, "volumes").lines.count == 3)
        #expect(try run(bench, "audit").status == 0)
        #expect(try run(bench, "index", "rebuild").status == 0)
    }

    @Test(
        "A disk that is not mounted stops with 5, and nothing is written into its mount point",
        arguments: ["add", "copies"])
    func notMounted(command: String) throws {
        let bench = try filled("disk")
        #expect(try run(bench, "volumes", command, path(bench, "disk")).status == 0)
        rename(path(bench, "disk"), path(bench, "elsewhere"))
        for isThere in [false, true] {
            if isThere { mkdir(path(bench, "disk"), 0o755) }
            let result = try bench.ingest()
            #expect(result.status == 5, "\(result.errors)")
            #expect(result.errors.contains("not mounted"))
            let serve = try Program.run(
                "serve", "--root", bench.root, "--dock-root", bench.card)
            #expect(serve.status == 5)
            let audit = try run(bench, "audit")
            #expect(codes(audit) == ["volume-missing"], "\(audit.output)")
            #expect(
                try run(bench, "volumes").lines.last?[key: "state"]?.stringValue == "not-there")
            guard isThere else { continue }
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: path(bench, "disk")).isEmpty)
        }
        rmdir(path(bench, "disk"))
        rename(path(bench, "elsewhere"), path(bench, "disk"))
        #expect(try bench.ingest().status == 0)
    }

    @Test("A second copy named for a trial is set up once, remembered, and missed when it is gone")
    func trialCopies() throws {
        let bench = try filled("copies")
        let environment = ["EVIDOCK_COPIES": path(bench, "copies")]
        let second = try bench.ingest(environment: environment)
        #expect(second.summary?[key: "copies"]?.integerValue == 2, "\(second.errors)")
        #expect(objects(path(bench, "copies")).count == 2)
        rename(path(bench, "copies"), path(bench, "elsewhere"))
        mkdir(path(bench, "copies"), 0o755)
        #expect(try bench.ingest(environment: environment).status == 5)
        #expect(try bench.ingest().status == 5)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: path(bench, "copies")).isEmpty)
    }

    @Test("Paths that an earlier version wrote get their marker where its vault is, and only there")
    func earlierVersion() throws {
        let bench = try filled("old", "empty")
        for name in ["old", "empty"] {
            bench.directory.write(
                Array("{\"volumes\":[\"\(path(bench, name))\"]}".utf8), at: "root/volumes.json")
            if name == "old" {
                for place in ["staging", "vault", "vault/footage"] {
                    mkdir(path(bench, "old/" + place), 0o755)
                }
            }
            #expect(try bench.ingest().status == (name == "old" ? 0 : 5))
            let isMarked = FileManager.default.fileExists(
                atPath: path(bench, name + "/volume.json"))
            #expect(isMarked == (name == "old"))
        }
    }

    @Test("Another station's disk, one that is not empty, one inside the root, the root inside it")
    func refused() throws {
        let (bench, other) = (try filled("disk"), try filled())
        #expect(try run(other, "volumes", "add", path(bench, "disk")).status == 0)
        let marker = FileManager.default.contents(atPath: path(bench, "disk/volume.json"))
        for command in ["add", "copies"] {
            let foreign = try run(bench, "volumes", command, path(bench, "disk"))
            #expect(foreign.status == 2)
            #expect(foreign.errors.contains("another station"))
            #expect(try run(bench, "volumes", command, bench.card).status == 2)
            #expect(try run(bench, "volumes", command, bench.directory.path).status == 2)
            mkdir(bench.root + "/inside", 0o755)
            #expect(try run(bench, "volumes", command, bench.root + "/inside").status == 2)
            rmdir(bench.root + "/inside")
            #expect(try run(bench, "volumes", command, path(bench, "nowhere")).status == 2)
        }
        #expect(FileManager.default.contents(atPath: path(bench, "disk/volume.json")) == marker)
        #expect(!FileManager.default.fileExists(atPath: bench.root + "/volumes.json"))
        // Its place taken by another station's disk, a volume is missed as well.
        mkdir(path(bench, "own"), 0o755)
        #expect(try run(bench, "volumes", "add", path(bench, "own")).status == 0)
        rename(path(bench, "own"), path(bench, "moved"))
        rename(path(bench, "disk"), path(bench, "own"))
        #expect(try bench.ingest().status == 5)
        #expect(codes(try run(bench, "audit")) == ["volume-differs"])
    }

    @Test("What was sealed before the second copy was set is copied by the daemon by itself")
    func catchesUp() throws {
        let bench = try filled("copies")
        let daemon = try ServeCommandTests.Daemon(bench)
        #expect(try run(bench, "volumes", "copies", path(bench, "copies")).status == 0)
        try wait { try replicated(bench) == 2 }
        #expect(objects(path(bench, "copies")) == objects(bench.root))
        #expect(daemon.stop() == 0)
        #expect(try run(bench, "audit").status == 0)
        // Another disk in its place is filled at the next start.
        mkdir(path(bench, "new"), 0o755)
        #expect(try run(bench, "volumes", "copies", path(bench, "new")).status == 0)
        #expect(objects(path(bench, "new")).isEmpty)
        let next = try ServeCommandTests.Daemon(bench)
        try wait { try objects(path(bench, "new")).count == 2 && replicated(bench) == 4 }
        #expect(next.stop() == 0)
        #expect(try run(bench, "audit").status == 0)
    }

    @Test("A card whose files were sealed before the second copy may be cleared only with it")
    func mayBeCleared() throws {
        let bench = try filled("copies")
        #expect(try run(bench, "volumes", "copies", path(bench, "copies")).status == 0)
        let again = try bench.ingest()
        #expect(again.summary?[key: "mayBeCleared"]?.boolValue == true)
        #expect(objects(path(bench, "copies")) == objects(bench.root))
    }

    @Test("A second copy that fails is said, and nothing may be cleared; sealing goes on")
    func failingCopy() throws {
        let bench = try filled("copies")
        #expect(try run(bench, "volumes", "copies", path(bench, "copies")).status == 0)
        // Nothing can get its name there.
        let footage = path(bench, "copies/vault/footage")
        rename(footage, footage + ".away")
        let result = try bench.ingest()
        #expect(result.summary?[key: "safeToRemove"]?.boolValue == true, "\(result.errors)")
        #expect(result.summary?[key: "mayBeCleared"]?.boolValue == false)
        let found = result.summary?[key: "findings"]?.arrayValue?
            .compactMap { $0[key: "code"]?.stringValue }
        #expect(found?.contains("second-copy-failed") == true, "\(result.output)")
        rename(footage + ".away", footage)
        let healed = try bench.ingest()
        #expect(healed.summary?[key: "mayBeCleared"]?.boolValue == true, "\(healed.errors)")
    }

    @Test(
        "A volume added while a docking is held for room lets it go on",
        .enabled(if: geteuid() == 0, "mounting needs root"))
    func heldForRoom() throws {
        let bench = Bench()
        mkdir(bench.root, 0o755)
        #expect(mount("none", bench.root, "tmpfs", 0, "size=48m") == 0)
        defer { umount2(bench.root, CInt(MNT_DETACH)) }
        let further = path(bench, "further")
        mkdir(further, 0o755)
        let daemon = try ServeCommandTests.Daemon(bench)
        for number in 0..<3 {
            bench.directory.write(
                bytes(20_000_000, seed: UInt64(number)), at: "card/DCIM/\(number).mp4")
        }
        let point = daemon.docks + "/slot1"
        mkdir(point, 0o755)
        #expect(mount(bench.card, point, nil, UInt(MS_BIND), nil) == 0)
        defer { umount2(point, CInt(MNT_DETACH)) }
        let held = try daemon.docks { $0.contains { $0[key: "state"]?.stringValue == "held" } }
        #expect(held.first?[key: "state"]?.stringValue == "held", "\(held)")
        #expect(try run(bench, "volumes", "add", further).status == 0)
        let done = try daemon.docks { lines in
            lines.contains { $0[key: "state"]?.stringValue == "may-be-removed" }
        }
        #expect(done.first?[key: "state"]?.stringValue == "may-be-removed", "\(done)")
        #expect(!objects(further).isEmpty)
        #expect(objects(further).count + objects(bench.root).count == 3)
        #expect(daemon.stop() == 0)
        #expect(try run(bench, "audit").status == 0)
    }

    // MARK: - repair

    @Test("Repair restores byte for byte what is damaged or missing, and the audit is clean")
    func repair() throws {
        let bench = try filled("copies")
        #expect(try run(bench, "volumes", "copies", path(bench, "copies")).status == 0)
        #expect(try bench.ingest().status == 0)
        let names = objects(bench.root)
        let (original, copy) = (
            bench.root + "/vault/footage/", path(bench, "copies/vault/footage/")
        )
        let before = names.map { FileManager.default.contents(atPath: original + $0) }
        try spoil(original + names[0])
        unlink(copy + names[1])
        #expect(
            Set(codes(try run(bench, "audit"))) == ["object-differs", "copy-missing"])
        let repaired = try run(bench, "repair")
        #expect(repaired.status == 0, "\(repaired.errors)")
        #expect(
            repaired.lines.compactMap { $0[key: "outcome"]?.stringValue } == [
                "repaired", "repaired",
            ])
        #expect(names.map { FileManager.default.contents(atPath: original + $0) } == before)
        #expect(names.map { FileManager.default.contents(atPath: copy + $0) } == before)
        let audit = try run(bench, "audit")
        #expect(audit.status == 0, "\(audit.output)")
        let again = try run(bench, "repair")
        #expect(again.lines.compactMap { $0[key: "outcome"]?.stringValue } == ["sound", "sound"])
        // The other way round, and by name.
        unlink(original + names[1])
        try spoil(copy + names[0])
        let sha256 = names.map { String($0.suffix(64)) }
        #expect(codes(try run(bench, "audit")).sorted() == ["object-differs", "object-missing"])
        #expect(try run(bench, "repair", sha256[1]).status == 0)
        #expect(try run(bench, "repair", sha256[0]).status == 0)
        #expect(try run(bench, "audit").status == 0)
        let shown = try run(bench, "show", sha256[0])
        let events =
            shown.lines.first?[key: "custody"]?.arrayValue?
            .compactMap { $0[key: "event"]?.stringValue } ?? []
        #expect(events.filter { $0 == "finding" }.count == 2, "\(events)")
    }

    @Test("What has no sound copy is said with exit code 1, and stays as it is")
    func beyondRepair() throws {
        let bench = try filled()
        let object = bench.root + "/vault/footage/" + objects(bench.root)[0]
        try spoil(object)
        let before = FileManager.default.contents(atPath: object)
        let result = try run(bench, "repair")
        #expect(result.status == 1)
        #expect(
            Set(result.lines.compactMap { $0[key: "outcome"]?.stringValue })
                == ["no-sound-copy", "sound"])
        #expect(FileManager.default.contents(atPath: object) == before)
        let empty = Bench()
        #expect(try Program.run("--root", empty.root, "init", "--station", "x").status == 0)
        #expect(try run(empty, "repair").status == 1)
    }

    @Test("Orphans, leftovers and strays on every disk are found by the audit")
    func auditOfDisks() throws {
        let bench = try filled("further", "copies")
        #expect(try run(bench, "volumes", "add", path(bench, "further")).status == 0)
        #expect(try run(bench, "volumes", "copies", path(bench, "copies")).status == 0)
        #expect(try bench.ingest().status == 0)
        let stray = "vault/footage/00/" + String(repeating: "0", count: 64)
        for disk in ["further", "copies"] {
            bench.directory.write([1], at: disk + "/" + stray)
            bench.directory.write([1], at: disk + "/staging/1-1")
            bench.directory.write([1], at: disk + "/letter.txt")
            let audit = try run(bench, "audit")
            #expect(
                codes(audit).sorted() == ["orphan-object", "staging-left", "stray-file"],
                "\(audit.output)")
            let subjects = audit.lines.compactMap {
                $0[key: "finding"]?[key: "subject"]?.stringValue
            }
            #expect(subjects.allSatisfy { $0.hasPrefix(path(bench, disk)) })
            for place in [stray, "staging/1-1", "letter.txt"] {
                unlink(path(bench, disk + "/" + place))
            }
        }
        try spoil(path(bench, "copies/vault/footage/" + objects(bench.root)[0]))
        #expect(codes(try run(bench, "audit")) == ["object-differs"])
    }

    // MARK: - Waiting

    /// Rows of `replication` that the published ledger has, over all items and disks.
    private func replicated(_ bench: Bench) throws -> Int {
        try run(bench, "list").lines.compactMap { $0[key: "item"]?.stringValue }.reduce(0) {
            let shown = try run(bench, "show", $1).lines.first
            return $0 + (shown?[key: "copies"]?.arrayValue?.count ?? 0)
        }
    }

    /// Asks until it is so: the event is the daemon's, the waiting ours.
    private func wait(until isSo: () throws -> Bool) throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while try !isSo() {
            guard ContinuousClock.now < deadline else {
                Issue.record("it did not come")
                return
            }
            usleep(50_000)
        }
    }
}
