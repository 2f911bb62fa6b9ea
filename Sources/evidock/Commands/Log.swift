import ArgumentParser
import Assembly
import Evidence

struct Log: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The custody log: its key, its checkpoint, its leaves, their proofs.",
        discussion: ExitCodes.help,
        subcommands: [
            Vkey.self, Checkpoint.self, Entry.self, Proof.self, Anchor.self, Recover.self,
            Policy.self, CopyKey.self, Rotate.self, ReplaceKey.self,
        ])

    struct Vkey: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The verifier key (C2SP signed-note).", discussion: ExitCodes.help)
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let reader = try StationReader(settings: try await global.settings())
            global.json
                ? Terminal.line(try reader.verifierKeyJSON())
                : Terminal.line(try reader.verifierKeys().first ?? "")
        }
    }

    struct Checkpoint: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The newest signed checkpoint (C2SP tlog-checkpoint).",
            discussion: ExitCodes.help)
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let head = try StationReader(settings: try await global.settings()).checkpoint()
            if global.json {
                Terminal.line([
                    "origin": .string(head.origin), "size": .integer(head.size),
                    "root": .string(head.root), "note": .string(head.note),
                ])
            } else {
                Terminal.text(head.note)
            }
        }
    }

    struct Anchor: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Enters the SM3 of all entries so far; serve does so once a day.",
            discussion: """
                Checked by anybody: cat log/tile/entries/… | head -c BYTES | openssl dgst -sm3
                \(ExitCodes.help)
                """)
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let json = global.json
            try await Carrying.lines(.anchor, settings: try await global.settings()) { value in
                guard !json else {
                    Terminal.line(value)
                    return
                }
                let size = value[key: "treeSize"]?.integerValue ?? 0
                Terminal.line(
                    Bilingual(
                        "Entries up to \(size): SM3 \(value[key: "sm3"]?.stringValue ?? "").",
                        "截至第 \(size) 条：SM3 \(value[key: "sm3"]?.stringValue ?? "")。"
                    ).text(in: language))
            }
        }
    }

    struct Recover: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Fetches the entries that this station lacks from a mirror of its log.",
            discussion: """
                For a station that was put back to an earlier day, or whose log's files are damaged. \
                Every entry is verified; items whose bytes were lost are listed. Stop serve first.
                \(ExitCodes.help)
                """)
        @Option(help: "The mirror: an address of its log, or a folder.") var from: String
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let settings = try await global.settings()
            let isAddress = from.hasPrefix("http://") || from.hasPrefix("https://")
            let found = try await Restoration.recover(
                settings: settings, from: isAddress ? from : LocalPath.absolute(from))
            if global.json {
                Terminal.line(found.json)
            } else {
                Terminal.line(
                    Bilingual(
                        "The custody log has \(found.treeSize) entries; \(found.treeSize - found.before) were fetched.",
                        "存证日志共 \(found.treeSize) 条，本次取回 \(found.treeSize - found.before) 条。"
                    ).text(in: language))
                RestorePrinter.printLost(found.lostItems, found.missingRecords)
            }
            if !found.lostItems.isEmpty || found.missingRecords > 0 {
                throw ExitCode(ExitStatus.findings.rawValue)
            }
        }
    }

    struct Entry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A leaf, decoded, beside its record.", discussion: ExitCodes.help)
        @OptionGroup var named: LeafArgument
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let leaf = try named.number()
            let entry = try StationReader(settings: try await global.settings()).entry(leaf)
            global.json ? Terminal.line(entry) : ItemPrinter.print(entry)
        }
    }

    struct Proof: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A leaf's inclusion proof (C2SP tlog-proof).", discussion: ExitCodes.help)
        @OptionGroup var named: LeafArgument
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let leaf = try named.number()
            let proof = try StationReader(settings: try await global.settings()).proof(leaf)
            global.json
                ? Terminal.line(["leaf": .integer(leaf), "proof": .string(proof)])
                : Terminal.text(proof)
        }
    }
}

/// The one leaf that a command is about.
struct LeafArgument: ParsableArguments {
    // A negative number looks like an option: it is taken here, so that it is told what is wrong.
    @Argument(parsing: .allUnrecognized, help: "The leaf's number, from 0.")
    var leaf: [String]

    func number() throws -> Int64 {
        guard leaf.count == 1, let number = Int64(leaf[0]), number >= 0 else {
            throw AssemblyFailure(
                .wrongUsage, subject: SafeText.of(leaf.joined(separator: " ")),
                wanted: Bilingual("one leaf's number is wanted, from 0", "应为一个存证日志序号，从 0 起"))
        }
        return number
    }
}
