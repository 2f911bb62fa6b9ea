/// One writer: only DurableFiles (and the C it calls in CLinux) creates, writes, syncs, links,
/// renames or removes a file. Everything else that touches the disk or a pipe is listed here, with
/// the reason.
enum WritingRules {
    /// The ground where writing lives; and the tests' own kit, which no program links.
    static let writers: Set<String> = ["DurableFiles", "CLinux", "EvidenceTestKit"]

    /// A word that one file may use all the same, and why that writes no evidence.
    struct Permit {
        let path: String
        let word: String
        let reason: String
    }

    static let permits: [Permit] = [
        Permit(
            path: "Sources/evidock/Terminal.swift", word: "write",
            reason: "standard output and standard error"),
        Permit(
            path: "Sources/Assembly/ControlService.swift", word: "unlink",
            reason: "the control socket's name under /run, its own, when it begins and ends"),
        Permit(
            path: "Sources/Assembly/ControlSocket.swift", word: "mkdir",
            reason: "/run/evidock, which holds the control socket and nothing of evidence"),
        Permit(
            path: "Sources/Assembly/DockRoots.swift", word: "mkdir",
            reason: "a dock root that is not there: recorders are mounted below it, and no evidence"
        ),
        Permit(
            path: "Sources/Assembly/IndexFile.swift", word: "unlink",
            reason: "SQLite's files of the index: a view, made again from the ledger"),
        Permit(
            path: "Sources/Assembly/IndexFile.swift", word: "rmdir",
            reason: "the directory of an audit's own index, thrown away after the comparison"),
        Permit(
            path: "Sources/Assembly/IndexComparison.swift", word: "mkdtemp",
            reason: "the directory of an audit's own index, thrown away after the comparison"),
        Permit(
            path: "Sources/Assembly/RootLayout.swift", word: "mkdir",
            reason: "the root directory itself, which must be there before DurableFiles opens it"),
        Permit(
            path: "Sources/Portal/Serving/PortalService.swift", word: "unlink",
            reason:
                "the socket of the pages that an earlier run left, and nothing that is no socket"),
        Permit(
            path: "Sources/Portal/Serving/PortalService.swift", word: "chmod",
            reason: "the socket of the pages, which a proxy of the same group may use"),
        Permit(
            path: "Sources/Assembly/AlertService.swift", word: "FileHandle",
            reason: "the pipe to the site's program that tells alerts, and /dev/null"),
        Permit(
            path: "Sources/Recorders/Docks/MountWatch.swift", word: "write",
            reason: "an eventfd that wakes the watching thread"),
        Permit(
            path: "Sources/Inspection/QuestionDesk.swift", word: "write",
            reason: "a pipe that wakes the thread which talks to the inspector"),
        Permit(
            path: "Sources/evidock-inspector/Captive.swift", word: "write",
            reason: "the answer's pipe, the only thing a captive can write to"),
        Permit(
            path: "Sources/evidock-inspector/Mishap.swift", word: "write",
            reason: "the answer's pipe, misused on purpose for the tests"),
        Permit(
            path: "Sources/evidock-inspector/InspectorCommand.swift", word: "write",
            reason: "standard output and standard error"),
    ]

    /// Calls of Glibc that change a file, a name or a directory.
    static let calls: Set<String> = [
        "write", "writev", "pwrite", "pwritev", "pwritev2", "creat", "fopen", "freopen", "fwrite",
        "fputs", "mkstemp", "mkostemp", "mkdtemp", "tmpfile", "rename", "renameat", "renameat2",
        "link", "linkat", "symlink", "symlinkat", "unlink", "unlinkat", "remove", "rmdir", "mkdir",
        "mkdirat", "mknod", "mkfifo", "truncate", "ftruncate", "fallocate", "posix_fallocate",
        "fsync", "fdatasync", "sync", "syncfs", "sync_file_range", "copy_file_range", "sendfile",
        "splice", "chmod", "fchmod", "fchmodat", "chown", "fchown", "lchown", "utime", "utimes",
        "utimensat", "futimens", "setxattr", "fsetxattr",
    ]

    /// Words that speak of writing whatever stands around them.
    static let words: Set<String> = [
        "O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_APPEND", "O_TMPFILE", "FileManager",
        "FileHandle", "OutputStream", "FileOutputStream", "createFile", "createDirectory",
        "moveItem", "copyItem", "linkItem", "removeItem", "replaceItem", "setAttributes",
        "UserDefaults", "FileDescriptor", "syscall",
    ]

    /// - Parameter wrappers: the C functions of CLinux that write (see ``wrappers(inC:)``).
    static func violations(in file: SourceFile, wrappers: Set<String>) -> [Violation] {
        uses(in: file, wrappers: wrappers).compactMap { line, word in
            let isPermitted = permits.contains { $0.path == file.path && $0.word == word }
            return isPermitted ? nil : file.violation(line, "\(word): only DurableFiles writes")
        }
    }

    /// Every place that writes, permitted or not.
    static func uses(in file: SourceFile, wrappers: Set<String>) -> [(line: Int, word: String)] {
        guard !writers.contains(file.target) else { return [] }
        // A function of the file's own may bear such a name; Glibc's is then called Glibc.write.
        let own = Set(
            file.code.flatMap { $0.matches(of: /func\s+(\w+)/).map { String($0.1) } })
        return file.code.indices.flatMap { line in
            let text = file.code[line]
            var found = text.matches(of: /\w+/).map { String($0.0) }
                .filter { words.contains($0) || wrappers.contains($0) }
            // Simple boundaries: by Unicode's rules `Glibc.write` would be one word.
            let call = /(\bGlibc\.|\bfunc\s+|\.)?\b(\w+)\s*\(/.wordBoundaryKind(.simple)
            for match in text.matches(of: call) {
                let name = String(match.2)
                switch match.1 {
                case nil where calls.contains(name) && !own.contains(name): found.append(name)
                case "Glibc." where calls.contains(name): found.append(name)
                default: break
                }
            }
            if text.contains(/\.write\(\s*(to|toFile):\s*(URL|url|path|file|destination)/) {
                found.append("write(to:)")
            }
            return found.map { (line, $0) }
        }
    }

    /// The functions of a C file whose body writes: whoever calls one writes too.
    static func wrappers(inC file: SourceFile) -> Set<String> {
        var found: Set<String> = []
        var current: String?
        for (line, asWritten) in zip(file.code, file.lines) {
            if let head = line.firstMatch(of: /^[A-Za-z_][\w\s\*]*?\b(\w+)\s*\(/) {
                current = String(head.1)
            }
            let called = line.matches(of: /(?:SYS_)?(\w+)/).map { String($0.1) }
            // Nothing is kept of what goes to /dev/null, and fopen(…, "r") only reads.
            if asWritten.contains("/dev/null") || asWritten.contains(", \"r") { continue }
            let writes = called.contains {
                $0 != "write" && $0 != current && calls.contains($0)
                    || ["O_WRONLY", "O_RDWR", "O_CREAT"].contains($0)
            }
            if writes, let current { found.insert(current) }
            if line.hasPrefix("}") { current = nil }
        }
        return found
    }
}
