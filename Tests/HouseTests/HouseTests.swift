import Foundation
import Testing

/// The rules of the house, held against the package as it lies on the disk.
@Suite("House rules")
struct HouseTests {
    private let sources: [SourceFile]

    init() throws { sources = try Package.swiftSources() }

    private func expectNone(
        _ violations: [Violation], _ location: SourceLocation = #_sourceLocation
    ) {
        let list = violations.map(\.description).joined(separator: "\n")
        #expect(violations.isEmpty, "\(list)", sourceLocation: location)
    }

    @Test("The sources are really there to be read")
    func sourcesAreRead() {
        #expect(sources.count > 50)
        #expect(Set(sources.map(\.target)).count >= 10)
        #expect(sources.flatMap(ImportRules.imports(of:)).count > 100)
    }

    @Test("Data flows one way: every import is one that the table allows")
    func imports() {
        expectNone(sources.flatMap(ImportRules.violations(in:)))
    }

    @Test("Package.swift gives no target more than the table allows")
    func manifest() throws {
        let text = try Package.text("Package.swift")
        expectNone(ImportRules.violations(inManifest: text))
        let declared = Set(ImportRules.declarations(inManifest: text).map(\.name))
        #expect(declared == Set(ImportRules.allowed.keys))
    }

    @Test("One writer: nothing but DurableFiles writes to the disk")
    func writing() throws {
        let wrappers = try Package.files(below: "Sources/CLinux", endings: [".c", ".h"])
            .reduce(into: Set<String>()) { $0.formUnion(WritingRules.wrappers(inC: $1)) }
        expectNone(sources.flatMap { WritingRules.violations(in: $0, wrappers: wrappers) })
    }

    @Test("Every permit to write is used by a file that is there")
    func permits() {
        for permit in WritingRules.permits {
            let isUsed = sources.contains { file in
                file.path == permit.path
                    && WritingRules.uses(in: file, wrappers: []).contains { $0.word == permit.word }
            }
            #expect(isUsed, "\(permit.path), \(permit.word): take the permit away")
        }
    }

    @Test("Only evidock-inspector imports libav")
    func libav() {
        let users = sources.filter { file in
            ImportRules.imports(of: file).contains { $0.module == "CLibAV" }
        }
        #expect(Set(users.map(\.target)).isSubset(of: ["evidock-inspector"]))
    }

    @Test("No force unwrap, no try! in the sources")
    func forced() { expectNone(sources.flatMap(StyleRules.forced)) }

    @Test("@unchecked Sendable and unsafe have their reason on the next line")
    func unexplained() { expectNone(sources.flatMap(StyleRules.unexplained)) }

    @Test("No source file is longer than 600 lines")
    func length() throws {
        expectNone(
            try Package.files(below: "Sources", endings: [".swift", ".c", ".h"])
                .flatMap(StyleRules.tooLong))
    }

    @Test("At the top stand only the entries of the design card")
    func topLevel() throws {
        expectNone(
            StyleRules.strangers(
                atTop: try FileManager.default.contentsOfDirectory(atPath: Package.root.path)))
    }

    @Test("No text names the machine it was written on")
    func buildPlaces() throws {
        let endings = [
            ".swift", ".c", ".h", ".sh", ".py", ".md", ".json", ".yaml", ".service", ".rules",
            ".conf", ".modulemap",
        ]
        for folder in ["Sources", "Tests", "samples", "systemd"] {
            expectNone(
                try Package.files(below: folder, endings: endings).flatMap(StyleRules.buildPlaces))
        }
    }
}
