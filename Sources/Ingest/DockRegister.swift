package import Evidence

/// Which volumes stand at the dock and which are worked on: a pure state machine, mounts in,
/// actions out.
package struct DockRegister: Sendable {
    package enum Action: Hashable, Sendable {
        case start(Volume)
        /// The volume is no longer mounted. That is never a deletion.
        case gone(Volume)
    }

    private enum Stage { case waiting, working, done }

    private let limit: Int
    private var stages: [Volume: Stage] = [:]
    private var queue: [Volume] = []

    /// - Parameter limit: volumes worked on at once; more wait their turn.
    package init(limit: Int) { self.limit = limit }

    /// The volumes that are mounted now.
    package mutating func see(_ mounted: [Volume]) -> [Action] {
        var actions: [Action] = []
        let present = Set(mounted)
        for volume in stages.keys where !present.contains(volume) {
            actions.append(.gone(volume))
            stages[volume] = nil
        }
        queue.removeAll { !present.contains($0) }
        for volume in mounted where stages[volume] == nil {
            stages[volume] = .waiting
            queue.append(volume)
        }
        return actions + startWaiting()
    }

    /// A visit came to its end; its volume may still be there.
    package mutating func finished(_ volume: Volume) -> [Action] {
        if stages[volume] != nil { stages[volume] = .done }
        return startWaiting()
    }

    private mutating func startWaiting() -> [Action] {
        var actions: [Action] = []
        while stages.values.count(where: { $0 == .working }) < limit, !queue.isEmpty {
            let volume = queue.removeFirst()
            stages[volume] = .working
            actions.append(.start(volume))
        }
        return actions
    }
}

extension Sequence {
    fileprivate func count(where isCounted: (Element) -> Bool) -> Int {
        reduce(0) { isCounted($1) ? $0 + 1 : $0 }
    }
}
