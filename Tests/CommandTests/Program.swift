import Evidence
import EvidenceTestKit
import Foundation
import Testing

/// The built program, run as a user would run it.
enum Program {
    struct Result {
        let status: Int32
        let output: String
        let errors: String

        /// The lines of machine output.
        var lines: [JSONValue] {
            output.split(separator: "\n").compactMap { try? JSONReader.value(of: Array($0.utf8)) }
        }

        var summary: JSONValue? { lines.compactMap { $0[key: "summary"] }.last }
    }

    /// Beside the test bundle; nil where the build has not made it.
    static let path: String? = {
        let bundle = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let places = [
            bundle.deletingLastPathComponent().path,
            URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent().path + "/.build/debug",
        ]
        return places.map { $0 + "/evidock" }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }()

    static func process(
        _ arguments: [String], environment: [String: String] = [:]
    ) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(path))
        process.arguments = arguments
        var all = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("EVIDOCK_") }
        all["LANG"] = "C.UTF-8"
        all["LC_ALL"] = nil
        all["EVIDOCK_PUBLISH_EVERY"] = "0"
        all["EVIDOCK_RESERVE_BYTES"] = "1000000"
        for (key, value) in environment { all[key] = value }
        process.environment = all
        return process
    }

    static func run(
        _ arguments: String..., environment: [String: String] = [:]
    ) throws -> Result {
        try runAll(arguments, environment: environment)
    }

    /// Runs to the end.
    static func runAll(
        _ arguments: [String], environment: [String: String] = [:]
    ) throws -> Result {
        let process = try process(arguments, environment: environment)
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let group = DispatchGroup()
        nonisolated(unsafe) var errorBytes = Data()
        DispatchQueue.global().async(group: group) {
            errorBytes = errors.fileHandleForReading.readDataToEndOfFile()
        }
        let outputBytes = output.fileHandleForReading.readDataToEndOfFile()
        group.wait()
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus,
            output: String(decoding: outputBytes, as: UTF8.self),
            errors: String(decoding: errorBytes, as: UTF8.self))
    }
}

/// A root of a test's own, with a card to dock.
struct Bench {
    let directory = TemporaryDirectory()
    var root: String { directory.path + "/root" }
    var card: String { directory.path + "/card" }

    init() { mkdir(card, 0o755) }

    func put(_ bytes: [UInt8], _ name: String) { directory.write(bytes, at: "card/" + name) }

    func ingest(_ extra: String..., environment: [String: String] = [:]) throws -> Program.Result {
        let process = ["--root", root, "ingest", card, "--json"] + extra
        return try Program.runAll(process, environment: environment)
    }

    /// Files below the root, relative.
    func files(_ below: String) -> [String] {
        let base = root + "/" + below
        guard let names = FileManager.default.subpaths(atPath: base) else { return [] }
        return names.filter {
            var isDirectory: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: base + "/" + $0, isDirectory: &isDirectory)
            return !isDirectory.boolValue
        }.sorted()
    }
}
