import ArgumentParser
import Assembly
import Evidence

struct Repair: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Restores damaged or missing objects from a sound copy, and the second copy likewise.",
        discussion: """
            Without names all of the vault is read. What was damaged is kept aside. One line an \
            object: sound, repaired, or no sound copy, which is exit code 1.
            \(ExitCodes.help)
            """)

    @Argument(help: "Items, or digests or beginnings of them.") var items: [String] = []
    @OptionGroup var global: GlobalOptions

    func run() async throws {
        let settings = try await global.settings()
        let json = global.json
        try await Carrying.lines(.repair(items: items), settings: settings) { value in
            json ? Terminal.line(value) : Self.print(value)
        }
    }

    private static func print(_ value: JSONValue) {
        if let summary = value[key: "summary"] {
            func number(_ key: String) -> Int64 { summary[key: key]?.integerValue ?? 0 }
            Terminal.line(
                Bilingual(
                    "\(number("objects")) objects: \(number("sound")) sound, \(number("repaired")) repaired, \(number("noSoundCopy")) without a sound copy.",
                    "共 \(number("objects")) 个内容：完好 \(number("sound"))，已修复 \(number("repaired"))，无完好副本 \(number("noSoundCopy"))。"
                ).text(in: language))
            return
        }
        let outcome = value[key: "outcome"]?.stringValue ?? ""
        let item = value[key: "item"]?.stringValue ?? "-"
        let sha256 = value[key: "sha256"]?.stringValue ?? ""
        Terminal.line("\(word(outcome))  \(item)  \(sha256)")
        for fault in value[key: "faults"]?.arrayValue ?? [] {
            let disk = fault[key: "disk"]?.stringValue.map { " (\(SafeText.of($0)))" } ?? ""
            Terminal.line("  " + words(fault).text(in: language) + disk)
        }
    }

    private static func word(_ outcome: String) -> String {
        let words: Bilingual =
            switch outcome {
            case "sound": Bilingual("sound        ", "完好")
            case "repaired": Bilingual("repaired     ", "已修复")
            case "no-sound-copy": Bilingual("NO SOUND COPY", "无完好副本")
            default: Bilingual(outcome, outcome)
            }
        return words.text(in: language)
    }

    private static func words(_ fault: JSONValue) -> Bilingual {
        let isMissing = fault[key: "found"]?.stringValue == "missing"
        return switch (fault[key: "copy"]?.boolValue == true, isMissing) {
        case (false, false): Bilingual("the original was damaged", "原件已损坏")
        case (false, true): Bilingual("the original was missing", "原件缺失")
        case (true, false): Bilingual("the second copy was damaged", "第二份副本已损坏")
        case (true, true): Bilingual("the second copy was missing", "第二份副本缺失")
        }
    }
}
