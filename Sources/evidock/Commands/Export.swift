import ArgumentParser
import Assembly
import Evidence

struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The sealed evidence package of items or of a case.",
        discussion: """
            A BagIt bag (RFC 8493) of the original bytes with what the custody log says of them: \
            entries, proofs, time stamps, and VERIFY.txt, which tells how to check it without \
            evidock. The disclosure is entered first. Where the notary has not cosigned yet, the \
            package says so; --supplement makes it anew when the proofs are there.
            \(ExitCodes.help)
            """)

    @Option(name: .customLong("item"), help: "An item, or a digest or the beginning of one.")
    var items: [String] = []
    @Option(name: .customLong("case"), help: "All items of a case.") var caseNumber: String?
    @Option(help: "What another court asked for and two people approved; see court-request list.")
    var request: String?
    @Option(help: "Where to; nothing may be there.") var out: String
    @Option(help: "What for.") var why: String?
    @Option(
        name: .customLong("for"),
        help: "Who receives it: all, or party, which leaves out what is not a party's business.")
    var receiver = Receiver.all
    @Option(help: "An earlier package, to be made anew with the proofs that came since.")
    var supplement: String?
    @Option(help: "Seconds to wait for the notary's cosignature while serve runs.")
    var wait: Int = 10
    @OptionGroup var global: GlobalOptions

    enum Receiver: String, ExpressibleByArgument, CaseIterable {
        case all, party
    }

    func run() async throws {
        let settings = try await global.settings()
        let log = GlobalOptions.logger()
        let reader = try StationReader(settings: settings, note: Terminal.note)
        let path = LocalPath.absolute(out)
        try reader.requireTarget(path)
        let wanted = [!items.isEmpty || caseNumber != nil, supplement != nil, request != nil]
        guard wanted.count(where: { $0 }) <= 1, (0...3600).contains(wait) else {
            throw AssemblyFailure(
                .wrongUsage, subject: "export",
                wanted: Bilingual(
                    "items or a case, or --request, or --supplement; --wait from 0 to 3600",
                    "请指定条目或案号，或 --request，或 --supplement；--wait 应为 0 至 3600"))
        }
        var order = BagOrder(
            items: [], disclosure: nil, isForParty: receiver == .party, out: path,
            patience: Int64(wait) * 1000)
        let outcome: BagOutcome
        if let supplement {
            outcome = try await reader.supplement(
                LocalPath.absolute(supplement), order, log: log)
        } else {
            var reason = why
            if let request {
                let found = try await reader.itemsToExport(request: request, log: log)
                order.items = found.items
                reason = reason ?? found.why
            } else {
                order.items = try await reader.itemsToExport(
                    items, caseNumber: caseNumber, log: log)
            }
            let disclosed = Disclosed()
            try await Carrying.lines(
                .disclose(
                    items: order.items, how: receiver == .party ? "export-party" : "export",
                    why: reason),
                settings: settings, line: { disclosed.take($0) })
            guard let grant = disclosed.grant else { throw AssemblyFailure(.daemonGone) }
            order.disclosure = grant.leaf
            outcome = try await reader.export(order, log: log)
            if let request {
                let step = try reader.packed(path, items: order.items.count, for: request)
                try await Carrying.lines(
                    .courtRequest(.step(step)), settings: settings, line: { _ in })
            }
        }
        tell(outcome, disclosure: order.disclosure, path: path)
    }

    private func tell(_ outcome: BagOutcome, disclosure: Int64?, path: String) {
        guard !global.json else {
            var members = outcome.json
            members["out"] = .string(path)
            members["disclosure"] = disclosure.map(JSONValue.integer)
            Terminal.line(.object(members))
            return
        }
        func number(_ key: String) -> Int64 { outcome.json[key]?.integerValue ?? 0 }
        Terminal.line(
            Bilingual(
                "\(SafeText.of(path)): sealed evidence package of \(number("items")) items.",
                "\(SafeText.of(path))：封存证据包，共 \(number("items")) 个文件。"
            ).text(in: language))
        let cosigned =
            outcome.isCosigned
            ? Bilingual("Cosigned by the notary.", "公证机构已联署。")
            : Bilingual(
                "Not yet cosigned by the notary; later: evidock export --supplement",
                "公证机构尚未联署；可日后执行 evidock export --supplement。")
        let stamped =
            outcome.isTimeStamped
            ? Bilingual("Time-stamped.", "已加盖可信时间戳。")
            : Bilingual("Not yet time-stamped.", "尚无可信时间戳。")
        Terminal.line("  " + cosigned.text(in: language))
        Terminal.line("  " + stamped.text(in: language))
        let later = number("laterEntries")
        if later > 0 {
            Terminal.line(
                "  "
                    + Bilingual(
                        "\(later) entries about them are later than the cosigned checkpoint and not in it.",
                        "另有 \(later) 个相关条目晚于已联署的检查点，未列入。"
                    ).text(in: language))
        }
    }
}
