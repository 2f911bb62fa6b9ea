import CaseIndex
package import Evidence
import Ingest
package import Logging
import ServiceLifecycle

extension Settings {
    /// What was read whole before this moment is due again.
    func fixityDeadline(_ now: Timestamp) -> Timestamp {
        Timestamp(milliseconds: now.milliseconds - Int64(max(scrubEvery, 1)) * 86_400_000)
    }
}

extension Operations {
    /// Reads items whole at once: those that are named, or all.
    func scrub(
        _ names: [String], answer: @escaping @Sendable (Answer) -> Void
    ) async throws -> ExitStatus {
        let tell: @Sendable (Finding) -> Void = { [language] in
            answer(.line(["finding": $0.json(in: language)]))
        }
        let index = station.stages.index
        let report: ScrubReport
        if names.isEmpty {
            // Everything that was not read since now.
            report = try await station.scrubbing.run(
                before: Clock.now(), isUrgent: true, tell: tell)
        } else {
            let items = try names.map { name in
                let item = try ItemLookup.one(name, in: index)
                try item.requireKept()
                return FixityItem(
                    item: LedgerName(station: station.layout.station.code, leaf: item.leaf),
                    sha256: item.sha256, sm3: item.sm3, size: item.size)
            }
            report = try await station.scrubbing.run(items, tell: tell)
        }
        try await station.stages.feeder.catchUp()
        answer(.line(["summary": report.json]))
        let isSound =
            report.items > 0 && report.mismatches == 0 && report.unreadable == 0
            && report.absentDisks.isEmpty
        return isSound ? .done : .findings
    }
}

extension StationReader {
    var fixityDeadline: Timestamp { settings.fixityDeadline(Clock.now()) }

    /// How far the integrity checks are.
    package func fixity(log: Logger) async throws -> JSONValue {
        try await index(log: log).fixityFigures(before: fixityDeadline).json
    }
}

/// Reads everything whole within its time, a little every hour: what is new within a day, the rest
/// within the days that are set.
struct ScrubService: Service {
    private static let interval: Duration = .seconds(3600)

    let backlog: ScrubBacklog
    let every: Int
    let log: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            // The dockings of a start come first.
            try? await Task.sleep(for: .seconds(60))
            while !Task.isCancelled {
                if every > 0 { await scrub() }
                try? await Task.sleep(for: Self.interval)
            }
        }
    }

    private func scrub() async {
        let now = Clock.now()
        let deadline = Timestamp(milliseconds: now.milliseconds - Int64(every) * 86_400_000)
        do {
            let report = try await backlog.run(before: deadline, isUrgent: false)
            guard report.items > 0 else { return }
            log.notice(
                "integrity was checked",
                metadata: [
                    "items": "\(report.items)", "bytes": "\(report.bytes)",
                    "mismatches": "\(report.mismatches)", "unreadable": "\(report.unreadable)",
                ])
        } catch is CancellationError {
            return
        } catch {
            log.error(
                "the integrity check could not be entered",
                metadata: ["problem": "\((error as? any Failure)?.problem.english ?? "")"])
        }
    }
}
