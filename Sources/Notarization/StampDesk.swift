package import Evidence
package import TimeStamping

/// A station's side of its time-stamp authority, without sockets and without clocks: when something
/// is new and it is time, the newest checkpoint is stamped by both digests; an authority that is away
/// is asked again, and then for what is newest by then, since an older checkpoint's stamp would say
/// no more. Nothing counts before it is verified.
package struct StampDesk: Sendable {
    package enum Event: Sendable {
        /// `log/checkpoint` as it stands now, or, where that size was frozen before, as it was frozen.
        case published(size: Int64, note: [UInt8])
        /// What the authority answered the question of this number, and the station's clock then.
        case answered(Int, [UInt8], at: Timestamp)
        case unanswered(Int)
        /// Somebody wants a stamp at once.
        case wanted
        case tick
    }

    package enum Action: Hashable, Sendable {
        /// To be posted to the authority as ``TimeStampQuery/contentType``.
        case ask(Int, TimeStampQuery)
        /// For ``CustodyLedger/freeze(_:files:)`` and an event of the ledger.
        case keep(Stamped)
        case report(Finding)
    }

    /// A verified stamp, or one that is not checked, over the exact bytes of a checkpoint.
    package struct Stamped: Hashable, Sendable {
        package let size: Int64
        package let note: [UInt8]
        package let query: TimeStampQuery
        package let token: [UInt8]
        package let verdict: TimeStampVerdict
    }

    package struct Pace: Hashable, Sendable {
        /// The least time between two stamps by one digest.
        package var every: Duration
        package var shortest: Duration
        package var longest: Duration
        package var answerWithin: Duration
        /// What the authority's clock and the station's may differ.
        package var tolerance: Duration

        package init(
            every: Duration = .seconds(600), shortest: Duration = .seconds(10),
            longest: Duration = .seconds(600), answerWithin: Duration = .seconds(60),
            tolerance: Duration = .seconds(300)
        ) {
            (self.every, self.shortest, self.longest) = (every, shortest, longest)
            (self.answerWithin, self.tolerance) = (answerWithin, tolerance)
        }
    }

    private struct Asked {
        let number: Int
        let query: TimeStampQuery
        /// By the station's clock.
        let at: Timestamp
        let until: Duration
    }

    /// One checkpoint, by every digest that is due: its stamps stand together.
    private struct Round {
        let size: Int64
        let note: [UInt8]
        var left: [StampImprint]
    }

    /// How it goes with one digest: an authority may know one and not the other.
    private struct Progress {
        var stampedSize: Int64
        var notBefore: Duration?
        var failures = 0
        /// What was told last: told again only when it changes.
        var told: String?
    }

    private let trust: TimeStampTrust
    private let pace: Pace
    private var newest: (size: Int64, note: [UInt8])?
    private var round: Round?
    private var asked: Asked?
    private var progress: [StampImprint: Progress]
    private var isWanted = false
    private var number = 0

    /// - Parameter stamped: for each digest the size of the newest checkpoint that has its token.
    package init(
        trust: TimeStampTrust, stamped: [StampImprint: Int64] = [:], pace: Pace = Pace()
    ) {
        (self.trust, self.pace) = (trust, pace)
        progress = [:]
        for imprint in StampImprint.allCases {
            progress[imprint] = Progress(stampedSize: stamped[imprint] ?? -1)
        }
    }

    /// When ``Event/tick`` is due; nil where nothing is to be waited for.
    package var nextTick: Duration? {
        if let asked { return asked.until }
        guard let newest else { return nil }
        return progress.values.filter { $0.stampedSize < newest.size }.compactMap(\.notBefore).min()
    }

    /// How many tries in a row came to nothing.
    package func failures(_ imprint: StampImprint) -> Int { progress[imprint]?.failures ?? 0 }

    /// - Parameters:
    ///   - now: by a clock that nobody sets.
    ///   - clock: the station's.
    ///   - jitter: 0...1, by chance.
    package mutating func take(
        _ event: Event, at now: Duration, clock: Timestamp, jitter: Double
    ) -> [Action] {
        var actions: [Action] = []
        switch event {
        case .published(let size, let note):
            if size >= newest?.size ?? 0 { newest = (size, note) }
        case .answered(let number, let token, let time):
            guard let asked, asked.number == number else { return [] }
            self.asked = nil
            actions = take(token, to: asked, at: time, now, jitter)
        case .unanswered(let number):
            guard let asked, asked.number == number else { return [] }
            self.asked = nil
            actions = fail(asked.query.imprint, now, jitter)
        case .wanted:
            isWanted = true
        case .tick:
            if let asked, asked.until <= now {
                self.asked = nil
                actions = fail(asked.query.imprint, now, jitter)
            }
        }
        return actions + next(now, clock)
    }

    private mutating func next(_ now: Duration, _ clock: Timestamp) -> [Action] {
        guard asked == nil else { return [] }
        if round?.left.isEmpty ?? true { beginRound(now) }
        guard let note = round?.note, let imprint = round?.left.first else { return [] }
        round?.left.removeFirst()
        number += 1
        let query = TimeStampQuery(over: note, imprint: imprint)
        asked = Asked(number: number, query: query, at: clock, until: now + pace.answerWithin)
        return [.ask(number, query)]
    }

    private mutating func beginRound(_ now: Duration) {
        round = nil
        guard let newest else { return }
        let isForced = isWanted
        isWanted = false
        let behind = StampImprint.allCases.filter {
            progress[$0]?.stampedSize ?? -1 < newest.size
        }
        let due = behind.filter { isForced || progress[$0]?.notBefore ?? now <= now }
        guard !due.isEmpty else { return }
        // One that failed goes along with the other, so that both stand under one checkpoint.
        let along = behind.filter { due.contains($0) || failures($0) > 0 }
        round = Round(size: newest.size, note: newest.note, left: along)
    }

    // MARK: - Answers

    private mutating func take(
        _ token: [UInt8], to asked: Asked, at time: Timestamp, _ now: Duration, _ jitter: Double
    ) -> [Action] {
        guard let current = round else { return [] }
        let imprint = asked.query.imprint
        let slack = pace.tolerance.components.seconds * 1000
        // A clock that was set meanwhile must not make the bounds cross.
        let first = min(asked.at, time).milliseconds - slack
        let last = max(asked.at, time).milliseconds + slack
        let verdict: TimeStampVerdict
        do throws(TimeStampFailure) {
            verdict = try TimeStampReply(der: token).verify(
                over: current.note, imprint: imprint, nonce: asked.query.nonce, trust: trust,
                at: time, within: Timestamp(milliseconds: first)...Timestamp(milliseconds: last))
        } catch { return fail(imprint, now, jitter, error) }
        progress[imprint]?.stampedSize = current.size
        progress[imprint]?.failures = 0
        progress[imprint]?.notBefore = now + pace.every
        let keep = Action.keep(
            Stamped(
                size: current.size, note: current.note, query: asked.query, token: token,
                verdict: verdict))
        guard case .notChecked = verdict else {
            progress[imprint]?.told = nil
            return [keep]
        }
        let words = Bilingual(
            "The time stamp is signed with SM2 and is not checked.", "可信时间戳使用 SM2 签名，未作校验。")
        return [keep] + tell(imprint, "time-stamp-not-checked", words)
    }

    private mutating func fail(
        _ imprint: StampImprint, _ now: Duration, _ jitter: Double,
        _ failure: TimeStampFailure? = nil
    ) -> [Action] {
        let failures = self.failures(imprint) + 1
        let waits = WitnessPace(shortest: pace.shortest, longest: pace.longest)
        progress[imprint]?.failures = failures
        progress[imprint]?.notBefore = now + waits.wait(after: failures, jitter: jitter)
        let away = Bilingual("The time-stamp authority does not answer.", "时间戳服务机构无应答。")
        return tell(
            imprint, failure?.code ?? "time-stamp-authority-away", failure?.problem ?? away)
    }

    private mutating func tell(
        _ imprint: StampImprint, _ code: String, _ words: Bilingual
    ) -> [Action] {
        guard progress[imprint]?.told != code else { return [] }
        progress[imprint]?.told = code
        return [.report(Finding(code: code, subject: imprint.rawValue, message: words))]
    }
}
