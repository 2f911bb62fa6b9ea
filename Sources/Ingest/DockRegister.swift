package import Evidence

/// Which volumes stand at the dock and which are worked on: a pure state machine, mounts in,
/// actions out.
package struct DockRegister: Sendable {
    package enum Action: Hashable, Sendable {
        case start(Volume)
        /// As many as may be are worked on: it is started when its turn comes.
        case wait(Volume)
        /// The volume is no longer mounted. That is never a deletion.
        case gone(Volume)
    }

    private enum Stage { case new, waiting, working, done }

    private let limit: Int
    private var stages: [Volume: Stage] = [:]
    private var queue: [Volume] = []
    /// Gone, while their visits are still coming to an end: what comes into the same slot waits for
    /// that, so that no word of the old visit is taken for the new one's.
    private var leaving: [Volume] = []

    /// - Parameter limit: volumes worked on at once; more wait their turn.
    package init(limit: Int) { self.limit = limit }

    /// The volumes that are mounted now.
    package mutating func see(_ mounted: [Volume]) -> [Action] {
        var actions: [Action] = []
        let present = Set(mounted)
        for volume in stages.keys where !present.contains(volume) {
            actions.append(.gone(volume))
            if stages[volume] == .working { leaving.append(volume) }
            stages[volume] = nil
        }
        queue.removeAll { !present.contains($0) }
        for volume in mounted where stages[volume] == nil {
            stages[volume] = .new
            queue.append(volume)
        }
        return actions + startWaiting()
    }

    /// A visit came to its end; its volume may still be there.
    package mutating func finished(_ volume: Volume) -> [Action] {
        if let place = leaving.firstIndex(of: volume) {
            leaving.remove(at: place)
        } else if stages[volume] != nil {
            stages[volume] = .done
        }
        return startWaiting()
    }

    private mutating func startWaiting() -> [Action] {
        var actions: [Action] = []
        while stages.values.count(where: { $0 == .working }) < limit,
            let place = queue.firstIndex(where: { !isBeingLeft($0.mountPoint) })
        {
            let volume = queue.remove(at: place)
            stages[volume] = .working
            actions.append(.start(volume))
        }
        for volume in queue where stages[volume] == .new && !isBeingLeft(volume.mountPoint) {
            stages[volume] = .waiting
            actions.append(.wait(volume))
        }
        return actions
    }

    private func isBeingLeft(_ mountPoint: String) -> Bool {
        leaving.contains { $0.mountPoint == mountPoint }
    }
}

extension Sequence {
    fileprivate func count(where isCounted: (Element) -> Bool) -> Int {
        reduce(0) { isCounted($1) ? $0 + 1 : $0 }
    }
}
