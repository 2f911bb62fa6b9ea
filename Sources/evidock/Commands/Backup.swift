import ArgumentParser
import Assembly
import Evidence

struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copies the ledger, its records and all footage into a folder, verified.",
        discussion: """
            Consistent while the station works. A folder that holds an earlier backup gets what is \
            new. The log's key and the accounts go along unless --no-key: without an offline copy of \
            the key a station cannot be put back. Accounts go without sessions and programs' \
            tokens.
            \(ExitCodes.help)
            """)

    @Option(help: "Where to: an empty folder, or an earlier backup of this station.")
    var out: String
    @Flag(name: .customLong("no-key"), help: "Leaves the log's key and the accounts out.")
    var isWithoutKey = false
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let reader = try StationReader(settings: try await global.settings(), note: Terminal.note)
        let report = try await reader.backup(
            to: LocalPath.absolute(out), withKey: !isWithoutKey)
        RestorePrinter.print(
            report, json: global.json,
            Bilingual(
                "Backed up: \(report.treeSize) entries; new: \(report.objects) files of \(report.bytes) bytes.",
                "备份完成：存证日志 \(report.treeSize) 条；新增文件 \(report.objects) 个，\(report.bytes) 字节。"))
        if !report.lostItems.isEmpty { throw ExitCode(ExitStatus.findings.rawValue) }
    }
}

struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes a station's root of a backup.",
        discussion: """
            The station then signs nothing before serve has compared it with every witness of its \
            policy; what it lacks is fetched by: evidock log recover --from MIRROR. Where there is \
            no witness, --unwitnessed --why lets it sign, and the ledger says so for ever; without a \
            folder it does so for a station that is held already.
            \(ExitCodes.help)
            """)

    @Argument(help: "The folder of a backup.") var backup: String?
    @Option(help: "The offline copy of the log's key, where the backup has none.") var key: String?
    @Flag(
        help:
            "Puts the accounts back as they were: look at who was let go since, and end his again.")
    var accounts = false
    @Flag(help: "Signs without having compared with a witness.") var unwitnessed = false
    @Option(help: "Why.") var why: String?
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let settings = try await global.settings()
        guard backup != nil || unwitnessed, unwitnessed == (why != nil) else {
            throw AssemblyFailure(
                .wrongUsage, subject: "restore",
                wanted: Bilingual(
                    "a backup's folder; --unwitnessed with --why",
                    "请指定备份文件夹；--unwitnessed 须与 --why 同用"))
        }
        var isWhole = true
        if let backup {
            let report = try await Restoration.restore(
                from: LocalPath.absolute(backup), to: LocalPath.absolute(settings.root),
                key: key.map(LocalPath.absolute), withAccounts: accounts)
            isWhole = report.lostItems.isEmpty && report.missingRecords == 0
            RestorePrinter.print(
                report, json: global.json,
                Bilingual(
                    "Put back: \(report.treeSize) entries, \(report.objects) files of \(report.bytes) bytes.",
                    "已恢复：存证日志 \(report.treeSize) 条，文件 \(report.objects) 个，\(report.bytes) 字节。"))
        }
        if unwitnessed, let why {
            let json = global.json
            try await Carrying.lines(.releaseHold(why: why), settings: settings) { value in
                json
                    ? Terminal.line(value)
                    : Terminal.line(
                        Bilingual(
                            "It signs again, not compared with a witness; the ledger says so.",
                            "已恢复签署，未与公证联署节点核对；存证日志已记载。"
                        ).text(in: language))
            }
        } else if !global.json {
            Terminal.line(
                Bilingual(
                    "It signs nothing yet: start serve, which compares it with its notary cosigners.",
                    "暂不签署：请启动 serve，与公证联署节点核对后自动恢复。"
                ).text(in: language))
        }
        if !isWhole { throw ExitCode(ExitStatus.findings.rawValue) }
    }
}

/// What was carried, and what was lost.
enum RestorePrinter {
    static func print(_ report: CarryReport, json: Bool, _ words: Bilingual) {
        guard !json else {
            Terminal.line(report.json)
            return
        }
        Terminal.line(words.text(in: language))
        printLost(report.lostItems, report.missingRecords)
    }

    static func printLost(_ items: [String], _ records: Int64) {
        for item in items {
            Terminal.line(
                "  ! "
                    + Bilingual("\(item): its bytes are lost", "\(item)：文件内容缺失").text(in: language))
        }
        guard records > 0 else { return }
        Terminal.line(
            "  ! "
                + Bilingual(
                    "records that are not there: \(records)", "缺失的记录：\(records)"
                ).text(in: language))
    }
}
