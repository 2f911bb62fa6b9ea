import Custody
package import Evidence
package import Notarization
package import TimeStamping
import TransparencyLog

/// One round of time stamps at once, for whoever waits for it.
package struct StampRound: Sendable {
    private let keeper: StampKeeper
    private let authority: String
    private let trust: TimeStampTrust
    private let line: HTTPLine

    package init(
        keeper: StampKeeper, authority: String, trust: TimeStampTrust, line: HTTPLine
    ) {
        (self.keeper, self.authority) = (keeper, authority)
        (self.trust, self.line) = (trust, line)
    }

    /// Every stamp is kept and entered before it is given. The newest checkpoint is stamped by each
    /// digest that it has no stamp of yet.
    ///
    /// - Returns: the stamps, and why there are not more.
    package func run() async throws -> (stamped: [StampDesk.Stamped], findings: [Finding]) {
        let reader = keeper.reader
        let (head, frozen, known) = try await offPool {
            let head = try reader.checkpoint()
            return (
                head, try reader.frozen(head.checkpoint.size), try reader.newestStamps()
            )
        }
        var desk = StampDesk(trust: trust, stamped: known)
        let start = ContinuousClock.now
        func take(_ event: StampDesk.Event) -> [StampDesk.Action] {
            desk.take(event, at: start.duration(to: .now), clock: keeper.now(), jitter: 1)
        }
        var actions = take(
            .published(size: head.checkpoint.size, note: frozen?.note ?? head.note))
        var stamped: [StampDesk.Stamped] = []
        var findings: [Finding] = []
        while !actions.isEmpty {
            let action = actions.removeFirst()
            switch action {
            case .ask(let number, let query):
                do {
                    let answer = try await line.ask(
                        authority, post: (query.der, TimeStampQuery.contentType),
                        limit: TimeStampReply.byteLimit, within: .seconds(60))
                    actions += take(
                        answer.status == 200
                            ? .answered(number, answer.body, at: keeper.now())
                            : .unanswered(number))
                } catch is LinkFailure { actions += take(.unanswered(number)) }
            case .keep(let one):
                try await keeper.keep(one)
                stamped.append(one)
            case .report(let finding): findings.append(finding)
            }
        }
        return (stamped, findings)
    }
}
