package import Custody
package import Evidence
package import Logging
import Notarization
import ServiceLifecycle
package import TransparencyLog

/// Has every checkpoint cosigned by the witnesses of the policy, over HTTP: the newest is put to all
/// of them as soon as it is published, and again while any of them is away. Nothing waits for it.
package struct CosigningService: Service {
    private typealias Event = CosigningDesk.Event

    private let ledger: CustodyLedger
    private let reader: LedgerReader
    private let policy: TrustPolicy
    private let keys: [VerifierKey]
    private let origin: String
    private let line: HTTPLine
    private let board: CosigningBoard
    private let released: @Sendable () async throws -> Void
    private let now: @Sendable () -> Timestamp
    private let log: Logger

    /// How often the newest checkpoint is looked at.
    private static let beat: Duration = .seconds(1)

    /// - Parameters:
    ///   - keys: of the log; the first one signs.
    ///   - released: what else is to be done once signing goes on after a hold.
    package init(
        ledger: CustodyLedger, reader: LedgerReader, policy: TrustPolicy, keys: [VerifierKey],
        line: HTTPLine, board: CosigningBoard,
        released: @escaping @Sendable () async throws -> Void,
        now: @escaping @Sendable () -> Timestamp, log: Logger
    ) {
        (self.ledger, self.reader, self.policy, self.keys) = (ledger, reader, policy, keys)
        (self.line, self.board, self.now, self.log) = (line, board, now, log)
        self.released = released
        origin = keys.first?.name ?? ""
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            let cosigned = try? await offPool { try reader.cosignedNote() }
            let hold = await ledger.signingHold()
            board.set(hold)
            var desk = CosigningDesk(
                policy: policy, origin: origin, cosigned: cosigned ?? nil, hold: hold)
            board.set(desk)
            let (events, feed) = AsyncStream<Event>.makeStream()
            let start = ContinuousClock.now
            await withDiscardingTaskGroup { tasks in
                tasks.addTask { await watch(feed) }
                for await event in events {
                    let actions = desk.take(event, at: start.duration(to: .now)) {
                        Double.random(in: 0...1)
                    }
                    for action in actions {
                        switch action {
                        case .ask(let name, let question):
                            tasks.addTask { feed.yield(await ask(name, question)) }
                        case .look(let name, let number):
                            tasks.addTask { feed.yield(await look(name, number)) }
                        default: if let event = await take(action) { feed.yield(event) }
                        }
                    }
                    board.set(desk)
                }
                tasks.cancelAll()
            }
        }
    }

    /// Tells of every new checkpoint, and of time that passes.
    private func watch(_ feed: AsyncStream<Event>.Continuation) async {
        var last: Int64 = -1
        while !Task.isCancelled {
            if let signed = try? await newest(), signed.size > last {
                last = signed.size
                feed.yield(.published(signed))
            }
            feed.yield(.tick)
            try? await Task.sleep(for: Self.beat)
        }
        feed.finish()
    }

    private func newest() async throws -> SignedCheckpoint {
        try await offPool { try SignedCheckpoint(reader.checkpoint().note, by: keys) }
    }

    // MARK: - Doing

    private func take(_ action: CosigningDesk.Action) async -> Event? {
        do {
            switch action {
            case .keep(let note, let meetsQuorum):
                do { try await ledger.keep(note, meetsQuorum: meetsQuorum) } catch {
                    log.error("a cosignature could not be kept", metadata: Self.words(error))
                    return .notKept(note)
                }
            case .hold(let hold):
                board.set(hold)
                try await ledger.hold(hold)
            case .release:
                let hold = await ledger.signingHold()
                try await ledger.release()
                board.set(nil)
                // That it signs again after a restore, and was compared with others before.
                if let hold, hold.isRestored {
                    let row = RestoreRow(
                        by: "serve", isWitnessed: true, why: nil, treeSize: hold.ownSize)
                    try await ledger.enter([
                        NewCustodyEvent(kind: .restore, time: now(), rows: [row.row])
                    ])
                }
                try await released()
            case .report(let finding):
                log.warning(
                    "\(finding.message.english)",
                    metadata: ["witness": "\(finding.subject)", "code": "\(finding.code)"])
            case .ask, .look: break
            }
        } catch {
            log.error("the signing could not be held or released", metadata: Self.words(error))
        }
        return nil
    }

    private func ask(_ name: PolicyName, _ question: WitnessDelegate.Question) async -> Event {
        guard let url = url(of: name) else { return .unanswered(name, question.number) }
        do {
            let request = try await offPool { try question.request(reader) }
            let answer = try await line.ask(
                url + "/add-checkpoint", post: (request.bytes, "text/plain; charset=utf-8"),
                limit: WitnessAnswer.byteLimit, within: .seconds(30))
            return .answered(
                name, question.number,
                try WitnessAnswer(
                    status: answer.status, contentType: answer.contentType, body: answer.body))
        } catch {
            log.debug("a witness did not answer", metadata: Self.words(error))
            return .unanswered(name, question.number)
        }
    }

    /// What the witness shows to everybody of our log.
    private func look(_ name: PolicyName, _ number: Int) async -> Event {
        guard let url = url(of: name) else { return .looked(name, number, nil) }
        do {
            let answer = try await line.ask(
                url + "/" + WitnessAddress.newest(ofOrigin: origin),
                limit: SignedNote.byteLimit, within: .seconds(30))
            guard answer.status == 200 || answer.status == 404 else {
                return .looked(name, number, nil)
            }
            return .looked(
                name, number,
                try await offPool {
                    try ShownHistory.compare(
                        answer.status == 200 ? answer.body : nil, keys: keys,
                        size: try reader.size(), root: reader.root(ofSize:))
                })
        } catch { return .looked(name, number, nil) }
    }

    private func url(of name: PolicyName) -> String? {
        policy.witnesses.first { $0.name == name }?.url.map {
            $0.hasSuffix("/") ? String($0.dropLast()) : $0
        }
    }

    private static func words(_ error: any Error) -> Logger.Metadata {
        ["problem": "\((error as? any Failure)?.problem.english ?? "\(type(of: error))")"]
    }
}
