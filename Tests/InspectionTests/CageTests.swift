import Foundation
import Testing

@Suite(
    "The cage",
    .enabled(if: InspectorProgram.isThere, "the inspector is not built beside the tests"))
struct CageTests {
    private func run(_ arguments: [String]) throws -> (status: Int32, lines: [String]) {
        let program = Process()
        program.executableURL = URL(fileURLWithPath: InspectorProgram.path)
        program.arguments = arguments
        let output = Pipe()
        program.standardOutput = output
        program.standardError = FileHandle.nullDevice
        try program.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        program.waitUntilExit()
        let text = String(decoding: data, as: UTF8.self)
        return (program.terminationStatus, text.split(separator: "\n").map(String.init))
    }

    @Test("Every try to break out of it is refused")
    func selfTest() throws {
        let (status, lines) = try run(["--self-test"])
        #expect(status == 0)
        #expect(lines.filter { $0.hasPrefix("ESCAPED") } == [])
        for name in [
            "open a file for reading", "open a file for writing", "list a directory",
            "connect a TCP socket", "connect a unix socket", "exec a program", "fork", "ptrace",
            "signal the parent", "mount a file system", "use more than 512 MiB",
            "use more CPU time than allowed", "zygote: open a file for reading",
        ] {
            #expect(lines.contains { $0.hasPrefix("refused: \(name) (") }, "\(name)")
        }
    }

    @Test("A person gets a line of JSON for each file, also for one that is not there")
    func forPeople() throws {
        let (status, lines) = try run(["/proc/version", "/nonexistent.mp4"])
        #expect(status == 1)
        #expect(lines.count == 2)
        #expect(lines.last?.contains("\"path\":\"/nonexistent.mp4\"") == true)
    }

    @Test("Wrong usage says what to type")
    func usage() throws {
        #expect(try run([]).status == 2)
        #expect(try run(["--unknown"]).status == 2)
        #expect(try run(["--help"]).lines.first?.hasPrefix("usage:") == true)
    }
}
