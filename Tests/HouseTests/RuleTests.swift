import Testing

/// The rules themselves: each must find what is planted, and leave alone what only looks like it.
@Suite("The house rules find what is planted")
struct RuleTests {
    private func file(_ target: String, _ text: String) -> SourceFile {
        SourceFile(path: "Sources/\(target)/Planted.swift", text: text)
    }

    @Test(
        "A stage that imports its neighbour",
        arguments: ["", "package ", "@testable ", "internal "])
    func neighbour(prefix: String) {
        let found = ImportRules.violations(in: file("Vault", "\n\(prefix)import Custody\n"))
        #expect(found.map(\.place) == ["Sources/Vault/Planted.swift:2"])
        #expect(found.first?.what.contains("neighbour") == true)
    }

    @Test("A single declaration imported from a neighbour")
    func neighbourDeclaration() {
        #expect(ImportRules.violations(in: file("Audit", "import struct Custody.Entry")).count == 1)
    }

    @Test("An arrow that points back, libav and a target that nobody knows")
    func otherImports() {
        #expect(ImportRules.violations(in: file("Evidence", "import Ingest")).count == 1)
        #expect(ImportRules.violations(in: file("evidock", "import CLibAV")).count == 1)
        #expect(ImportRules.violations(in: file("Attic", "import Glibc")).count == 1)
    }

    @Test("Allowed imports, and the word in comments and strings, are left alone")
    func allowedImports() {
        let text = """
            package import Evidence
            import Glibc  // import Custody
            /* import Custody */
            let words = "import Custody"
            let block = \"""
                import Custody
                \"""
            """
        #expect(ImportRules.violations(in: file("Vault", text)).isEmpty)
    }

    @Test("Package.swift that gives a stage its neighbour, or has an unknown target")
    func manifest() {
        let text = """
            room("Vault", ["Evidence", "Custody"]),
            room("CaseIndex", ["Evidence", .product(name: "GRDB", package: "GRDB.swift")]),
            .executableTarget(name: "evidock", dependencies: ["Assembly", "CLibAV"]),
            room("Attic", []),
            tests("VaultTests", ["Vault", "Custody"]),
            """
        let found = ImportRules.violations(inManifest: text).map(\.what)
        #expect(
            found == [
                "Vault may not depend on Custody", "evidock may not depend on CLibAV",
                "Attic has no line in the table",
            ])
    }

    @Test(
        "Writing outside DurableFiles",
        arguments: [
            "let f = open(path, O_WRONLY | O_CREAT, 0o600)", "rename(old, new)",
            "guard Glibc.write(1, bytes, 3) == 3 else { return }", "_ = write(file, bytes, 3)",
            "if unlink(path) != 0 {}", "try FileManager.default.removeItem(atPath: path)",
            "try data.write(to: url)", "pwrite(f, p, 1, 0)", "let ok = fsync(file) == 0",
            "link(a, b)", "let h = FileHandle(forWritingAtPath: p)", "clinux_replace(a, b)",
            "let text = \"\\(unlink(path))\"",
        ])
    func writing(line: String) {
        let found = WritingRules.violations(in: file("Vault", line), wrappers: ["clinux_replace"])
        #expect(found.count >= 1)
        #expect(WritingRules.violations(in: file("DurableFiles", line), wrappers: []).isEmpty)
    }

    @Test(
        "What only looks like writing",
        arguments: [
            "try root.rename(a, b)", "let f = open(path, O_RDONLY | O_CLOEXEC)", "// unlink(path)",
            "let words = \"unlink(path)\"", "func write(_ x: Int) {}; write(3)",
            "out.write(into: &members)", "let link = 3", "read(file, &buffer, 3)",
        ])
    func notWriting(line: String) {
        #expect(WritingRules.violations(in: file("Vault", line), wrappers: []).isEmpty)
    }

    @Test("A C function that writes is a writer whoever calls it")
    func wrappers() {
        let text = """
            int clinux_replace(int at, const char *old) {
                return syscall(SYS_renameat2, at, old);
            }

            int clinux_look(int at) {
                // rename
                return fstat(at, &out);
            }
            """
        let source = SourceFile(path: "Sources/CLinux/Planted.c", text: text)
        #expect(WritingRules.wrappers(inC: source) == ["clinux_replace"])
    }

    @Test(
        "Forced tries, casts and unwraps",
        arguments: [
            "let a = try! f()", "let a = b as! C", "let a = b!.c", "f(b!)", "let a = b()!",
            "let a = b[0]!", "var a: Int!", "let a = \"\\(b!)\"", "let a = b?.c!",
        ])
    func forced(line: String) {
        #expect(StyleRules.forced(file("Vault", line)).count == 1)
    }

    @Test(
        "Exclamation marks that force nothing",
        arguments: [
            "if !a {}", "a != b", "let a = \"b!\"", "// b!", "a !== b", "#if !os(Linux)",
            "let a = [!b]", "a.filter { !$0.c }", "let a = #\"b! \"c\"! \"#",
        ])
    func notForced(line: String) {
        #expect(StyleRules.forced(file("Vault", line)).isEmpty)
    }

    @Test("unsafe without its reason on the next line")
    func unexplained() {
        let bare = "final class A: @unchecked Sendable {\n    let a = 1\n}"
        let explained = "final class A: @unchecked Sendable {\n    // One thread only.\n}"
        #expect(StyleRules.unexplained(file("Vault", bare)).count == 1)
        #expect(StyleRules.unexplained(file("Vault", explained)).isEmpty)
        #expect(StyleRules.unexplained(file("Vault", "nonisolated(unsafe) var a = 1")).count == 1)
        #expect(StyleRules.unexplained(file("Vault", "let a: UnsafeRawPointer")).isEmpty)
    }

    @Test("601 lines are too long, 600 are not")
    func length() {
        let lines = { String(repeating: "a\n", count: $0) }
        #expect(StyleRules.tooLong(file("Vault", lines(601))).count == 1)
        #expect(StyleRules.tooLong(file("Vault", lines(600))).isEmpty)
    }

    @Test("A place of one machine, and a stranger at the top")
    func places() {
        let text = "let a = \"/wor" + "k/shared\""
        #expect(StyleRules.buildPlaces(file("Vault", text)).count == 1)
        #expect(StyleRules.buildPlaces(file("Vault", "let network = \"a/b\"")).isEmpty)
        #expect(StyleRules.strangers(atTop: ["Sources", ".ci", "docs"]).map(\.place) == ["docs"])
    }
}
