import Evidence
import Foundation
import Glibc
import Testing

@testable import Inspection

@Suite(
    "A reader that fails costs its own file alone",
    .enabled(if: InspectorProgram.isThere, "the inspector is not built beside the tests"))
struct FailingReaderTests {
    private static let picture: [UInt8] = [
        0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 16, 0, 16, 1, 1, 0x11, 0, 0xff, 0xd9,
    ]

    #if DEBUG
        @Test(
            arguments: [
                ("mishap-crash", "the inspector crashed on this file"),
                ("mishap-exit", "the inspector crashed on this file"),
                ("mishap-time", "the inspector took too long over this file"),
                ("mishap-memory", "the inspector ran out of memory on this file"),
                ("mishap-flood", "the inspector's answer was too long"),
                ("mishap-babble", "the inspector's answer makes no sense"),
            ])
        func mishap(_ hint: String, gives problem: String) async {
            let inspector = Inspector(executable: InspectorProgram.path)
            async let failed = inspector.facts(of: Self.picture, extension: hint)
            async let others = withTaskGroup(of: MediaFacts.self) { group in
                for _ in 0..<20 {
                    group.addTask { await inspector.facts(of: Self.picture, extension: "jpg") }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(await failed.status == .unreadable)
            #expect(await failed.problem == problem)
            #expect(await others.allSatisfy { $0.status == .sound })
            #expect(inspector.starts == 1)
        }
    #endif

    @Test("A zygote that is killed is started again, and no file suffers")
    func killedZygote() async throws {
        let inspector = Inspector(executable: InspectorProgram.path)
        for round in 1...3 {
            #expect(await inspector.facts(of: Self.picture, extension: "jpg").status == .sound)
            #expect(inspector.starts == round)
            kill(try #require(Self.zygotes(of: inspector).first), SIGKILL)
        }
        #expect(await inspector.facts(of: Self.picture, extension: "jpg").status == .sound)
    }

    @Test("Closing answers every question and ends the program")
    func closing() async {
        let inspector = Inspector(executable: InspectorProgram.path)
        #expect(await inspector.facts(of: Self.picture, extension: "jpg").status == .sound)
        inspector.close()
        #expect(await inspector.facts(of: Self.picture, extension: "jpg") == Inspector.closed)
    }

    private static func zygotes(of inspector: Inspector) -> [pid_t] {
        let zygote = inspector.zygote
        return zygote > 0 ? [zygote] : []
    }
}

@Suite("A program that is no inspector")
struct FalseInspectorTests {
    private static let file: [UInt8] = [1, 2, 3]

    /// A shell script in the inspector's place: its descriptor 3 is the socket.
    private func script(_ body: String) throws -> String {
        let path = NSTemporaryDirectory() + "false-inspector-" + UUID().uuidString
        try Data("#!/bin/sh\n\(body)\n".utf8).write(to: URL(fileURLWithPath: path))
        chmod(path, 0o700)
        return path
    }

    @Test(
        arguments: [
            ("exit 1", "the inspector crashed on this file"),
            ("printf x >&3; exec sleep 1000", "the inspector crashed on this file"),
            (
                "printf 'abcdefghijklmnop' >&3; exec sleep 1000",
                "the inspector crashed on this file"
            ),
            ("head -c 100000 /dev/zero >&3; exit", "the inspector crashed on this file"),
            (
                #"printf '\001\000\000\000\000\000\000\000\000{}' >&3; exec sleep 1000"#,
                "the inspector's answer makes no sense"
            ),
            (
                #"printf '\001\000\000\000\000\000\000\000\000{"status":"sound","make":"\\u001b[2J"}' >&3; exec sleep 1000"#,
                "the inspector's answer makes no sense"
            ),
            (
                #"printf '\001\000\000\000\000\000\000\000\143' >&3; exec sleep 1000"#,
                "the inspector's answer makes no sense"
            ),
            ("exec sleep 1000", "the inspector crashed on this file"),
        ])
    func behaviour(_ body: String, gives problem: String) async throws {
        let path = try script(body)
        defer { unlink(path) }
        let inspector = Inspector(executable: path, patience: 300)
        let facts = await inspector.facts(of: Self.file, extension: "mp4")
        #expect(facts.status == .unreadable)
        #expect(facts.problem == problem)
    }

    @Test("An inspector that is not there is one clear value, and is asked for again")
    func missing() async {
        let inspector = Inspector(executable: "/nonexistent/evidock-inspector")
        for _ in 0..<3 {
            #expect(await inspector.facts(of: Self.file, extension: "mp4") == Inspector.notStarted)
        }
        #expect(throws: InspectionFailure(.missing, executable: "/nonexistent/evidock-inspector")) {
            try InspectionFailure.check(executable: "/nonexistent/evidock-inspector")
        }
    }
}
