package import Evidence

/// Something that happened: an entry of the ledger, and what it is about.
package struct News: Hashable, Sendable {
    package let leaf: Int64
    package let event: CustodyEventKind
    package let time: Timestamp
    package var items: [String] = []
    package var cases: [String] = []

    package init(leaf: Int64, event: CustodyEventKind, time: Timestamp) {
        (self.leaf, self.event, self.time) = (leaf, event, time)
    }

    /// What is told: arrivals, what is found, requests, recorders that come and go.
    package static let kinds: Set<CustodyEventKind> = [
        .docking, .undocking, .ingestion, .quarantine, .refusal, .assignment, .finding, .order,
    ]
}

/// Tells what happens to everybody who listens: looked up once for all of them, and only while
/// somebody listens.
actor NewsFeed {
    private static let interval: Duration = .seconds(1)
    /// Of one look, and of what waits for a listener who is slow.
    private static let limit = 500

    private let station: any PortalStation
    private var listeners: [Int: AsyncStream<[News]>.Continuation] = [:]
    private var count = 0
    private var next: Int64?
    private var looking: Task<Void, Never>?

    init(_ station: any PortalStation) { self.station = station }

    /// What happens from a leaf on, and that leaf. A listener who is too slow hears no more: he begins
    /// anew from where he was.
    func listen() async throws -> (news: AsyncStream<[News]>, from: Int64) {
        let end = try await station.newsEnd()
        let from = next ?? end
        next = from
        let (stream, feed) = AsyncStream.makeStream(
            of: [News].self, bufferingPolicy: .bufferingOldest(Self.limit))
        count += 1
        let number = count
        listeners[number] = feed
        feed.onTermination = { [weak self] _ in
            Task { [weak self] in await self?.leave(number) }
        }
        if looking == nil {
            looking = Task { [weak self] in
                while !Task.isCancelled {
                    await self?.look()
                    try? await Task.sleep(for: Self.interval)
                }
            }
        }
        return (stream, from)
    }

    private func leave(_ number: Int) {
        listeners[number] = nil
        guard listeners.isEmpty else { return }
        looking?.cancel()
        (looking, next) = (nil, nil)
    }

    private func look() async {
        guard let from = next,
            let (news, end) = try? await station.news(from: from, limit: Self.limit),
            end > from
        else { return }
        next = end
        for (number, feed) in listeners {
            if case .dropped = feed.yield(news) {
                feed.finish()
                listeners[number] = nil
            }
        }
    }
}
