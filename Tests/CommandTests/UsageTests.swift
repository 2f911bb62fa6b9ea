import Evidence
import EvidenceTestKit
import Foundation
import Testing

@Suite("What is typed", .enabled(if: Program.path != nil, "the program is not built"))
struct UsageTests {
    private func filled() throws -> (bench: Bench, item: String) {
        let bench = Bench()
        bench.put(Array("footage".utf8), "a.mp4")
        let result = try bench.ingest()
        return (bench, try #require(result.lines.first?[key: "item"]?.stringValue))
    }

    private func size(_ bench: Bench) throws -> Int64? {
        try Program.run("--root", bench.root, "log", "checkpoint", "--json")
            .lines.first?[key: "size"]?.integerValue
    }

    @Test(
        "What cannot stand in the ledger is refused before a station is made",
        arguments: [
            ["--recorder", ""], ["--officer", "  "], ["--officer", "a\nb"],
            ["--recorder", "\u{1b}[2J"], ["--officer", "\u{202e}1"],
            ["--recorder", String(repeating: "7", count: 65)], ["--zone", "8"], [""],
        ])
    func claims(arguments: [String]) throws {
        let bench = Bench()
        bench.put([1], "a.mp4")
        let result = try Program.runAll(["--root", bench.root, "ingest", bench.card] + arguments)
        #expect(result.status == 2, "\(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: bench.root))
    }

    @Test("A station's name and court are as strict")
    func station() throws {
        let directory = TemporaryDirectory()
        for arguments in [["--station", "a\tb"], ["--station", "a", "--court", ""]] {
            let result = try Program.runAll(
                ["--root", directory.path + "/root", "init"] + arguments)
            #expect(result.status == 2, "\(result.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: directory.path + "/root"))
    }

    @Test("A copy that cannot be put there is refused before its disclosure is entered")
    func copyTarget() throws {
        let (bench, item) = try filled()
        let before = try size(bench)
        symlink(bench.root + "/cache", bench.directory.path + "/link")
        let targets = [
            bench.root + "/out", bench.root + "/vault/out", bench.directory.path + "/link/out",
            bench.directory.path + "/none/out", bench.card + "/a.mp4", bench.card + "/a.mp4/out",
            "/proc/self/out", "",
        ]
        for target in targets {
            let result = try Program.run("--root", bench.root, "copy", item, "--out", target)
            #expect(result.status == 2, "\(target): \(result.errors)")
        }
        #expect(try size(bench) == before)
        #expect(bench.files("cache").isEmpty)
    }

    @Test(
        "Wrong usage is told in the words of what was typed",
        arguments: [
            (["list", "--limit", "-1"], "--limit", "应为 0 或更大"),
            (["log", "entry", "-1"], "-1", "序号"), (["log", "proof", "-1"], "-1", "序号"),
            (["--root"], "--root", "请填写内容"), (["--config", "--json", "list"], "--config", "请填写内容"),
            (["--root", "list"], "--root list", "命令"),
            (["--root", "/nowhere", "lst"], "lst", "多余的参数"),
            (["list", "--from", "2026-11-23+8"], "--from", "请写成"),
            (["list", "--limit", "many"], "many", "无效的值"), (["show"], "item", "缺少参数"),
            (["list", "--root"], "--root", "缺少选项的值"),
        ])
    func words(arguments: [String], english: String, chinese: String) throws {
        let result = try Program.runAll(arguments)
        #expect(result.status == 2 && result.errors.contains(english), "\(result.errors)")
        let other = try Program.runAll(arguments, environment: ["LANG": "zh_CN.UTF-8"])
        #expect(other.status == 2 && other.errors.contains(chinese), "\(other.errors)")
    }

    @Test("A day may have its zone behind it")
    func dayWithZone() throws {
        let (bench, _) = try filled()
        for (from, count) in [("2001-01-01+08:00", 1), ("2201-01-01-03:00", 0)] {
            let result = try Program.run("--root", bench.root, "list", "--json", "--from", from)
            #expect(result.status == 0 && result.lines.count == count, "\(result.errors)")
        }
    }

    @Test("The help of every command lists the exit codes")
    func help() throws {
        let commands = [
            ["init"], ["ingest"], ["serve"], ["docks"], ["list"], ["show"], ["verify"], ["audit"],
            ["copy"], ["repair"], ["describe"], ["volumes"], ["volumes", "add"],
            ["volumes", "copies"], ["volumes", "list"], ["index"], ["index", "rebuild"], ["log"],
            ["log", "vkey"], ["log", "checkpoint"], ["log", "entry"], ["log", "proof"], [],
        ]
        for command in commands {
            let result = try Program.runAll(command + ["--help"])
            #expect(result.status == 0)
            #expect(result.output.contains("Exit codes: 0 done"), "\(command)")
        }
    }

    @Test("A Chinese reader is shown an item, findings and the idle dock in his own words")
    func chinese() throws {
        let (bench, item) = try filled()
        let environment = ["LANG": "zh_CN.UTF-8"]
        func run(_ arguments: String...) throws -> Program.Result {
            try Program.runAll(["--root", bench.root] + arguments, environment: environment)
        }
        let shown = try run("show", item)
        #expect(shown.output.contains("监管链") && shown.output.contains("事件 采集"))
        #expect(!shown.output.contains("custody"))
        let taken = try run("ingest", bench.card)
        #expect(taken.output.contains("! 未识别的记录仪类型") && taken.errors.isEmpty)
        #expect(try run("docks").errors.contains("系统离线，请勿取下"))
        chmod(bench.root + "/keys/log.key", 0o640)
        let audit = try run("audit")
        #expect(audit.status == 1)
        #expect(audit.output.contains("其他用户可以读取存证日志密钥。（应为 600，实际 640）"))
    }

    @Test("Who takes footage by hand sees no log lines unless he asks, and what a log would hide")
    func logLines() throws {
        let (bench, _) = try filled()
        bench.directory.write([7, 7, 7], at: "root/index.sqlite")
        let quiet = try bench.ingest()
        #expect(quiet.status == 0 && quiet.errors.isEmpty, "\(quiet.errors)")
        bench.directory.write([7, 7, 7], at: "root/index.sqlite")
        let loud = try bench.ingest(environment: ["EVIDOCK_LOG_LEVEL": "warning"])
        #expect(loud.errors.contains("warning"))
        bench.directory.write(Array("{".utf8), at: "profiles/ours.json")
        let profiles = bench.directory.path + "/profiles"
        let told = try bench.ingest(environment: ["EVIDOCK_PROFILES": profiles])
        #expect(told.errors.contains("ours.json"), "\(told.errors)")
    }

    @Test("A key that others may read signs nothing, and is a finding")
    func readableKey() throws {
        let (bench, _) = try filled()
        let before = try size(bench)
        chmod(bench.root + "/keys/log.key", 0o644)
        let result = try bench.ingest()
        #expect(result.status == 5 && result.errors.contains("chmod 600"), "\(result.errors)")
        #expect(try size(bench) == before)
        #expect(try Program.run("--root", bench.root, "list").status == 0)
        let audit = try Program.run("--root", bench.root, "audit", "--json")
        #expect(audit.lines.first?[key: "finding"]?[key: "code"]?.stringValue == "readable-key")
        chmod(bench.root + "/keys/log.key", 0o600)
        #expect(try Program.run("--root", bench.root, "audit").status == 0)
    }

    @Test("A damaged checkpoint is told in words, not as the program's own values")
    func damagedCheckpoint() throws {
        let (bench, _) = try filled()
        bench.directory.write(Array("nothing\n".utf8), at: "root/log/checkpoint")
        let result = try Program.run("--root", bench.root, "list")
        #expect(result.status == 5)
        #expect(result.errors.contains("checkpoint is damaged"))
        #expect(!result.errors.contains("LogFailure"), "\(result.errors)")
    }
}
