import ArgumentParser
import Assembly
import Evidence

extension Log {
    struct Policy: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The policy (C2SP tlog-policy) with all keys of this log.",
            discussion: """
                The station's own policy, or one that asks for no witness, with a line for the key \
                that signs, for the one that is to follow and for former ones: what they signed \
                still stands. Publish it with the notary.
                \(ExitCodes.help)
                """)
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let text = try StationReader(settings: try await global.settings()).policy()
            global.json ? Terminal.line(["policy": .string(text)]) : Terminal.text(text)
        }
    }

    struct CopyKey: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes an offline copy of the log's key, or looks whether one is still good.",
            discussion: """
                Whoever has the copy can sign as this station: keep it locked away, off line. \
                Without it a station whose disk is lost goes on under a new key only.
                \(ExitCodes.help)
                """)
        @Option(help: "Where to: a file that is not there yet.") var out: String?
        @Option(help: "A copy that is there.") var check: String?
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            guard (out == nil) != (check == nil) else {
                throw AssemblyFailure(
                    .wrongUsage, subject: "log copy-key",
                    wanted: Bilingual("one of --out and --check", "请指定 --out 或 --check 之一"))
            }
            let settings = try await global.settings()
            let vkey = try KeyCopy.run(
                settings: settings, out: out.map(LocalPath.absolute),
                check: check.map(LocalPath.absolute))
            global.json
                ? Terminal.line(["vkey": .string(vkey)])
                : Terminal.line(
                    Bilingual("This is a copy of the key \(vkey).", "该文件是密钥 \(vkey) 的副本。")
                        .text(in: language))
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Changes the log's key: both keys sign until --finish.",
            discussion: """
                Stop serve first. The change stands in the ledger (key-change), and from then on \
                every checkpoint bears both signatures. Give the new policy to the notary (evidock \
                log policy); when every witness has it: evidock log rotate --finish, which asks them \
                and lets the new key sign alone.
                \(ExitCodes.help)
                """)
        @Option(help: "Why; it stands in the ledger.") var why: String?
        @Flag(help: "The new key signs alone from now on.") var finish = false
        @Flag(help: "With --finish: witnesses that refuse, or cannot be asked, are not waited for.")
        var anyway = false
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            guard (why == nil) == finish, finish || !anyway else {
                throw AssemblyFailure(
                    .wrongUsage, subject: "log rotate",
                    wanted: Bilingual("--why TEXT, or --finish", "请指定 --why 说明或 --finish"))
            }
            let settings = try await global.settings()
            let outcome =
                finish
                ? try await KeyChange.finish(
                    settings: settings, anyway: anyway, log: GlobalOptions.logger())
                : try await KeyChange.begin(
                    settings: settings, why: why ?? "", log: GlobalOptions.logger())
            KeyChangePrinter.print(outcome, json: global.json)
        }
    }

    struct ReplaceKey: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "replace-key",
            abstract: "Goes on under a new key where the log's key is lost for good.",
            discussion: """
                Stop serve first. The log keeps its name and its entries; the ledger names the lost \
                key and its last checkpoint. What is signed from then on is accepted by whoever has \
                the new policy (evidock log policy): introduce it to the notary in person. Where the \
                policy has witnesses, nothing is signed before serve has compared with them.
                \(ExitCodes.help)
                """)
        @Option(help: "Why; it stands in the ledger.") var why: String
        @Option(help: "The lost key's verifier key, where the station does not know it.")
        var vkey: String?
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let outcome = try await KeyChange.replaceLost(
                settings: try await global.settings(), known: vkey, why: why,
                log: GlobalOptions.logger())
            KeyChangePrinter.print(outcome, json: global.json)
        }
    }
}

private enum KeyChangePrinter {
    static func print(_ outcome: KeyChange.Outcome, json: Bool) {
        guard !json else {
            Terminal.line(outcome.json)
            return
        }
        let words =
            switch outcome.step {
            case .begun:
                Bilingual(
                    "A new key signs beside the old one: \(outcome.key)",
                    "新密钥已与旧密钥共同签署：\(outcome.key)")
            case .finished:
                Bilingual(
                    "The new key signs alone: \(outcome.key)", "今后仅由新密钥签署：\(outcome.key)")
            case .lost:
                Bilingual(
                    "A new key takes the place of the lost one: \(outcome.key)",
                    "新密钥已替代丢失的密钥：\(outcome.key)")
            }
        Terminal.line(words.text(in: language))
        Terminal.note(
            outcome.policy.map {
                Bilingual(
                    "The policy was written anew: \($0). Give it to the notary and to whoever verifies.",
                    "信任策略已更新：\($0)。请交给公证机构及各核验方。")
            }
                ?? Bilingual(
                    "Put this line into the policy, and give it to the notary and whoever verifies: log \(outcome.key)",
                    "请将此行加入信任策略，并交给公证机构及各核验方：log \(outcome.key)"))
        if outcome.step != .finished {
            Terminal.note(
                Bilingual(
                    "Make its offline copy: evidock log copy-key --out FILE",
                    "请制作其离线副本：evidock log copy-key --out FILE"))
        }
        if outcome.isHeld {
            Terminal.note(
                Bilingual(
                    "It signs nothing yet: start serve, which compares it with its notary cosigners.",
                    "暂不签署：请启动 serve，与公证联署节点核对后自动恢复。"))
        }
    }
}
