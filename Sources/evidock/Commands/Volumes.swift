import ArgumentParser
import Assembly
import Evidence

struct Volumes: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The vault's disks: those in use, a further one, the second copy.",
        discussion: ExitCodes.help, subcommands: [List.self, Add.self, Copies.self],
        defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The vault's disks, with their free bytes and those kept in reserve.",
            discussion: ExitCodes.help)

        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let volumes = try StationReader(settings: try await global.settings()).volumes()
            for volume in volumes {
                if global.json {
                    Terminal.line(volume.json)
                    continue
                }
                var line = "\(SafeText.of(volume.path))  \(volume.role.words.text(in: language))"
                line += "  \(volume.state.words.text(in: language))"
                if let free = volume.free, let reserved = volume.reserved {
                    let (free, reserved) = (Readable.bytes(free), Readable.bytes(reserved))
                    line +=
                        "  "
                        + Bilingual(
                            "\(free) free, \(reserved) of it in reserve",
                            "可用 \(free)，其中保留 \(reserved)"
                        ).text(in: language)
                }
                Terminal.line(line)
            }
            if !volumes.contains(where: { $0.role == .copies }) {
                Terminal.note(DockWords.singleCopy)
            }
            guard volumes.allSatisfy({ $0.state == .inUse }) else {
                throw ExitCode(ExitStatus.findings.rawValue)
            }
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sets up a further volume: an empty directory on another disk.",
            discussion: """
                It is in use at once, by a running daemon too: slots that were held for want of \
                room go on by themselves.
                \(ExitCodes.help)
                """)

        @Argument(help: "An empty directory on that disk.") var path: String
        @OptionGroup var global: GlobalOptions

        func run() async throws { try await Volumes.add(path, as: .further, global) }
    }

    struct Copies: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sets the second copy: an empty directory on another disk or a NAS.",
            discussion: """
                What is sealed already is copied there by and by, by the running daemon.
                \(ExitCodes.help)
                """)

        @Argument(help: "An empty directory on that disk.") var path: String
        @OptionGroup var global: GlobalOptions

        func run() async throws { try await Volumes.add(path, as: .copies, global) }
    }

    private static func add(
        _ path: String, as role: VolumeRole, _ global: GlobalOptions
    ) async throws {
        let settings = try await global.settings()
        let json = global.json
        try await Carrying.lines(
            .addVolume(path: LocalPath.absolute(path), role: role), settings: settings
        ) { value in
            json ? Terminal.line(value) : print(value, role)
        }
    }

    private static func print(_ value: JSONValue, _ role: VolumeRole) {
        let path = SafeText.of(value[key: "path"]?.stringValue ?? "")
        let words = role.words
        Terminal.line(
            Bilingual(
                "\(path) is in use (\(words.english)).", "\(path) 已投入使用（\(words.chinese)）。"
            ).text(in: language))
        guard value[key: "sameDisk"]?.boolValue == true else { return }
        Terminal.note(
            role == .copies
                ? Bilingual(
                    "It lies on the same disk as the store: when that disk fails, both are gone.",
                    "它与存储目录位于同一磁盘：该磁盘损坏时两者都将丢失。")
                : Bilingual(
                    "It lies on the same disk as the store, and adds no room.",
                    "它与存储目录位于同一磁盘，不会增加可用空间。"))
    }
}
