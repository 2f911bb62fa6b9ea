import Evidence
import EvidenceTestKit
import Foundation
import Testing

@Suite("The store's commands", .enabled(if: Program.path != nil, "the program is not built"))
struct StoreCommandTests {
    private func filled() throws -> (bench: Bench, item: String, sha256: String) {
        let bench = Bench()
        var random = SeededGenerator(seed: 11)
        bench.put((0..<1_500_000).map { _ in UInt8.random(in: 0...255, using: &random) }, "a.mp4")
        bench.put(Array("small".utf8), "b.mp4")
        let result = try bench.ingest("--officer", "000042", "--recorder", "R7")
        #expect(result.status == 0, "\(result.errors)")
        let line = try #require(
            result.lines.first { $0[key: "path"]?.stringValue == "a.mp4" })
        return (
            bench, try #require(line[key: "item"]?.stringValue),
            try #require(line[key: "sha256"]?.stringValue)
        )
    }

    private func spoil(_ path: String, at offset: Int = 0) throws {
        chmod(path, 0o644)
        let descriptor = open(path, O_RDWR)
        #expect(descriptor >= 0)
        var byte: UInt8 = 0
        #expect(pread(descriptor, &byte, 1, off_t(offset)) == 1)
        byte ^= 1
        #expect(pwrite(descriptor, &byte, 1, off_t(offset)) == 1)
        close(descriptor)
    }

    @Test("An item is shown by its name, its digest, and the beginning of its digest")
    func show() throws {
        let (bench, item, sha256) = try filled()
        for name in [item, sha256, String(sha256.prefix(10)), sha256.uppercased()] {
            let shown = try Program.run("--root", bench.root, "show", name, "--json")
            #expect(shown.status == 0, "\(shown.errors)")
            let value = try #require(shown.lines.first)
            #expect(value[key: "item"]?.stringValue == item)
            #expect(value[key: "sha256"]?.stringValue == sha256)
            #expect(value[key: "officer"]?.stringValue == "000042")
            #expect(value[key: "recorder"]?[key: "id"]?.stringValue == "R7")
            let events = value[key: "custody"]?.arrayValue?.compactMap {
                $0[key: "event"]?.stringValue
            }
            #expect(events == ["ingestion", "description"])
        }
        #expect(try Program.run("--root", bench.root, "show", "0000-99").status == 1)
    }

    @Test("A copy is the original, its disclosure is in the ledger, and nothing is overwritten")
    func copy() throws {
        let (bench, item, _) = try filled()
        let out = bench.directory.path + "/out.mp4"
        #expect(try Program.run("--root", bench.root, "copy", item, "--out", out).status == 0)
        #expect(
            FileManager.default.contents(atPath: out)
                == FileManager.default.contents(atPath: bench.card + "/a.mp4"))
        #expect(try Program.run("--root", bench.root, "copy", item, "--out", out).status == 2)
        let shown = try Program.run("--root", bench.root, "show", item, "--json")
        let events = shown.lines.first?[key: "custody"]?.arrayValue?
            .compactMap { $0[key: "event"]?.stringValue }
        #expect(events?.last == "disclosure")
    }

    @Test("A damaged object is never handed out")
    func damagedCopy() throws {
        let (bench, item, sha256) = try filled()
        try spoil(bench.root + "/vault/footage/\(sha256.prefix(2))/\(sha256)", at: 1_200_000)
        let out = bench.directory.path + "/out.mp4"
        #expect(try Program.run("--root", bench.root, "copy", item, "--out", out).status == 5)
        #expect(!FileManager.default.fileExists(atPath: out))
    }

    @Test("Verify says known, unknown, matches and differs, and never calls a file altered")
    func verify() throws {
        let (bench, item, _) = try filled()
        func verdict(_ arguments: String...) throws -> (Int32, String?) {
            let result = try Program.runAll(
                ["--root", bench.root, "--json", "verify"] + arguments)
            return (result.status, result.lines.first?[key: "result"]?.stringValue)
        }
        let (first, second) = (bench.card + "/a.mp4", bench.card + "/b.mp4")
        #expect(try verdict(first) == (0, "known"))
        #expect(try verdict(first, "--against", item) == (0, "matches"))
        #expect(try verdict(second, "--against", item) == (1, "differs"))
        bench.put(Array("altered".utf8), "a.mp4")
        #expect(try verdict(first) == (1, "unknown"))
        #expect(try verdict(first, "--against", item) == (1, "differs"))
    }

    @Test(
        "The audit finds a changed byte wherever it is",
        arguments: [
            "vault/footage", "vault/records", "log/tile", "log/checkpoint",
        ])
    func audit(place: String) throws {
        let (bench, _, _) = try filled()
        #expect(try Program.run("audit", "--root", bench.root).status == 0)
        let files =
            place == "log/checkpoint" ? [place] : bench.files(place).map { place + "/" + $0 }
        for file in files {
            let path = bench.root + "/" + file
            let size = (try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
            guard size > 0 else { continue }
            try spoil(path, at: size / 2)
            let audit = try Program.run("audit", "--root", bench.root, "--json")
            #expect([1, 5].contains(audit.status), "\(file) \(audit.output)")
            try spoil(path, at: size / 2)
        }
        #expect(try Program.run("audit", "--root", bench.root).status == 0)
    }

    /// One thing wrong with a store, and the finding's code.
    enum Damage: String, CaseIterable, Sendable {
        case footageGone = "object-missing"
        case footageCut = "object-differs"
        case recordGone = "record-missing"
        case strayFootage = "orphan-object"
        case strayRecord = "orphan-record"
        case tileGone = "tile-missing"
        case bundleGone = "bundle-missing"
        case otherRoot = "checkpoint-damaged"
        case indexRow = "index-differs"
    }

    @Test("The audit names what is wrong", arguments: Damage.allCases)
    func auditNames(damage: Damage) throws {
        let (bench, _, sha256) = try filled()
        let root = bench.root
        let footage = "\(root)/vault/footage/\(sha256.prefix(2))/\(sha256)"
        let stray = "vault/%@/00/" + String(repeating: "0", count: 64)
        switch damage {
        case .footageGone: unlink(footage)
        case .footageCut:
            chmod(footage, 0o644)
            truncate(footage, 1_499_999)
        case .recordGone: unlink(root + "/vault/records/" + bench.files("vault/records")[0])
        case .strayFootage, .strayRecord:
            let kind = damage == .strayFootage ? "footage" : "records"
            bench.directory.write([1], at: "root/" + stray.replacing("%@", with: kind))
        case .tileGone:
            unlink(
                root + "/log/"
                    + (bench.files("log").filter { $0.hasPrefix("tile/0/") }.max {
                        $0.count < $1.count || ($0.count == $1.count && $0 < $1)
                    } ?? ""))
        case .bundleGone:
            for file in bench.files("log/tile/entries") {
                unlink(root + "/log/tile/entries/" + file)
            }
        case .otherRoot:
            let other = try filled().bench
            unlink(root + "/log/checkpoint")
            try FileManager.default.copyItem(
                atPath: other.root + "/log/checkpoint", toPath: root + "/log/checkpoint")
        case .indexRow:
            let python = Process()
            python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            python.arguments = [
                "python3", "-c",
                "import sqlite3,sys; d=sqlite3.connect(sys.argv[1]); d.execute(\"update items set officer='x'\"); d.commit()",
                root + "/index.sqlite",
            ]
            try python.run()
            python.waitUntilExit()
        }
        let audit = try Program.run("audit", "--root", root, "--json")
        #expect(audit.status == 1, "\(audit.output)\(audit.errors)")
        let codes = audit.lines.compactMap { $0[key: "finding"]?[key: "code"]?.stringValue }
        #expect(codes.contains(damage.rawValue), "\(codes)")
    }

    @Test("A ledger that is empty is nothing to check, and that is not success")
    func emptyAudit() throws {
        let directory = TemporaryDirectory()
        let root = directory.path + "/root"
        #expect(try Program.run("--root", root, "init", "--station", "x").status == 0)
        let audit = try Program.run("--root", root, "audit", "--json")
        #expect(audit.status == 1)
        #expect(audit.output.contains("nothing-to-check"))
    }

    @Test("FAULTS-18: an index that was deleted or scribbled over comes back equal")
    func index() throws {
        let (bench, _, _) = try filled()
        func digest() throws -> String? {
            let result = try Program.run("--root", bench.root, "index", "rebuild", "--json")
            #expect(result.status == 0, "\(result.errors)")
            return result.lines.first?[key: "dump"]?.stringValue
        }
        let before = try Program.run("--root", bench.root, "list", "--json").output
        let first = try digest()
        for scribble in [false, true] {
            for suffix in ["", "-wal", "-shm"] {
                unlink(bench.root + "/index.sqlite" + suffix)
            }
            if scribble {
                _ = FileManager.default.createFile(
                    atPath: bench.root + "/index.sqlite", contents: Data(repeating: 7, count: 9000))
            }
            #expect(try Program.run("--root", bench.root, "list", "--json").output == before)
            #expect(try digest() == first)
        }
    }

    @Test(
        "A store of a newer format, a damaged station file and a missing key stop with 5, untouched"
    )
    func untrusted() throws {
        for (place, content) in [
            ("format", "2\n" as String?), ("station.json", "{}"), ("keys/log.key", nil),
        ] {
            let (bench, _, _) = try filled()
            let path = bench.root + "/" + place
            if let content {
                try content.write(toFile: path, atomically: false, encoding: .utf8)
            } else {
                unlink(path)
            }
            let before = bench.files("").filter { !$0.hasPrefix("lock") }
            let result = try bench.ingest()
            #expect(result.status == 5, "\(place): \(result.errors)")
            #expect(!result.errors.isEmpty)
            #expect(bench.files("").filter { !$0.hasPrefix("lock") } == before)
        }
    }

    @Test("A store's disk that is not mounted makes no second station")
    func notMounted() throws {
        let directory = TemporaryDirectory()
        let result = try Program.run("serve", "--no-init", "--root", directory.path)
        #expect(result.status == 5)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
        #expect(try Program.run("list", "--root", directory.path).status == 5)
    }

    @Test("A folder that holds something else is not made a station")
    func somethingElse() throws {
        let directory = TemporaryDirectory()
        directory.write([1], at: "precious.txt")
        let result = try Program.run("--root", directory.path, "init", "--station", "x")
        #expect(result.status == 5)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["precious.txt"])
    }

    @Test("A station has the court's digits as its short code")
    func initCommand() throws {
        let directory = TemporaryDirectory()
        let root = directory.path + "/root"
        let made = try Program.run(
            "init", "--root", root, "--station", "芗城法院", "--court", "闽0602", "--json")
        #expect(made.status == 0, "\(made.errors)")
        #expect(made.lines.first?[key: "code"]?.stringValue == "0602")
        #expect(try Program.run("init", "--root", root, "--station", "x").status == 2)
        let key = try Program.run("--root", root, "log", "vkey")
        #expect(key.output.split(separator: "+").count >= 3)
        var status = stat()
        stat(root + "/keys/log.key", &status)
        #expect(status.st_mode & 0o777 == 0o600)
    }

    @Test("A leaf is shown with its record, and has its proof")
    func log() throws {
        let (bench, _, _) = try filled()
        let head = try Program.run("--root", bench.root, "log", "checkpoint", "--json")
        let size = try #require(head.lines.first?[key: "size"]?.integerValue)
        #expect(size >= 5)
        for leaf in 0..<size {
            let entry = try Program.run("--root", bench.root, "--json", "log", "entry", "\(leaf)")
            #expect(entry.lines.first?[key: "rows"]?.arrayValue?.isEmpty == false)
            let proof = try Program.run("--root", bench.root, "log", "proof", "\(leaf)")
            #expect(proof.output.hasPrefix("c2sp.org/tlog-proof@v1\nindex \(leaf)\n"))
        }
        #expect(try Program.run("--root", bench.root, "log", "entry", "\(size)").status == 1)
    }

    @Test("Leaves hold no names", arguments: ["a.mp4", "000042", "R7", "card"])
    func noPersonalData(word: String) throws {
        let (bench, _, _) = try filled()
        // The hashes of tiles and the base64 of checkpoints hold any two letters, by chance.
        for file in bench.files("log") where file.hasPrefix("tile/entries/") {
            let bytes = FileManager.default.contents(atPath: bench.root + "/log/" + file) ?? Data()
            #expect(bytes.range(of: Data(word.utf8)) == nil)
        }
    }

    @Test(
        "Wrong usage says what to type instead, with exit code 2",
        arguments: [
            ["frobnicate"], ["ingest"], ["show"], ["list", "--from", "yesterday"],
            ["list", "--limit", "-1"],
            ["log", "entry", "x"], ["--root"],
        ])
    func usage(arguments: [String]) throws {
        let (bench, _, _) = try filled()
        let result = try Program.runAll(
            arguments, environment: ["EVIDOCK_ROOT": bench.root])
        #expect(result.status == 2, "\(result.output)\(result.errors)")
        #expect(!result.errors.isEmpty)
    }

    @Test("An index with spoiled pages is a finding that says what to do, and is made anew")
    func spoiledIndex() throws {
        let (bench, _, _) = try filled()
        let path = bench.root + "/index.sqlite"
        unlink(path + "-wal")
        unlink(path + "-shm")
        let bytes = try #require(FileManager.default.contents(atPath: path))
        let descriptor = open(path, O_RDWR)
        let noise = [UInt8](repeating: 0xa5, count: 1024)
        for page in (bytes.count / 8192)..<(bytes.count / 4096) {
            #expect(pwrite(descriptor, noise, noise.count, off_t(page * 4096)) == noise.count)
        }
        close(descriptor)
        let audit = try Program.run("--root", bench.root, "audit", "--json")
        #expect(audit.status == 1, "\(audit.errors)")
        let codes = audit.lines.compactMap { $0[key: "finding"]?[key: "code"]?.stringValue }
        #expect(codes.contains { $0.hasPrefix("index-") }, "\(codes)")
        #expect(try Program.run("--root", bench.root, "index", "rebuild").status == 0)
        #expect(try Program.run("--root", bench.root, "audit").status == 0)
    }
}
