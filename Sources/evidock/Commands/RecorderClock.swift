import ArgumentParser
import Assembly
import Evidence

extension Recorder {
    struct Clocks: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "clock",
            abstract:
                "By how much a recorder's clock is off: measured now, or all that was measured.",
            discussion: """
                Footage keeps the times that the recorder wrote; when it is believed to have begun is \
                mended by what was measured, and it is matched with field tasks again. Between two \
                measurements a drift is interpolated.
                \(ExitCodes.help)
                """)
        @Argument(help: "The recorder's number.") var recorder: String
        @Option(
            parsing: .unconditional,
            help: "By how many seconds it is ahead; behind with a minus.")
        var offset: Double?
        @Option(help: "What its display shows now: 2026-08-04T10:00:00, with +08:00 or Z.")
        var shows: String?
        @Option(help: "When that was: 2026-08-04T10:00:00, with +08:00 or Z; by default now.")
        var at: String?
        @OptionGroup var global: GlobalOptions

        func validate() throws {
            if offset != nil, shows != nil {
                throw ValidationError(
                    Bilingual("Either --offset or --shows.", "--offset 与 --shows 只能选一个。")
                        .text(in: language))
            }
            if at != nil, offset == nil, shows == nil {
                throw ValidationError(
                    Bilingual(
                        "--at goes with --offset or --shows.", "--at 应与 --offset 或 --shows 同用。"
                    )
                    .text(in: language))
            }
        }

        func run() async throws {
            guard let reading = try reading() else { return try await list() }
            let moment = try at.map { try TimeText.moment($0, endOfDay: false, option: "--at") }
            let json = global.json
            try await Carrying.lines(
                .measureClock(ClockOrder(recorder: recorder, reading: reading, at: moment)),
                settings: try await global.settings()
            ) { value in json ? Terminal.line(value) : Terminal.line(ClockText.words(value)) }
        }

        private func reading() throws -> ClockOrder.Reading? {
            if let offset {
                return .offset(try ClockText.milliseconds(offset, option: "--offset"))
            }
            return try shows.map {
                .shows(try TimeText.moment($0, endOfDay: false, option: "--shows"))
            }
        }

        private func list() async throws {
            let reader = try StationReader(
                settings: try await global.settings(), note: Terminal.note)
            let found = try await reader.clock(of: recorder, log: GlobalOptions.logger())
            for one in found {
                global.json ? Terminal.line(one) : Terminal.line(ClockText.words(one))
            }
            guard found.isEmpty else { return }
            if !global.json {
                Terminal.note(
                    Bilingual("Its clock was never measured.", "该记录仪的时钟尚未校核。"))
            }
            throw ExitCode(ExitStatus.findings.rawValue)
        }
    }
}

/// What is said of clocks.
enum ClockText {
    /// - Throws: `wrong-usage` for what is no number of seconds.
    static func milliseconds(_ seconds: Double, option: String) throws -> Int64 {
        guard seconds.isFinite, abs(seconds) < 1e11 else {
            throw AssemblyFailure(
                .wrongUsage, subject: option,
                wanted: Bilingual("a number of seconds", "请填写秒数"))
        }
        return Int64((seconds * 1000).rounded())
    }

    static func words(_ one: JSONValue) -> String {
        let seconds = one[key: "offset"]?.doubleValue ?? 0
        let size = Self.text(abs(seconds))
        let offset =
            seconds < 0
            ? Bilingual("\(size) s behind", "慢 \(size) 秒")
            : Bilingual("\(size) s ahead", "快 \(size) 秒")
        let within = Self.text(one[key: "within"]?.doubleValue ?? 0)
        let source =
            switch one[key: "source"]?.stringValue {
            case "given": Bilingual("said by a person", "人工填写")
            case "shown": Bilingual("read off its display", "按屏幕显示")
            default: Bilingual("by satellite time", "按卫星时间")
            }
        return [
            SafeText.of(one[key: "recorder"]?.stringValue ?? ""), offset.text(in: language),
            "±\(within) s", source.text(in: language), one[key: "at"]?.stringValue ?? "",
        ].joined(separator: "  ")
    }

    private static func text(_ seconds: Double) -> String {
        seconds == seconds.rounded() ? String(Int64(seconds)) : String(seconds)
    }
}

extension JSONValue {
    fileprivate var doubleValue: Double? {
        if case .decimal(let number) = self { number } else { integerValue.map(Double.init) }
    }
}
