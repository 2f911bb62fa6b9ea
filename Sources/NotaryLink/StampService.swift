import Custody
import Evidence
package import Logging
package import Notarization
import ServiceLifecycle
package import TimeStamping
import TransparencyLog

/// Has a checkpoint stamped by a time-stamp authority (RFC 3161 over HTTP) whenever something is new
/// and it is time. What was stamped is frozen, and entered as `time-stamp`; nothing waits for it.
package struct StampService: Service {
    private typealias Event = StampDesk.Event

    private let keeper: StampKeeper
    private let authority: String
    private let trust: TimeStampTrust
    private let pace: StampDesk.Pace
    private let line: HTTPLine
    private let log: Logger

    private static let beat: Duration = .seconds(1)
    /// Beats between two looks at whether the newest stamp is to be renewed.
    private static let renewalBeats = 3600

    /// - Parameter authority: its address, `http` or `https`.
    package init(
        keeper: StampKeeper, authority: String, trust: TimeStampTrust, pace: StampDesk.Pace,
        line: HTTPLine, log: Logger
    ) {
        (self.keeper, self.authority, self.trust) = (keeper, authority, trust)
        (self.pace, self.line, self.log) = (pace, line, log)
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            let reader = keeper.reader
            let stamped = (try? await offPool { try reader.newestStamps() }) ?? [:]
            var desk = StampDesk(trust: trust, stamped: stamped, pace: pace)
            let (events, feed) = AsyncStream<Event>.makeStream()
            let start = ContinuousClock.now
            await withDiscardingTaskGroup { tasks in
                let since =
                    stamped.count == StampImprint.allCases.count
                    ? stamped.values.min() ?? 0 : 0
                tasks.addTask { await watch(feed, since: since) }
                for await event in events {
                    let actions = desk.take(
                        event, at: start.duration(to: .now), clock: keeper.now(),
                        jitter: Double.random(in: 0...1))
                    for action in actions {
                        switch action {
                        case .ask(let number, let query):
                            tasks.addTask { feed.yield(await ask(number, query)) }
                        case .keep(let stamped): await keep(stamped)
                        case .report(let finding):
                            log.warning(
                                "\(finding.message.english)",
                                metadata: [
                                    "imprint": "\(finding.subject)", "code": "\(finding.code)",
                                ])
                        }
                    }
                }
                tasks.cancelAll()
            }
        }
    }

    private func renewalIsDue() async -> Bool {
        let (reader, trust, now) = (keeper.reader, trust, keeper.now())
        let isDue = try? await offPool {
            guard let size = reader.stampedSizes().last, let frozen = try reader.frozen(size)
            else { return false }
            return StampImprint.allCases.contains { imprint in
                guard let token = frozen.files[imprint.rawValue + ".tsr"] else { return false }
                return StampRenewal.isDue(
                    token: token, imprint: imprint, note: frozen.note, trust: trust, now: now)
            }
        }
        return isDue ?? false
    }

    /// Tells of every new checkpoint that has more than our own stamps in it.
    private func watch(_ feed: AsyncStream<Event>.Continuation, since: Int64) async {
        var seen = since
        var beats = 0
        while !Task.isCancelled {
            let (from, reader) = (seen, keeper.reader)
            beats += 1
            if beats % Self.renewalBeats == Self.renewalBeats / 60, await renewalIsDue(),
                let head = try? await offPool({ try reader.checkpoint() })
            {
                feed.yield(.published(size: head.checkpoint.size, note: head.note))
            }
            if let news = try? await offPool({ try reader.news(since: from) }) {
                seen = news.size
                if let note = news.note { feed.yield(.published(size: news.size, note: note)) }
            }
            feed.yield(.tick)
            try? await Task.sleep(for: Self.beat)
        }
        feed.finish()
    }

    private func ask(_ number: Int, _ query: TimeStampQuery) async -> Event {
        do {
            let answer = try await line.ask(
                authority, post: (query.der, TimeStampQuery.contentType),
                limit: TimeStampReply.byteLimit, within: pace.answerWithin)
            guard answer.status == 200 else { return .unanswered(number) }
            return .answered(number, answer.body, at: keeper.now())
        } catch { return .unanswered(number) }
    }

    private func keep(_ stamped: StampDesk.Stamped) async {
        do {
            try await keeper.keep(stamped)
            log.info(
                "time-stamped",
                metadata: [
                    "size": "\(stamped.size)", "imprint": "\(stamped.query.imprint.rawValue)",
                ])
        } catch {
            log.error(
                "a time stamp could not be kept",
                metadata: ["problem": "\((error as? any Failure)?.problem.english ?? "")"])
        }
    }
}
