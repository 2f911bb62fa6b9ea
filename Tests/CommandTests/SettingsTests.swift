import Evidence
import EvidenceTestKit
import Foundation
import Testing

@Suite("Settings", .enabled(if: Program.path != nil, "the program is not built"))
struct SettingsTests {
    private func listing(settings yaml: String) throws -> Program.Result {
        let bench = Bench()
        bench.put(Array("small".utf8), "b.mp4")
        #expect(try bench.ingest().status == 0)
        bench.directory.write(Array(yaml.utf8), at: "evidock.yaml")
        return try Program.run(
            "--root", bench.root, "--config", bench.directory.path + "/evidock.yaml", "list")
    }

    @Test(
        "One that cannot be used is named, and nothing is done with a default instead",
        arguments: [
            ("copy: /srv/second\n", "copy"), ("reservePermille: few\n", "reservePermille"),
            ("transfers: 2.5\n", "transfers"), ("singleThreaded: perhaps\n", "singleThreaded"),
            ("volumes: 0\n", "volumes: a whole number from 1"),
            ("dockRoots: [/a\n", "evidock.yaml"),
            ("reservePermille: 1001\n", "reservePermille"), ("copies: 5\n", "copies"),
            ("copies: true\n", "copies"), ("copies: [/a, /b]\n", "copies"),
            ("copies:\n  at: /a\n", "copies"), ("mode: [both]\n", "mode"),
            ("mode: fast\n", "readback or both"), ("root: station\n", "root"),
            ("profiles: recorders.d\n", "profiles"), ("inspector: 7\n", "inspector"),
            ("{copies: /a}\n", "one setting a line"), ("- copies: /a\n", "one setting a line"),
            ("  copies: /a\n", "one setting a line"),
            ("volumes: 1\n---\nvolumes: 2\n", "one setting a line"),
            ("dockRoots: docks\n", "dockRoots"), ("dockRoots: []\n", "dockRoots"),
            ("dockRoots:\n  - docks\n", "dockRoots"),
        ])
    func malformed(yaml: String, named: String) throws {
        let result = try listing(settings: yaml)
        #expect(result.status == 2)
        #expect(result.errors.contains(named), "\(result.errors)")
    }

    @Test(
        "One without a value is as if it were not there, and a lone dock root needs no list",
        arguments: [
            "copies:\n", "copies: \"\"\nmode:\nvolumes:\n", "dockRoots:\n", "---\nvolumes: 2\n",
            "dockRoots: /somewhere\n", "dockRoots:\n- /somewhere\n# end\n",
            "dockRoots: [\n  /somewhere\n]\n",
        ])
    func taken(yaml: String) throws {
        let result = try listing(settings: yaml)
        #expect(result.status == 0, "\(result.errors)")
    }

    @Test("Every setting that the shipped file describes is one")
    func shipped() throws {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        let text = try String(
            contentsOf: folder.appendingPathComponent("systemd/evidock.yaml"), encoding: .utf8)
        let settings = text.split(separator: "\n").filter { line in
            let name = line.drop { $0 == "#" }.prefix { $0 != ":" }
            return !name.isEmpty && name.allSatisfy(\.isLetter) && line.contains(": ")
                && !line.hasPrefix("# ")
        }.map { $0.drop { $0 == "#" } }
        #expect(settings.count > 20)
        let result = try listing(settings: settings.joined(separator: "\n") + "\n")
        #expect(!result.errors.contains("no setting has this name"), "\(result.errors)")
    }

    @Test("A file of comments alone leaves the defaults")
    func comments() throws {
        #expect(try listing(settings: "# nothing set\n\n   # at all\n").status == 0)
    }

    @Test("One of the environment is as strict")
    func environment() throws {
        let result = try Program.run(
            "--root", "/nowhere", "list", environment: ["EVIDOCK_RESERVE_BYTES": "1 GiB"])
        #expect(result.status == 2)
        #expect(result.errors.contains("reserveBytes"))
    }

    // MARK: - Dock roots

    /// `serve` with a dock root; one that is not refused is ended after a while.
    private func serve(_ bench: Bench, at docks: String, environment: [String: String] = [:])
        throws -> Program.Result
    {
        let process = try Program.process(
            ["serve", "--root", bench.root, "--dock-root", docks], environment: environment)
        let errors = Pipe()
        process.standardError = errors
        process.standardOutput = FileHandle(forWritingAtPath: "/dev/null")
        try process.run()
        DispatchQueue.global().asyncAfter(deadline: .now() + 30) { process.terminate() }
        let bytes = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Program.Result(
            status: process.terminationStatus, output: "",
            errors: String(decoding: bytes, as: UTF8.self))
    }

    @Test("A dock root that would be watched in vain, or is the whole system, is refused")
    func uselessDockRoot() throws {
        let bench = Bench()
        let missing = try serve(bench, at: bench.directory.path + "/none/docks")
        #expect(missing.status == 2 && missing.errors.contains("--dock-root DIR"))
        bench.put([1], "a.mp4")
        #expect(try serve(bench, at: bench.card + "/a.mp4").status == 2)
        let all = try serve(bench, at: "/", environment: ["LANG": "zh_CN.UTF-8"])
        #expect(all.status == 2 && all.errors.contains("整个系统"))
        #expect(!FileManager.default.fileExists(atPath: bench.root))
    }

    @Test("A dock root is watched by its real path, which is the one that mounts have")
    func linkedDockRoot() throws {
        let bench = Bench()
        let link = bench.directory.path + "/link"
        symlink(bench.card, link)
        let daemon = try ServeCommandTests.Daemon(bench, dockRoots: [link])
        #expect(daemon.line.contains("watching " + LocalName.real(bench.card)))
        #expect(daemon.stop() == 0)
    }

    @Test("A control socket that cannot be is told with its reason")
    func controlSocket() throws {
        let bench = Bench()
        let long = "/run/" + String(repeating: "x", count: 110)
        for (socket, words) in [(long, "107 bytes"), ("/nowhere/at/all/a.sock", "no directory")] {
            let result = try serve(
                bench, at: bench.card, environment: ["EVIDOCK_CONTROL_SOCKET": socket])
            #expect(result.status == 2)
            #expect(result.errors.contains(words), "\(result.errors)")
        }
    }
}

private enum LocalName {
    /// The path with its links resolved.
    static func real(_ path: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    }
}
