import Evidence
import NIOCore

/// What the wall shows, told to everybody who looks at it: looked up once for all of them, and only
/// while somebody does.
actor WallFeed {
    private static let interval: Duration = .milliseconds(500)

    private let station: any PortalStation
    private let now: @Sendable () -> Timestamp
    private var viewers: [Int: AsyncStream<ByteBuffer>.Continuation] = [:]
    private var count = 0
    private var looking: Task<Void, Never>?
    private var last: (slots: [WallSlot], event: ByteBuffer)?
    /// Looks since the last event.
    private var stillFor = 0

    init(_ station: any PortalStation, now: @escaping @Sendable () -> Timestamp) {
        (self.station, self.now) = (station, now)
    }

    /// Events (Server-Sent Events, WHATWG HTML section 9.2), from the present state on. Who is slow
    /// misses what was before.
    func events() -> AsyncStream<ByteBuffer> {
        let (stream, feed) = AsyncStream.makeStream(
            of: ByteBuffer.self, bufferingPolicy: .bufferingNewest(1))
        count += 1
        let number = count
        viewers[number] = feed
        feed.onTermination = { [weak self] _ in
            Task { [weak self] in await self?.leave(number) }
        }
        if let last { feed.yield(last.event) }
        if looking == nil {
            looking = Task { [weak self] in
                while !Task.isCancelled {
                    await self?.look()
                    try? await Task.sleep(for: Self.interval)
                }
            }
        }
        return stream
    }

    private func leave(_ number: Int) {
        viewers[number] = nil
        guard viewers.isEmpty else { return }
        looking?.cancel()
        (looking, last) = (nil, nil)
    }

    /// Says what changed, and all of it again once a second: who missed something shows it
    /// nevertheless. Where it cannot be known, nothing is said, and every wall shows within five
    /// seconds that it is off line.
    private func look() async {
        let found = try? await station.wall()
        // An old answer must not come after a newer one.
        guard !Task.isCancelled else { return }
        guard let slots = found else {
            // Nor is what was said before told to somebody who comes now.
            last = nil
            return
        }
        if slots == last?.slots {
            stillFor += 1
            guard stillFor > 1 else { return }
        }
        let data: JSONValue = [
            "time": .string(now().description), "slots": .array(slots.map(\.json)),
        ]
        let event = ByteBuffer(string: "event: wall\ndata: \(JSONWriter.line(data))\n\n")
        last = (slots, event)
        tell(event)
    }

    private func tell(_ event: ByteBuffer) {
        stillFor = 0
        for feed in viewers.values { feed.yield(event) }
    }
}
