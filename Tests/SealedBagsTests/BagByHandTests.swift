import Evidence
import EvidenceTestKit
import Foundation
import Testing

@testable import SealedBags

/// A bag checked by tools that we did not write.
@Suite("A sealed bag by hand", .enabled(if: TestAuthority.isPresent, "openssl is not installed"))
struct BagByHandTests {
    /// The output of a script of bash, with both streams, and its exit code.
    private func bash(_ script: String, in folder: String) throws -> (String, Int32) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", script]
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (String(decoding: data, as: UTF8.self), process.terminationStatus)
    }

    /// The commands of VERIFY.txt: its lines that are indented by four.
    private func commands(_ bag: SampleBag) -> String {
        String(decoding: bag.bytes(BagLayout.guide), as: UTF8.self).split(separator: "\n")
            .filter { $0.hasPrefix("    ") && !$0.contains("certutil") && !$0.contains("evidock ") }
            .filter { !$0.contains("bagit.py") && $0 != "    signed KEY" }
            .joined(separator: "\n")
    }

    @Test("The commands of VERIFY.txt say that everything holds, and find what was spoiled")
    func guide() throws {
        let bag = try SampleBag(authority: TestAuthority())
        let authority = try #require(bag.authority)
        bag.directory.write(authority.ca, at: "tsa-ca.pem")
        let keys = String(decoding: try bag.log.policy(), as: UTF8.self).split(separator: "\n")
            .flatMap { $0.split(separator: " ") }.filter { $0.contains("+") }
        #expect(keys.count == 2)
        let script =
            commands(bag).replacing("tsa-ca.pem", with: "../tsa-ca.pem")
            + keys.map { "\nsigned '\($0)'" }.joined()
        let (output, _) = try bash(script, in: bag.path)
        #expect(output.contains("footage: OK\npapers: OK\n"))
        for leaf in bag.log.chosen { #expect(output.contains("entry \(leaf): in the log")) }
        #expect(output.matches(of: /Signature Verified Successfully/).count == 2)
        #expect(output.contains("cosigned at \(bag.log.now.description.prefix(10))"))
        #expect(output.contains("Verification: OK"))
        #expect(output.contains("\nextends\n"))
        #expect(!output.contains("FAILED") && !output.lowercased().contains("error"), "\(output)")

        for (place, words) in [
            ("custody/1.entry", "entry 1: FAILED"), ("custody/0.tlog-proof", "entry 0: FAILED"),
            (bag.log.data(0), "FAILED"), ("time/checkpoint", "Verification: FAILED"),
        ] {
            let before = bag.bytes(place)
            if place.hasSuffix("proof") {
                bag.put(
                    Array(
                        String(decoding: before, as: UTF8.self)
                            .replacing(
                                "index 0\n",
                                with:
                                    "index 0\n\(Base64.encode([UInt8](repeating: 1, count: 32)))\n"
                            ).utf8),
                    at: place)
            } else {
                bag.flip(place)
            }
            let (output, _) = try bash(script, in: bag.path)
            #expect(output.contains(words), "\(place): \(output)")
            bag.put(before, at: place)
        }
    }

    private static let bagit: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "")
        .split(separator: ":").map { $0 + "/bagit.py" }
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    @Test("bagit.py accepts it", .enabled(if: bagit != nil, "bagit.py is not installed"))
    func bagIt() throws {
        let bag = try SampleBag()
        let program = try #require(Self.bagit)
        let (output, status) = try bash("\(program) --validate .", in: bag.path)
        #expect(status == 0, "\(output)")
        bag.flip(bag.log.data(0))
        #expect(try bash("\(program) --validate .", in: bag.path).1 != 0)
    }
}
