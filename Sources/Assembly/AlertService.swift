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
    private let mail: MailLine?
    private let log: Logger

    init(_ station: Station, overview: StationOverview, log: Logger) {
        (self.station, self.overview, self.log) = (station, overview, log)
        // Without roots of its own there is nothing that could be malformed.
        line = station.settings.alerts.webhook == nil ? nil : try? HTTPLine()
        mail = station.settings.alerts.mail?.line
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
        guard
            let found = try? await offPool({
                AlertConditions(station, overview, isAlive: isAlive).all
            })
        else { return }
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
            } catch {
                log.error(
                    "an alert could not be sent",
                    metadata: ["error": "\((error as? any Failure)?.code ?? "unexpected")"])
            }
        }
        if let mail, let settings = station.settings.alerts.mail {
            do {
                try await mail.send(
                    settings.mail(
                        message, of: station.layout.station.name, at: station.stages.now()),
                    within: Self.patience)
            } catch {
                log.error(
                    "an alert could not be mailed",
                    metadata: [
                        "error": "\((error as? any Failure)?.problem.english ?? "unexpected")"
                    ])
            }
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
    private(set) var all: [Alert] = []

    init(_ station: Station, _ overview: StationOverview, isAlive: Bool) {
        if !isAlive { add("log", "The custody log takes no entries.", "存证日志无法写入。") }
        addSlots(of: station)
        addCosigners(of: station)
        // Each on its own: what cannot be asked hides nothing else.
        do { try addStorage(overview) } catch { addUnknown("storage") }
        do { try addUnfinished(station) } catch { addUnknown("dockings") }
        do { try addChecks(station) } catch { addUnknown("checks") }
    }

    private mutating func add(
        _ code: String, _ english: String, _ chinese: String, level: Int = 0
    ) {
        all.append(Alert(code: code, words: Bilingual(english, chinese), level: level))
    }

    private mutating func addUnknown(_ what: String) {
        add(
            "unknown-" + what, "It cannot be told how the station's \(what) are.",
            "无法检查本站状态（\(what)）。")
    }

    private mutating func addStorage(_ overview: StationOverview) throws {
        guard let days = try overview.daysLeft() else { return }
        let levels: [Int64] = [14, 7, 2]
        guard let level = levels.lastIndex(where: { days <= $0 }) else { return }
        add(
            "storage", "Storage suffices for \(days) more days.", "存储空间仅够使用 \(days) 天。",
            level: level)
    }

    private mutating func addSlots(of station: Station) {
        for slot in station.board.slots where [.failed, .held].contains(slot.state) {
            let name = SafeText.of(slot.slot)
            add(
                "slot-\(name)", "Slot \(name): \(slot.words.english)",
                "卡位 \(name)：\(slot.words.chinese)")
        }
    }

    private mutating func addUnfinished(_ station: Station) throws {
        let docked = Set(station.board.slots.compactMap(\.visit))
        let count = try station.stages.index.unfinishedVisits().count {
            !docked.contains($0.visit)
        }
        guard count > 0 else { return }
        add(
            "unfinished", "Dockings that did not come to their end, to be docked again: \(count).",
            "有 \(count) 次采集未完成，请重新接入。")
    }

    private mutating func addCosigners(of station: Station) {
        let cosigning = station.cosigning.now
        if cosigning.hold != nil {
            add("signing-held", "Nothing is entered or signed.", "已停止登记和签名。")
        }
        for (witness, standing) in cosigning.standings {
            switch standing {
            case .unasked, .cosigning: continue
            case .away(let tries) where tries < 3: continue
            case .away, .refusing, .contradicting, .aheadOfUs: break
            }
            let name = SafeText.of(witness)
            add(
                "witness-\(name)", "Notary cosigner \(name): \(standing.words.english)",
                "公证联署节点 \(name)：\(standing.words.chinese)")
        }
    }

    private mutating func addChecks(_ station: Station) throws {
        let failed = try station.stages.index.failedChecks()
        guard failed > 0 else { return }
        add(
            "integrity", "Recordings that did not pass their integrity check: \(failed).",
            "有 \(failed) 条录像未通过完整性校验。")
    }
}

/// A program of the site that is given a message. It has none of the service's power to read: what
/// setpriv(1) takes away is not handed on.
private enum AlertProgram {
    private struct Failed: Error {}

    private static let setpriv = "/usr/bin/setpriv"

    static func run(_ path: String, _ body: [UInt8], within patience: Duration) async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: setpriv)
        process.arguments = ["--ambient-caps=-all", "--inh-caps=-all", path]
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
