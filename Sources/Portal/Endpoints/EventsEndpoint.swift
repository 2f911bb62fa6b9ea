import Accounts
import Evidence
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle

/// What happens, as Server-Sent Events (WHATWG HTML section 9.2): each as far as whoever listens may
/// know of it. A listener who was cut off goes on behind the last that he heard.
struct EventsEndpoint: Endpoint {
    /// So many may listen at a time.
    private static let listeners = 256
    /// So many entries are told of again to somebody who was cut off.
    private static let replay: Int64 = 10_000
    private static let heartbeat: Duration = .seconds(10)

    let station: any PortalStation
    let cases: any CaseDesk
    let footage: any FootageDesk
    let accounts: AccountStore
    let feed: NewsFeed
    let now: @Sendable () -> Timestamp
    private let places = ListenerPlaces(listeners)

    init(
        station: any PortalStation, cases: any CaseDesk, footage: any FootageDesk,
        accounts: AccountStore, now: @escaping @Sendable () -> Timestamp
    ) {
        (self.station, self.cases, self.footage) = (station, cases, footage)
        (self.accounts, self.now, feed) = (accounts, now, NewsFeed(station))
    }

    func add(to router: Routes) {
        router.get("api/v1/events") { request, context in
            let me = try Rights.require(
                .seeState, context,
                scope: context.scopes?.contains(.records) == true ? .records : nil)
            guard request.method == .get else { return Response(status: .ok) }
            guard await places.take() else { throw PortalProblem.busy }
            let news = await feed.listen()
            let last = HTTPField.Name("Last-Event-ID").flatMap { request.headers[$0] }
                .flatMap { Int64($0) }
            return Response(
                status: .ok,
                headers: [
                    .contentType: "text/event-stream", .cacheControl: "no-store",
                    .xContentTypeOptions: "nosniff",
                ],
                body: ResponseBody { writer in
                    let end: (any Error)?
                    do {
                        try await tell(news, after: last, me, context, &writer)
                        end = nil
                    } catch { end = error }
                    await places.give()
                    if let end { throw end }
                    try await writer.finish(nil)
                })
        }
    }

    private func tell(
        _ news: AsyncStream<[News]>, after last: Int64?, _ me: Account, _ context: PortalContext,
        _ writer: inout any ResponseBodyWriter
    ) async throws {
        try await writer.write(ByteBuffer(string: "retry: 3000\n\n"))
        if let last {
            let size = try await station.state().entries
            var from = max(last + 1, size - Self.replay, 0)
            while from < size {
                let (missed, end) = try await station.news(from: from, limit: 500)
                for one in missed where one.leaf < size { try await tell(one, me, &writer) }
                from = max(end, from + 1)
            }
        }
        let token = context.token ?? ""
        let ticks = Ticks(news, every: Self.heartbeat)
        for await batch in ticks.stream.cancelOnGracefulShutdown() {
            guard let batch else {
                // Whoever was locked out, or whose session ended, hears no more.
                let (accounts, now) = (accounts, now())
                guard try await offPool({ try accounts.stands(token, now: now) }) else { return }
                try await writer.write(ByteBuffer(string: ": still here\n\n"))
                continue
            }
            for one in batch { try await tell(one, me, &writer) }
        }
    }

    private func tell(
        _ news: News, _ me: Account, _ writer: inout any ResponseBodyWriter
    ) async throws {
        guard let shown = try await shown(news, to: me) else { return }
        try await writer.write(
            ByteBuffer(
                string: """
                    id: \(news.leaf)
                    event: \(news.event.rawValue)
                    data: \(JSONWriter.line(shown))


                    """))
    }

    /// As much of it as he may know; nil for nothing.
    private func shown(_ news: News, to me: Account) async throws -> JSONValue? {
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
        members.set("items", items)
        members.set("cases", numbers)
        return .object(members)
    }
}

/// How many listen.
private actor ListenerPlaces {
    private var free: Int

    init(_ count: Int) { free = count }

    func take() -> Bool {
        guard free > 0 else { return false }
        free -= 1
        return true
    }

    func give() { free += 1 }
}

/// What comes, and nil again and again between it.
private struct Ticks {
    let stream: AsyncStream<[News]?>

    init(_ news: AsyncStream<[News]>, every interval: Duration) {
        stream = AsyncStream { feed in
            let hearing = Task {
                for await batch in news { feed.yield(batch) }
                feed.finish()
            }
            let ticking = Task {
                while !Task.isCancelled {
                    try? await Task.sleep(for: interval)
                    feed.yield(nil)
                }
            }
            feed.onTermination = { _ in
                hearing.cancel()
                ticking.cancel()
            }
        }
    }
}
