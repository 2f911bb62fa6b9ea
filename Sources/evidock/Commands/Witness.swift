import ArgumentParser
import Assembly
import Evidence
import Logging
import Synchronization

struct Witness: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The notary's side, and what is carried to it and back.",
        discussion: """
            At the notary's: serve, vkey, answer, mirror. At the station: request, import.
            \(ExitCodes.help)
            """,
        subcommands: [
            Serve.self, Vkey.self, Mirror.self, Request.self, Answer.self, Import.self,
        ])

    // MARK: - At the notary's

    struct Serve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Cosigns what is consistent (C2SP tlog-witness).",
            discussion: ExitCodes.help)
        @OptionGroup var desk: NotaryOptions
        @Option(help: "Where stations ask: an address and a port.")
        var listen = "127.0.0.1:8451"
        @Flag(help: "Keep a copy of each log, and cosign only what it holds.") var mirror = false
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let daemon = try WitnessDaemon(
                root: try desk.root(global), policy: try desk.trustPolicy(), name: desk.name,
                listen: listen, mirrors: mirror, log: GlobalOptions.logger(level: .info))
            try await daemon.run { line in
                Terminal.line(line)
                Terminal.flush()
            }
        }
    }

    struct Vkey: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The witness's verifier key, for policies.", discussion: ExitCodes.help)
        @OptionGroup var desk: NotaryOptions
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let root = try desk.root(global)
            let key: String
            if let known = try WitnessStation.verifierKey(root: root), desk.name == nil {
                key = known
            } else {
                let station = try WitnessStation(root: root, name: desk.name)
                key = station.vkey
                station.close()
            }
            global.json ? Terminal.line(["vkey": .string(key)]) : Terminal.line(key)
        }
    }

    struct Mirror: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Brings the copy of a log up, and cosigns what it then holds.",
            discussion: """
                URL is the log's prefix, such as http://station/log. Tiles and entries are pulled \
                and verified; never footage, never records.
                \(ExitCodes.help)
                """)
        @Argument(help: "The log's prefix.") var url: String
        @OptionGroup var desk: NotaryOptions
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let station = try WitnessStation(
                root: try desk.root(global), policy: try desk.trustPolicy(), name: desk.name,
                mirrors: true)
            defer { station.close() }
            let result = try await station.mirror(url)
            if global.json {
                Terminal.line([
                    "origin": .string(result.origin), "size": .integer(result.size),
                    "cosigned": .bool(result.isCosigned),
                ])
            } else {
                let (size, origin) = (result.size, SafeText.of(result.origin))
                Terminal.line(
                    Bilingual(
                        "\(size) entries of \(origin) are held"
                            + (result.isCosigned ? " and cosigned." : "; not cosigned."),
                        "已镜像 \(origin) 的 \(size) 条记录，" + (result.isCosigned ? "并已联署。" : "未联署。")
                    ).text(in: language))
            }
            guard result.isCosigned else { throw ExitCode(ExitStatus.findings.rawValue) }
        }
    }

    struct Answer: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Answers the folder that a station brought, by a folder for the way back.",
            discussion: ExitCodes.help)
        @Argument(help: "The station's folder.") var folder: String
        @Option(help: "The folder for the way back; nothing may be there.") var out: String
        @Flag(help: "Keep a copy of the log too, from the folder's tiles.") var mirror = false
        @Option(help: "A time-stamp authority, for the queries in the folder.") var tsa: String?
        @Option(help: "Certificates in PEM that the authority's TLS must end in.")
        var tsaTls: String?
        @OptionGroup var desk: NotaryOptions
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let root = try desk.root(global)
            let policy = try desk.trustPolicy()
            let (stick, target) = (LocalPath.absolute(folder), LocalPath.absolute(out))
            let outcome: StickOutcome
            do {
                let station = try WitnessStation(
                    root: root, policy: policy, name: desk.name, mirrors: mirror)
                defer { station.close() }
                outcome = try await station.answer(
                    stick: stick, to: target, authority: tsa, roots: tsaTls)
            } catch  where ExitStatus(failure: error) == .inUse && !mirror {
                guard let running = RunningWitness(root: root) else { throw error }
                outcome = try await running.answer(
                    stick: stick, to: target, authority: tsa, roots: tsaTls)
            }
            print(outcome)
            guard outcome.status == 200 else { throw ExitCode(ExitStatus.findings.rawValue) }
        }

        private func print(_ outcome: StickOutcome) {
            if global.json {
                var members: [String: JSONValue] = [
                    "origin": .string(outcome.origin), "size": .integer(outcome.size),
                    "status": .integer(Int64(outcome.status)),
                    "stamped": .array(outcome.stamped.map { .string($0) }),
                    "findings": .array(outcome.findings.map { $0.json(in: language) }),
                ]
                members.set("mirrored", outcome.mirrored)
                Terminal.line(.object(members))
                return
            }
            let (origin, size) = (SafeText.of(outcome.origin), outcome.size)
            Terminal.line(
                (outcome.status == 200
                    ? Bilingual(
                        "\(origin): cosigned up to entry \(size).", "\(origin)：已联署至第 \(size) 条。")
                    : Bilingual(
                        "\(origin): not cosigned (\(outcome.status)); the answer says why.",
                        "\(origin)：未予联署（\(outcome.status)），原因见答复文件。")).text(in: language))
            for finding in outcome.findings {
                Terminal.line("! " + FindingLine.text(finding.json(in: language)))
            }
        }
    }

    // MARK: - At the station

    struct Request: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A folder for a stick to the notary: what would be asked over the network.",
            discussion: ExitCodes.help)
        @Option(help: "The folder; nothing may be there.") var out: String
        @Option(help: "Give the ledger's files along that a mirror of this size lacks.")
        var mirrorFrom: Int64?
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let settings = try await global.settings()
            let path = LocalPath.absolute(out)
            let reader = try StationReader(settings: settings)
            try reader.requireTarget(path)
            let head = try reader.checkpoint()
            // Before the folder is there: a witness may then be at this size, whatever becomes of it.
            try await Carrying.lines(
                .carryOut(
                    note: Array(head.note.utf8), wantsStamps: settings.notary.timeStampCA != nil),
                settings: settings, line: { _ in })
            try StickJourney.writeRequest(
                Array(head.note.utf8), of: reader, mirrorFrom: mirrorFrom, to: path)
            if global.json {
                Terminal.line(["size": .integer(head.size), "out": .string(path)])
            } else {
                Terminal.line(
                    Bilingual(
                        "The notary is asked for \(head.size) entries: \(SafeText.of(path))",
                        "请公证机构联署 \(head.size) 条记录：\(SafeText.of(path))"
                    ).text(in: language))
            }
        }
    }

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes in the folder that the notary gave back, verified.",
            discussion: ExitCodes.help)
        @Argument(help: "The notary's folder.") var folder: String
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let settings = try await global.settings()
            let files = try StickJourney.readAnswer(LocalPath.absolute(folder))
            let json = global.json
            try await Carrying.lines(.carryIn(files: files), settings: settings) { value in
                json ? Terminal.line(value) : Self.print(value)
            }
        }

        private static func print(_ value: JSONValue) {
            guard let quorum = value[key: "quorum"]?.boolValue else {
                StampPrinter.print(value)
                return
            }
            let size = value[key: "size"]?.integerValue ?? 0
            let names = (value[key: "cosignedBy"]?.arrayValue ?? []).compactMap(\.stringValue)
                .map { SafeText.of($0) }.joined(separator: ", ")
            let words =
                quorum
                ? Bilingual(
                    "Cosigned up to entry \(size) by \(names).", "\(names) 已联署至第 \(size) 条。")
                : Bilingual(
                    "Cosigned up to entry \(size) by \(names); the policy asks for more.",
                    "\(names) 已联署至第 \(size) 条，尚未达到策略要求。")
            Terminal.line(words.text(in: language))
        }
    }
}

/// Options of a notary's own commands.
struct NotaryOptions: ParsableArguments {
    @Option(help: "The policy that names the logs (C2SP tlog-policy).") var policy: String?
    @Option(help: "The name of a new witness's key.") var name: String?

    /// The notary's root: never a station's by default.
    func root(_ global: GlobalOptions) throws -> String {
        LocalPath.absolute(global.root ?? WitnessStation.defaultRoot)
    }

    func trustPolicy() throws -> WitnessStation.Policy {
        guard let policy else {
            throw AssemblyFailure(
                .wrongUsage, subject: "--policy",
                wanted: Bilingual("a policy that names the logs is wanted", "请指定载明日志的信任策略"))
        }
        return try PolicyFile.read(LocalPath.absolute(policy))
    }
}
