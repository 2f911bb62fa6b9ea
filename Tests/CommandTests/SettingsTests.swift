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
            ("volumes: 0\n", "out of range"), ("dockRoots: [/a\n", "evidock.yaml"),
        ])
    func malformed(yaml: String, named: String) throws {
        let result = try listing(settings: yaml)
        #expect(result.status == 2)
        #expect(result.errors.contains(named), "\(result.errors)")
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
}
