import Evidence
import Synchronization

/// The slots as they stand now, for whoever asks: `docks`, the log, later the dock wall.
package final class DockBoard: Sendable {
    private struct Entry {
        var status: SlotStatus
        var lastBytes: Int64 = 0
        var lastMoment: ContinuousClock.Instant = .now
    }

    /// A rate older than this is none.
    private static let stillAfter: Duration = .seconds(10)

    private let entries = Mutex<[String: Entry]>([:])

    package init() {}

    /// All slots, in the order of their names. Where nothing has moved for a while, the rate is 0.
    package var slots: [SlotStatus] {
        entries.withLock { entries in
            entries.values.map { entry in
                var status = entry.status
                if entry.lastMoment.duration(to: .now) > Self.stillAfter { status.rate = 0 }
                return status
            }
        }.sorted { $0.slot < $1.slot }
    }

    /// Opens a slot under the first name that is free.
    ///
    /// - Parameters:
    ///   - names: in the order of preference; where all are taken, the last one with a number.
    ///   - status: what stands there then, given its name.
    /// - Returns: the name; it is taken until ``remove(_:)``.
    package func open(_ names: [String], status: (_ slot: String) -> SlotStatus) -> String {
        entries.withLock { entries in
            var name = names.first { entries[$0] == nil } ?? names.last ?? "dock"
            var number = 1
            while entries[name] != nil {
                number += 1
                name = "\(names.last ?? "dock") (\(number))"
            }
            entries[name] = Entry(status: status(name))
            return name
        }
    }

    package func status(of slot: String) -> SlotStatus? {
        entries.withLock { $0[slot]?.status }
    }

    package func set(_ status: SlotStatus) {
        entries.withLock { $0[status.slot] = Entry(status: status, lastBytes: status.bytesDone) }
    }

    /// Changes a slot that stands there; nothing happens where it is gone.
    package func update(_ slot: String, _ change: (inout SlotStatus) -> Void) {
        entries.withLock { entries in
            guard var entry = entries[slot] else { return }
            change(&entry.status)
            entries[slot] = entry
        }
    }

    /// Adds moved bytes, and takes the rate anew every second or so.
    package func move(_ slot: String, bytes: Int64) {
        entries.withLock { entries in
            guard var entry = entries[slot] else { return }
            entry.status.bytesDone += bytes
            let elapsed = entry.lastMoment.duration(to: .now)
            if elapsed >= .seconds(1) {
                let seconds =
                    Double(elapsed.components.seconds)
                    + Double(elapsed.components.attoseconds) / 1e18
                let moved = Double(entry.status.bytesDone - entry.lastBytes)
                entry.status.rate = Int64(max(0, moved / seconds))
                entry.lastBytes = entry.status.bytesDone
                entry.lastMoment = .now
            }
            entries[slot] = entry
        }
    }

    package func remove(_ slot: String) {
        entries.withLock { _ = $0.removeValue(forKey: slot) }
    }
}
