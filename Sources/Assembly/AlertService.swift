import CaseIndex
import Configuration
import Custody
import DurableFiles
import Evidence
import Foundation
import Ingest
import Logging
import NotaryLink
import Notarization
import Portal
import ServiceLifecycle
import Synchronization

/// Where alerts are told.
struct AlertSettings: Sendable {
    /// A program of the site: it is given each message as JSON, and sends it on.
    var program: String?
    var webhook: String?

    init(_ reading: StrictReading) throws {
        program = try reading.path("alertProgram")
        webhook = try reading.text("alertWebhook")
        guard webhook.map({ $0.hasPrefix("https://") || $0.hasPrefix("http://") }) ?? true else {
            throw AssemblyFailure(
                .malformedSetting, subject: "alertWebhook",
                wanted: Bilingual("http:// or https:// is wanted", "应以 http:// 或 https:// 开头"))
        }
    }
}

/// What stands of alerts, for whoever asks.
final class AlertBoard: Sendable {
    private let book = Mutex(AlertBook())

    var standing: [AlertBook.Entry] { book.withLock { $0.standing } }

    func look(_ alerts: [Alert], at now: Timestamp) -> [AlertBook.Message] {
        book.withLock { $0.look(alerts, at: now) }
    }

    func acknowledge(_ code: String, by: String) -> Bool {
        book.withLock { $0.acknowledge(code, by: by) }
    }
}

/// Looks again and again for what somebody must look at, and tells it until somebody does.
struct AlertService: Service {
    private static let interval: Duration = .seconds(30)
    private static let patience: Duration = .seconds(20)

    let station: Station
    let overview: StationOverview
    private let line: HTTPLine?
    private let log: Logger

    init(_ station: Station, overview: StationOverview, log: Logger) {
        (self.station, self.overview, self.log) = (station, overview, log)
        line = station.settings.alerts.webhook == nil ? nil : try? HTTPLine()
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await look()
                try? await Task.sleep(for: Self.interval)
            }
        }
    }

    private func look() async {
        let isAlive = await station.isAlive()
        let found: [Alert]
        do {
            found = try await offPool {
                try AlertConditions(station, overview, isAlive: isAlive).all
            }
        } catch {
            log.error(
                "alerts could not be looked for",
                metadata: ["error": "\((error as? any Failure)?.code ?? "unexpected")"])
            return
        }
        for message in station.alerts.look(found, at: station.stages.now()) {
            let words = "\(message.alert.words.english)"
            switch message.step {
            case .raised, .repeated: log.warning("alert", metadata: ["problem": "\(words)"])
            case .over: log.notice("an alert is over", metadata: ["problem": "\(words)"])
            }
            await tell(message)
        }
    }

    private func tell(_ message: AlertBook.Message) async {
        var members = message.json.objectValue ?? [:]
        members["station"] = .string(station.layout.station.name)
        let body = Array((JSONWriter.line(.object(members)) + "\n").utf8)
        if let url = station.settings.alerts.webhook, let line {
            do {
                let answer = try await line.ask(
                    url, post: (body, "application/json"), limit: 64 << 10,
                    within: Self.patience)
                guard (200..<300).contains(answer.status) else {
                    return log.error(
                        "an alert was not taken", metadata: ["status": "\(answer.status)"])
                }
            } catch { log.error("an alert could not be sent") }
        }
        if let program = station.settings.alerts.program {
            do { try await AlertProgram.run(program, body, within: Self.patience) } catch {
                log.error("the alert program failed")
            }
        }
    }
}

/// What is the matter now. Names of slots and counts stand in it, never a person.
private struct AlertConditions {
    private static let day: Int64 = 86_400_000

    private(set) var all: [Alert] = []

    init(_ station: Station, _ overview: StationOverview, isAlive: Bool) throws {
        func add(_ code: String, _ english: String, _ chinese: String) {
            all.append(Alert(code: code, words: Bilingual(english, chinese)))
        }
        if !isAlive { add("log", "The custody log takes no entries.", "存证日志无法写入。") }
        if let days = try overview.daysLeft(),
            let level = [2, 7, 14].first(where: { days <= $0 })
        {
            add(
                "storage-\(level)", "Storage suffices for \(days) more days.",
                "存储空间仅够使用 \(days) 天。")
        }
        for slot in station.board.slots where [.failed, .held].contains(slot.state) {
            add(
                "slot-\(SafeText.of(slot.slot))",
                "Slot \(SafeText.of(slot.slot)): \(slot.words.english)",
                "卡位 \(SafeText.of(slot.slot))：\(slot.words.chinese)")
        }
        let docked = Set(station.board.slots.compactMap(\.visit))
        let unfinished = try station.stages.index.unfinishedVisits().count {
            !docked.contains($0.visit)
        }
        if unfinished > 0 {
            add(
                "unfinished", "\(unfinished) dockings did not come to their end: dock again.",
                "有 \(unfinished) 次采集未完成，请重新接入。")
        }
        let cosigning = station.cosigning.now
        if cosigning.hold != nil {
            add("signing-held", "Nothing is entered or signed.", "已停止登记和签名。")
        }
        for (witness, standing) in cosigning.standings {
            switch standing {
            case .unasked, .cosigning: break
            case .away(let tries) where tries < 3: break
            case .away, .refusing, .contradicting, .aheadOfUs:
                add(
                    "witness-\(SafeText.of(witness))",
                    "Notary cosigner \(SafeText.of(witness)): \(standing.words.english)",
                    "公证联署节点 \(SafeText.of(witness))：\(standing.words.chinese)")
            }
        }
        let failed = try station.stages.index.failedChecks(
            since: Timestamp(
                milliseconds: station.stages.now().milliseconds - 30 * Self.day))
        if failed > 0 {
            add(
                "integrity", "\(failed) recordings did not pass their integrity check.",
                "有 \(failed) 条录像未通过完整性校验。")
        }
    }
}

/// A program of the site that is given a message. It has none of the service's power to read: what
/// setpriv(1) takes away is not handed on.
private enum AlertProgram {
    private struct Failed: Error {}

    private static let setpriv = "/usr/bin/setpriv"

    static func run(_ path: String, _ body: [UInt8], within patience: Duration) async throws {
        let process = Process()
        let canDrop = LocalPath.isExecutable(setpriv)
        process.executableURL = URL(fileURLWithPath: canDrop ? setpriv : path)
        if canDrop { process.arguments = ["--ambient-caps=-all", "--inh-caps=-all", path] }
        process.environment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"]
        let input = Pipe()
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        // Small enough for the pipe: whoever reads nothing keeps nobody waiting.
        try? input.fileHandleForWriting.write(contentsOf: body)
        try? input.fileHandleForWriting.close()
        let end = ContinuousClock.now + patience
        while process.isRunning {
            guard ContinuousClock.now < end, !Task.isCancelled else {
                kill(process.processIdentifier, SIGKILL)
                throw Failed()
            }
            try? await Task.sleep(for: .milliseconds(100))
        }
        guard process.terminationStatus == 0 else { throw Failed() }
    }
}
