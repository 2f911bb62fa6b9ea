import Accounts
import Evidence
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle
import Synchronization

/// What happens, as Server-Sent Events (WHATWG HTML section 9.2): each as far as whoever listens may
/// know of it. A listener who was cut off goes on behind the last that he heard.
struct EventsEndpoint: Endpoint {
    /// So many may listen at a time, and so many of one account.
    private static let (listeners, ofOne) = (256, 16)
    /// So many entries are told of again to somebody who was cut off.
    private static let replay: Int64 = 10_000
    private static let heartbeat: Duration = .seconds(10)

    let station: any PortalStation
    let cases: any CaseDesk
    let footage: any FootageDesk
    let register: DisclosureRegister
    let accounts: AccountStore
    let feed: NewsFeed
    let now: @Sendable () -> Timestamp
    private let places = ListenerPlaces(listeners, ofOne: ofOne)

    init(
        station: any PortalStation, cases: any CaseDesk, footage: any FootageDesk,
        register: DisclosureRegister, accounts: AccountStore,
        now: @escaping @Sendable () -> Timestamp
    ) {
        (self.station, self.cases, self.footage) = (station, cases, footage)
        (self.register, self.accounts, self.now) = (register, accounts, now)
        feed = NewsFeed(station)
    }

    func add(to router: Routes) {
        router.get("api/v1/events") { request, context in
            // A program that reads no records hears that something happens, and not of what.
            let mayName = context.scopes?.contains(.records) ?? true
            let me = try Rights.require(
                .seeState, context, scope: context.scopes != nil && mayName ? .records : nil)
            guard request.method == .get else { return Response(status: .ok) }
            guard let place = places.take(me.name) else { throw PortalProblem.busy }
            let last = HTTPField.Name("Last-Event-ID").flatMap { request.headers[$0] }
                .flatMap { Int64($0) }
            let (news, next) = try await feed.listen()
            return Response(
                status: .ok,
                headers: [
                    .contentType: "text/event-stream", .cacheControl: "no-store",
                    .xContentTypeOptions: "nosniff",
                ],
                body: ResponseBody { writer in
                    let listener = Listener(
                        account: me, session: context.token ?? "", mayName: mayName, place: place)
                    try await writer.write(ByteBuffer(string: "retry: 3000\n\n"))
                    if let last { try await tellAgain(after: last, until: next, listener, &writer) }
                    try await tell(news, listener, &writer)
                    try await writer.finish(nil)
                })
        }
    }

    private struct Listener {
        let account: Account
        let session: String
        let mayName: Bool
        /// Given back with the last who knows of it, however the stream ends.
        let place: ListenerPlaces.Place
    }

    /// What a listener missed who was cut off.
    private func tellAgain(
        after last: Int64, until next: Int64, _ listener: Listener,
        _ writer: inout any ResponseBodyWriter
    ) async throws {
        guard last >= 0, last < next else { return }
        var from = max(last + 1, next - Self.replay)
        while from < next {
            let (missed, end) = try await station.news(from: from, limit: 500)
            for one in missed where one.leaf < next { try await tell(one, listener, &writer) }
            guard end > from else { return }
            from = end
        }
    }

    private func tell(
        _ news: AsyncStream<[News]>, _ listener: Listener,
        _ writer: inout any ResponseBodyWriter
    ) async throws {
        let ticks = Ticks(news, every: Self.heartbeat)
        for await batch in ticks.stream.cancelOnGracefulShutdown() {
            guard let batch else {
                // Whoever was locked out, or whose session ended, hears no more.
                let (accounts, now, session) = (accounts, now(), listener.session)
                guard try await offPool({ try accounts.stands(session, now: now) }) else {
                    return
                }
                try await writer.write(ByteBuffer(string: ": still here\n\n"))
                continue
            }
            for one in batch { try await tell(one, listener, &writer) }
        }
    }

    private func tell(
        _ news: News, _ listener: Listener, _ writer: inout any ResponseBodyWriter
    ) async throws {
        guard let shown = try await shown(news, to: listener) else { return }
        try await writer.write(
            ByteBuffer(
                string: """
                    id: \(news.leaf)
                    event: \(news.event.rawValue)
                    data: \(JSONWriter.line(shown))


                    """))
    }

    /// As much of it as he may know; nil for nothing.
    private func shown(_ news: News, to listener: Listener) async throws -> JSONValue? {
        let me = listener.account
        var members: [String: JSONValue] = [
            "entry": .integer(news.leaf), "event": .string(news.event.rawValue),
            "time": .string(news.time.description),
        ]
        switch news.event {
        // That a recorder comes and goes everybody sees at the dock.
        case .docking, .undocking: return .object(members)
        case .finding where Rights.may(me, .oversee): return .object(members)
        default: break
        }
        guard listener.mayName else { return nil }
        var (items, numbers): ([String], [String]) = ([], [])
        for item in news.items {
            if let ownership = try await footage.ownership(of: item),
                Rights.may(me, .watch, on: ownership)
            {
                items.append(item)
            }
        }
        for number in news.cases {
            if let standing = try await cases.standing(of: number), Rights.may(me, see: standing) {
                numbers.append(number)
            }
        }
        guard !items.isEmpty || !numbers.isEmpty else { return nil }
        if !items.isEmpty {
            try await register.enter(
                items, .list, by: me, session: listener.session, why: "events")
        }
        members.set("items", items)
        members.set("cases", numbers)
        return .object(members)
    }
}

/// How many listen, in all and of each account.
private final class ListenerPlaces: Sendable {
    /// One that is taken; given back when nobody knows of it any more.
    final class Place: Sendable {
        private let places: ListenerPlaces
        private let account: String

        fileprivate init(_ places: ListenerPlaces, _ account: String) {
            (self.places, self.account) = (places, account)
        }

        deinit { places.give(account) }
    }

    private let all: Int
    private let ofOne: Int
    private let taken = Mutex<[String: Int]>([:])

    init(_ all: Int, ofOne: Int) { (self.all, self.ofOne) = (all, ofOne) }

    /// Nil where all are taken, or all that one account may have.
    func take(_ account: String) -> Place? {
        let isFree = taken.withLock { taken in
            guard taken.values.reduce(0, +) < all, taken[account, default: 0] < ofOne else {
                return false
            }
            taken[account, default: 0] += 1
            return true
        }
        return isFree ? Place(self, account) : nil
    }

    private func give(_ account: String) {
        taken.withLock { taken in
            let left = taken[account, default: 1] - 1
            taken[account] = left > 0 ? left : nil
        }
    }
}

/// What comes, and nil again and again between it. Whoever takes nothing hears no more.
private struct Ticks {
    private static let limit = 64

    let stream: AsyncStream<[News]?>

    init(_ news: AsyncStream<[News]>, every interval: Duration) {
        stream = AsyncStream(bufferingPolicy: .bufferingOldest(Self.limit)) { feed in
            let hearing = Task {
                for await batch in news where !batch.isEmpty {
                    if case .dropped = feed.yield(batch) { break }
                }
                feed.finish()
            }
            let ticking = Task {
                while !Task.isCancelled {
                    try? await Task.sleep(for: interval)
                    if case .dropped = feed.yield(nil) { feed.finish() }
                }
            }
            feed.onTermination = { _ in
                hearing.cancel()
                ticking.cancel()
            }
        }
    }
}
