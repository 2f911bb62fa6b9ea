import CaseIndex
import Casework
package import Evidence
import Ingest
package import Logging
import ServiceLifecycle

extension StationReader {
    /// What becomes of footage: what would go and why, what is called for, and a summary; with
    /// `all` everything that is kept too.
    package func retentionPlan(
        all: Bool, now: Timestamp, log: Logger, tell: @escaping @Sendable (JSONValue) -> Void
    ) async throws -> (due: Int64, called: Int64) {
        let index = try await index(log: log)
        return try await offPool {
            let verdicts = try RetentionVerdicts(settings: settings, index: index, now: now)
            var (items, due, bytes): (Int64, Int64, Int64) = (0, 0, 0)
            var kept: [String: Int64] = [:]
            var calls: [UnlinkedCall: Int64] = [:]
            try verdicts.forEach { item, verdict in
                items += 1
                let call = verdicts.escalation(item, verdict)
                if verdict.isDue { (due, bytes) = (due + 1, bytes + item.size) }
                for reason in verdict.reasons { kept[reason.code, default: 0] += 1 }
                if let call { calls[call, default: 0] += 1 }
                guard all || verdict.isDue || call != nil else { return }
                tell(item.json(verdict, call))
            }
            let called = calls.values.reduce(0, +)
            tell([
                "summary": [
                    "items": .integer(items), "due": .integer(due), "bytes": .integer(bytes),
                    "kept": .object(kept.mapValues(JSONValue.integer)),
                    "unlinked": [
                        "due": .integer(calls[.due] ?? 0),
                        "escalated": .integer(calls[.escalated] ?? 0),
                    ],
                ]
            ])
            return (due, called)
        }
    }

    /// Proposed deletions, the oldest first.
    package func proposals(isOpen: Bool, log: Logger) async throws -> [JSONValue] {
        try await index(log: log).proposals(isOpen: isOpen).map(\.json)
    }

    /// Retention locks, the oldest first.
    package func holds(areStanding: Bool, log: Logger) async throws -> [JSONValue] {
        try await index(log: log).holds(isReleased: areStanding ? false : nil).map(\.json)
    }
}

extension RetainedItem {
    fileprivate func json(_ verdict: RetentionVerdict, _ call: UnlinkedCall?) -> JSONValue {
        var members: [String: JSONValue] = [
            "item": .string(name.description), "due": .bool(verdict.isDue),
            "size": .integer(size), "rule": .string(verdict.rule),
        ]
        members.set("start", start)
        members.set("until", verdict.until?.description)
        members.set("cases", cases.map(\.number.description))
        members["reasons"] = .array(verdict.reasons.map(\.json))
        members.set("proposal", proposal)
        members.set("unlinked", call?.rawValue)
        return .object(members)
    }
}

/// Carries out, once an hour, what two persons approved a week before.
struct RetentionService: Service {
    private static let interval: Duration = .seconds(3600)

    let desk: RetentionDesk
    let log: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await carryOut()
                try? await Task.sleep(for: Self.interval)
            }
        }
    }

    private func carryOut() async {
        do {
            _ = try await desk.take(RetentionRequest(.carryOut), by: "evidock") { line in
                guard let count = line[key: "summary"]?[key: "items"]?.integerValue, count > 0
                else {
                    return
                }
                log.notice("approved deletions were carried out", metadata: ["items": "\(count)"])
            }
        } catch is CancellationError {
        } catch {
            log.error(
                "approved deletions could not be carried out",
                metadata: ["error": "\((error as? any Failure)?.code ?? "unexpected")"])
        }
    }
}
