import ArgumentParser
import Assembly
import Evidence

struct Certificate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Notarial certificates of items and cases.",
        discussion: ExitCodes.help, subcommands: [Add.self, List.self, Copy.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Attaches a certificate: its PDF is sealed as an item, and goes with exports.",
            discussion: """
                Whoever runs serve must be able to read the file. The same again is nothing new; \
                another document under the same number is kept beside the first, and told.
                \(ExitCodes.help)
                """)
        @Option(help: "The certificate's number.") var number: String
        @Option(help: "The certificate, a PDF.") var file: String
        @Option(name: .customLong("item"), help: "What it is about: an item, or a digest.")
        var items: [String] = []
        @Option(name: .customLong("case"), help: "The case it is about.") var caseNumber: String?
        @Option(help: "The notary office.") var office: String?
        @Option(help: "The day it was issued, such as 2026-08-04.") var issued: String?
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let order = CertificateOrder(
                path: LocalPath.absolute(file), number: number, office: office, issued: issued,
                items: items, caseNumber: caseNumber)
            let json = global.json
            try await Carrying.lines(.certify(order), settings: try await global.settings()) {
                value in
                if json {
                    Terminal.line(value)
                } else if let finding = value[key: "finding"] {
                    Terminal.line("! " + FindingLine.text(finding))
                } else {
                    let number = SafeText.of(value[key: "number"]?.stringValue ?? "")
                    let document = value[key: "document"]?.stringValue ?? ""
                    let words =
                        value[key: "new"]?.boolValue == true
                        ? Bilingual(
                            "Certificate \(number) is attached; its PDF is \(document).",
                            "公证书 \(number) 已附入，文件条目 \(document)。")
                        : Bilingual(
                            "Certificate \(number) was attached before: \(document).",
                            "公证书 \(number) 此前已附入：\(document)。")
                    Terminal.line(words.text(in: language))
                }
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Certificates, by what they are about; all without an option.",
            discussion: ExitCodes.help)
        @Option(help: "An item, or a digest or the beginning of one.") var item: String?
        @Option(name: .customLong("case"), help: "A case.") var caseNumber: String?
        @Option(help: "A certificate's number.") var number: String?
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let reader = try StationReader(
                settings: try await global.settings(), note: Terminal.note)
            let found = try await reader.certificates(
                item: item, caseNumber: caseNumber, number: number, log: GlobalOptions.logger())
            for one in found { global.json ? Terminal.line(one) : Terminal.line(Self.words(one)) }
            guard found.isEmpty else { return }
            if !global.json { Terminal.note(Bilingual("No certificate found.", "未查到公证书。")) }
            throw ExitCode(ExitStatus.findings.rawValue)
        }

        private static func words(_ one: JSONValue) -> String {
            ["number", "issued", "office", "document", "item", "caseNumber"]
                .compactMap { one[key: $0]?.stringValue.map { SafeText.of($0) } }
                .joined(separator: "  ")
        }
    }

    struct Copy: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A certificate's PDF, verified; the disclosure is logged first.",
            discussion: """
                Where several documents have the number, they are listed and nothing is done: \
                copy takes the one that is meant.
                \(ExitCodes.help)
                """)
        @Argument(help: "The certificate's number.") var number: String
        @Option(help: "Where to; nothing may be there.") var out: String
        @Option(help: "What for.") var why: String?
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let reader = try StationReader(
                settings: try await global.settings(), note: Terminal.note)
            let document = try await reader.certificateDocument(
                number, log: GlobalOptions.logger())
            try await evidock.Copy.copy(document, to: out, why: why, global)
        }
    }
}
