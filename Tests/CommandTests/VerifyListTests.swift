import Evidence
import EvidenceTestKit
import Foundation
import Testing

@Suite("A list of digests", .enabled(if: Program.path != nil, "the program is not built"))
struct VerifyListTests {
    private let bench = Bench()
    /// By name: the item, its digests.
    private let taken: [String: JSONValue]

    init() throws {
        for name in ["a.mp4", "b.mp4", "c.mp4"] { bench.put(Array("this is \(name)".utf8), name) }
        bench.put(Array("{}".utf8), "a.json")
        let result = try bench.ingest()
        #expect(result.status == 0, "\(result.errors)")
        taken = Dictionary(
            uniqueKeysWithValues: result.lines.compactMap { line in
                line[key: "path"]?.stringValue.map { ($0, line) }
            })
    }

    private func text(_ name: String, _ key: String) throws -> String {
        try #require(taken[name]?[key: key]?.stringValue)
    }

    private func run(
        _ list: some DataProtocol, _ extra: String..., json: Bool = true,
        environment: [String: String] = [:]
    ) throws -> Program.Result {
        let path = bench.directory.path + "/list.csv"
        try Data(list).write(to: URL(fileURLWithPath: path))
        return try Program.runAll(
            ["--root", bench.root] + (json ? ["--json"] : []) + ["verify", "--list", path] + extra,
            environment: environment)
    }

    private func run(_ list: String, _ extra: String...) throws -> Program.Result {
        let path = bench.directory.path + "/list.csv"
        try Data(list.utf8).write(to: URL(fileURLWithPath: path))
        return try Program.runAll(
            ["--root", bench.root, "--json", "verify", "--list", path] + extra)
    }

    private func results(_ result: Program.Result) -> [String] {
        result.lines.map {
            "\($0[key: "line"]?.integerValue ?? -1) \($0[key: "result"]?.stringValue ?? "")"
        }
    }

    private let none = String(repeating: "0", count: 64)

    @Test("Every form of a list is answered line for line, in its order")
    func forms() throws {
        let (sha256, sm3) = (try text("a.mp4", "sha256"), try text("b.mp4", "sm3"))
        let lists = [
            "\(sha256)\n\(sm3)\n\(none)\n",
            "\(sha256.uppercased())\r\n \(sm3) \r\n\(none)",
            "digest\n\(sha256)\n\(sm3)\n\(none)\n",
            "\u{feff}文件名,哈希值（校验值）\r\n甲,\(sha256)\r\n乙,\(sm3)\r\n丙,\(none)\r\n",
            "x,\(sha256)\n\"y, \"\"z\"\"\",\"\(sm3)\"\n,\(none)\n",
            "\(sha256),x\n\(sm3),y\n\(none),z\n",
            "\(sha256)  DCIM/a, \"b\".mp4\n\(sm3) *y\n\\\(none)  a\\\\b\\nc\n",
            "size,sm3,sha256,file\n1,,\(sha256),x\n2,,\(sm3),y\n3,,\(none),z\n",
        ]
        for list in lists {
            let result = try run(list)
            #expect(result.status == 1, "\(result.errors)")
            let answers = result.lines.map { $0[key: "result"]?.stringValue }
            #expect(answers == ["known", "known", "unknown"], "\(list)\n\(result.output)")
            #expect(result.lines[0][key: "item"]?.stringValue == (try text("a.mp4", "item")))
            #expect(result.lines[1][key: "item"]?.stringValue == (try text("b.mp4", "item")))
            #expect(result.lines[2][key: "item"] == nil)
        }
        let sums = try run(lists[6]).lines
        #expect(
            sums.map { $0[key: "path"]?.stringValue } == ["DCIM/a, \"b\".mp4", "y", "a\\b\nc"])
    }

    @Test("A known digest comes with item, leaf, time, station and its events")
    func known() throws {
        let result = try run("card/a.mp4,\(try text("a.mp4", "sha256"))\n")
        #expect(result.status == 0, "\(result.errors)")
        let line = try #require(result.lines.first)
        let leaf = try #require(taken["a.mp4"]?[key: "leaf"])
        #expect(line[key: "leaf"] == leaf)
        #expect(line[key: "path"]?.stringValue == "card/a.mp4")
        let shown = try #require(
            try Program.run("--root", bench.root, "show", text("a.mp4", "item"), "--json").lines
                .first)
        let events = shown[key: "custody"]?.arrayValue?.compactMap { $0[key: "event"] }
        #expect(line[key: "events"]?.arrayValue?.compactMap { $0[key: "event"] } == events)
        #expect(events == ["ingestion", "description"])
        #expect(line[key: "time"] == shown[key: "custody"]?.arrayValue?.first?[key: "time"])
        #expect(line[key: "cosignedBy"] == nil && line[key: "timeStamped"] == nil)
        let head = try Program.run("--root", bench.root, "log", "checkpoint", "--json").lines.first
        #expect(line[key: "checkpoint"] == head?[key: "size"])
    }

    @Test("Only against a stated reference is there a match or a difference")
    func references() throws {
        let (first, second) = (try text("a.mp4", "sha256"), try text("b.mp4", "sha256"))
        let item = try text("a.mp4", "item")
        let leaf = try #require(taken["a.mp4"]?[key: "leaf"]?.integerValue)
        let result = try run(
            """
            path,digest,reference
            a.mp4,\(first),\(item)
            a.mp4,\(try text("a.mp4", "sm3")),\(leaf)
            a.mp4,\(first),\(try text("a.mp4", "sm3").uppercased())
            a.mp4,\(second),\(item)
            a.mp4,\(none),\(first)
            a.mp4,\(second),
            a.mp4,\(second),\(none)
            a.mp4,\(none),\(none)
            a.mp4,\(second),\(item)9
            a.mp4,\(second),what

            """)
        #expect(result.status == 1)
        #expect(
            results(result) == [
                "2 matches", "3 matches", "4 matches", "5 differs", "6 differs", "7 known",
                "8 differs", "9 unknown", "10 malformed", "11 malformed",
            ])
        #expect(
            result.lines.suffix(4).map { $0[key: "note"]?.stringValue } == [
                "unknown-reference", "unknown-reference", "unknown-reference",
                "malformed-reference",
            ])
    }

    @Test("A malformed line is answered in its place, and is not success")
    func malformed() throws {
        let digest = try text("a.mp4", "sha256")
        let result = try run("x,\(digest)\n\ny,\(digest.dropLast())\nz\n\"q\nq\",\(digest)\n")
        #expect(result.status == 1)
        #expect(results(result) == ["1 known", "3 malformed", "4 malformed", "5 known"])
        #expect(
            result.lines.map { $0[key: "note"]?.stringValue } == [
                nil, "not-a-digest", "no-digest", nil,
            ])
    }

    @Test(
        "What is no list is refused with its line and column, before a word of an answer",
        arguments: [
            ("\"a\nb", "line 1, column 1"), ("x,y\nx,y\"\n", "line 2, column 2"),
            ("x,y\n\"x\"y,\n", "line 2, column 1"), ("path,md5\nx,y\n", "line 1:"),
            ("x,y,\u{0}z\"\n", "line 1, column 3"),
        ])
    func refused(list: String, place: String) throws {
        let result = try run(Data(list.utf8), json: false)
        #expect(result.status == 2 && result.output.isEmpty, "\(result.output)")
        #expect(result.errors.contains(place), "\(result.errors)")
    }

    @Test("Other encodings and endless lines are refused, an empty list is not success")
    func hostile() throws {
        let gbk = try run([0x61, 0x2c, 0x62, 0x0a, 0xbc, 0xd7, 0x2c, 0x62], json: false)
        #expect(gbk.status == 2 && gbk.errors.contains("line 2, column 1: not UTF-8"))
        let long = try run(Data(repeating: 0x61, count: 5_000_000), json: false)
        #expect(long.status == 2 && long.errors.contains("line 1: longer than 65536"))
        let open = try run(Data("\"".utf8) + Data(repeating: 0x0a, count: 5_000_000), json: false)
        #expect(open.status == 2 && open.errors.contains("line 1: longer than 65536"))
        #expect(try run("").status == 1)
        #expect(try run("path,digest\n\n").status == 1)
        let (root, card) = (bench.root, bench.card)
        for (wrong, word) in [
            (["--list", card], card), (["--list", "/nowhere"], "/nowhere"), ([], "PATH"),
            (["--proofs", "x", "y"], "--proofs"), (["--list", card, "y"], "no files beside it"),
            (["--list", card, "--against", "y"], "--against"),
            (["--list", card, "--policy", "y"], "--policy"),
            (["--list", card, "--tsa-ca", "y"], "--tsa-ca"),
        ] {
            let result = try Program.runAll(["--root", root, "verify"] + wrong)
            #expect(result.status == 2 && result.errors.contains(word), "\(wrong)")
        }
    }

    @Test("The answer is CSV, without effect on a spreadsheet or a terminal, and is a list itself")
    func csv() throws {
        let list = "=1+1,\(try text("a.mp4", "sha256"))\n\"a\u{1b}[2J\"\"\",\(none)\n"
        let result = try run(Data(list.utf8), json: false, environment: ["LANG": "zh_CN.UTF-8"])
        let lines = result.output.split(separator: "\r\n").map(String.init)
        #expect(lines.count == 3)
        #expect(lines[0].hasPrefix("line,path,digest,reference,result,"))
        #expect(lines[1].hasPrefix("1,'=1+1,"))
        #expect(lines[2].hasPrefix("2,\"a\\u{1b}[2J\"\"\",\(none),,unknown,"))
        #expect(result.errors.contains("未查到存证记录 1 条"))
        #expect(results(try run(result.output)) == ["2 known", "3 unknown"])
    }

    @Test("The proofs of what is known, each once, in a folder that was not there")
    func proofs() throws {
        let out = bench.directory.path + "/out"
        let (video, sidecar) = (try text("a.mp4", "sha256"), try text("a.json", "sha256"))
        let list = "\(video)\n\(none)\n\(sidecar)\n\(try text("a.mp4", "sm3"))\n"
        let result = try run(list, "--proofs", out)
        #expect(result.status == 1, "\(result.errors)")
        #expect(result.lines[2][key: "note"]?.stringValue == "digest-in-record")
        let leaves = try ["a.mp4", "a.json"].map {
            try #require(taken[$0]?[key: "leaf"]?.integerValue)
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: out).sorted()
        #expect(
            names
                == (leaves.map { "\($0).entry" }
                + [video, sidecar].map { "\($0).tlog-proof" }).sorted())
        for (leaf, digest) in zip(leaves, [video, sidecar]) {
            let proof = try Program.run("--root", bench.root, "log", "proof", "\(leaf)")
            let written = FileManager.default.contents(atPath: "\(out)/\(digest).tlog-proof")
            #expect(written == Data(proof.output.utf8))
            let entry = try Program.run("--root", bench.root, "log", "entry", "\(leaf)", "--json")
            let bytes = FileManager.default.contents(atPath: "\(out)/\(leaf).entry")
            #expect(bytes?.base64EncodedString() == entry.lines.first?[key: "entry"]?.stringValue)
        }
        let again = try run(list, "--proofs", out)
        #expect(again.status == 2 && again.output.isEmpty && again.errors.contains("--proofs"))
        let other = bench.directory.path + "/other"
        #expect(try run("\(none)\n", "--proofs", other).status == 1)
        #expect(!FileManager.default.fileExists(atPath: other))
    }

    @Test("An index that says otherwise than the ledger yields no proofs")
    func contradiction() throws {
        let database = bench.root + "/index.sqlite"
        let python = Process()
        python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        python.arguments = [
            "python3", "-c",
            "import sqlite3,sys; d=sqlite3.connect(sys.argv[1]); d.execute(\"update items set sha256=zeroblob(32) where isFootage\"); d.commit()",
            database,
        ]
        try python.run()
        python.waitUntilExit()
        let out = bench.directory.path + "/out"
        let result = try run("\(none)\n", "--proofs", out)
        #expect(result.status == 4 && result.errors.contains("index rebuild"), "\(result.errors)")
        #expect(!FileManager.default.fileExists(atPath: out))
        let names = try FileManager.default.contentsOfDirectory(atPath: bench.directory.path)
        #expect(!names.contains { $0.hasPrefix("out") })
    }
}
