import ArgumentParser
import Assembly
import Evidence

struct Log: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The custody log: its key, its checkpoint, its leaves, their proofs.",
        subcommands: [Vkey.self, Checkpoint.self, Entry.self, Proof.self])

    struct Vkey: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The verifier key (C2SP signed-note).", discussion: ExitCodes.help)
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let key = try StationReader(settings: try await global.settings()).verifierKey()
            global.json ? Terminal.line(["vkey": .string(key)]) : Terminal.line(key)
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

    struct Entry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A leaf, decoded, beside its record.", discussion: ExitCodes.help)
        @Argument(help: "The leaf's number, from 0.") var leaf: Int64
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let entry = try StationReader(settings: try await global.settings()).entry(leaf)
            global.json ? Terminal.line(entry) : ItemPrinter.print(entry)
        }
    }

    struct Proof: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A leaf's inclusion proof (C2SP tlog-proof).", discussion: ExitCodes.help)
        @Argument(help: "The leaf's number, from 0.") var leaf: Int64
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let proof = try StationReader(settings: try await global.settings()).proof(leaf)
            global.json
                ? Terminal.line(["leaf": .integer(leaf), "proof": .string(proof)])
                : Terminal.text(proof)
        }
    }
}
